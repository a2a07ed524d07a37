read_lock
[ -z "$L" ] && answer free
is_run "$L" "$run" || answer held "$L"
mv "$lock" "$mine.old" 2>/dev/null || answer failed "cannot rename $lock"
o=$(cat "$mine.old")
if is_run "$o" "$run"; then
	rm -f "$mine.old"
	answer free
fi
back
answer held "$o"

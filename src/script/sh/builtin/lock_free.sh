# What was sent for the run and not used goes with it.
rm -f "$state/$run.bundle" "$state/$run.bundle.new"
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

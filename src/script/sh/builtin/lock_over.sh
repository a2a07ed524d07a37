read_lock
if [ -n "$L" ] && ! is_run "$L" "$run"; then
	is_run "$L" "$old" || answer held "$L"
	offer
	mv "$lock" "$mine.old" 2>/dev/null || { rm -f "$mine"; answer failed "cannot rename $lock"; }
	o=$(cat "$mine.old")
	if ! is_run "$o" "$old"; then
		back
		rm -f "$mine"
		answer held "$o"
	fi
	printf '{"over":%s,"now":%s}\n' "$o" "$text" >>"$state/locks.jsonl" 2>/dev/null
	take
	[ -n "$L" ] && rm -f "$mine.old" || back
else
	offer
	take
fi
rm -f "$mine"
is_run "$L" "$run" && answer ours
[ -n "$L" ] && answer held "$L"
full

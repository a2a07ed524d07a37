read_lock
is_run "$L" "$run" && answer ours
offer
take
rm -f "$mine"
is_run "$L" "$run" && answer ours new
[ -n "$L" ] && answer held "$L"
full

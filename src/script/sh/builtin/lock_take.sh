offer
take
rm -f "$mine"
is_run "$L" "$run" && answer ours
[ -n "$L" ] && answer held "$L"
full

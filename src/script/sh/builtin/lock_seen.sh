read_lock
[ -z "$L" ] && answer free
answer held "$L"

# answer WORD [VALUE]: the whole answer.
answer() {
	echo 'lock 1'
	fact "$@"
	echo end
	exit 0
}
# full: why nothing could be written in the state's directory.
full() {
	[ -w "$state" ] || answer failed "cannot write in $state: it is not writable for $(id -un)"
	answer failed "cannot write in $state: is the disk full?"
}
# read_lock: its text, into L; empty if there is none.
read_lock() {
	L=$(head -c 65536 "$lock" 2>/dev/null; echo .)
	L=${L%.} L=${L%"$nl"}
	if [ -z "$L" ] && { [ -e "$lock" ] || [ -L "$lock" ]; }; then L='?'; fi
}
# is_run TEXT RUN: whether a lock is that run's. Our text begins with it.
is_run() { case $1 in '{"run":"'"$2"'",'*) return 0 ;; esac; return 1; }
# offer: our lock under a name of its own, whole.
offer() {
	[ -d "$state" ] || (umask 077 && mkdir -p "$state") 2>/dev/null || answer failed "cannot make $state"
	umask 077
	printf '%s\n' "$text" >"$mine" 2>/dev/null
	[ "$(cat "$mine" 2>/dev/null)" = "$text" ] || { rm -f "$mine"; full; }
	sync "$mine" 2>/dev/null || :
}
# take: ours, if there is none; both come at once, name and content. What is there then, into L.
take() {
	ln "$mine" "$lock" 2>/dev/null || :
	read_lock
}
# back: a lock that was moved away and is not the expected one is put back.
back() { ln "$mine.old" "$lock" 2>/dev/null || :; rm -f "$mine.old"; }
lock=$state/lock mine=$state/lock.$$
set +e

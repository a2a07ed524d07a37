read_state
if [ -n "$L" ] && ! is_run "$L" "$run"; then
	if [ -z "$left" ] || ! is_run "$L" "$left"; then answer other "$L"; fi
fi
[ ! -d "$page" ] || answer failed "$page is a directory"
# A page that nobody accounts for was raised by another tool, or by hand.
if [ -z "$L" ] && { [ -e "$page" ] || [ -L "$page" ]; }; then answer foreign; fi
# unwritten FILE: why it could not be written.
unwritten() {
	[ -w "${1%/*}" ] || answer failed "cannot write $1: ${1%/*} is not writable for $(id -un)"
	answer failed "cannot write $1: is the disk full?"
}
[ -d "$state" ] || (umask 077 && mkdir -p "$state") 2>/dev/null || answer failed "cannot make $state"
(umask 022 && mkdir -p "${page%/*}") 2>/dev/null || answer failed "cannot make ${page%/*}"
# First who raised it, then the page: a page is never there without a word.
put "$file" 0600 "$text" || unwritten "$file"
put "$page" 0644 "$content" || unwritten "$page"
answer on

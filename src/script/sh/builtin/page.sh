# answer WORD [VALUE]: the whole answer.
answer() {
	echo 'maintenance 1'
	fact "$@"
	echo end
	exit 0
}
# read_state: who raised it, into L; empty if nobody said so.
read_state() {
	L=$(head -c 65536 "$file" 2>/dev/null; echo .)
	L=${L%.} L=${L%"$nl"}
	if [ -z "$L" ] && { [ -e "$file" ] || [ -L "$file" ]; }; then L='?'; fi
}
is_run() { case $1 in '{"run":"'"$2"'",'*) return 0 ;; esac; return 1; }
# put PATH MODE TEXT: a whole file under its name, or nothing.
put() {
	t=${1%/*}/.${1##*/}.$$
	{ rm -f "$t" && printf '%s\n' "$3" >"$t"; } 2>/dev/null
	if [ "$(cat "$t" 2>/dev/null; echo .)" != "$3$nl." ] || ! chmod "$2" "$t"; then
		rm -f "$t"
		return 1
	fi
	sync "$t" 2>/dev/null || :
	if mv -f "$t" "$1" 2>/dev/null && [ ! -d "$1" ]; then return 0; fi
	rm -f "$t" "$1/${t##*/}" 2>/dev/null
	return 1
}
file=$state/maintenance.json
set +e

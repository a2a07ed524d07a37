# enc VALUE: prints a field: as it is where it is plain, else % and its bytes in hexadecimal.
LC_ALL=C
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
enc() {
	case $1 in
	'') printf %% ;;
	*[!A-Za-z0-9._/+:,@=-]*)
		printf %%
		printf %s "$1" | od -An -v -tx1 | tr -d ' \n'
		;;
	*) printf %s "$1" ;;
	esac
}
# fact WORD VALUE...: a line of the answer.
fact() {
	printf %s "$1"
	shift
	for f; do
		printf ' '
		enc "$f"
	done
	echo
}
# file WORD PATH: what a small file of ours says.
file() {
	[ -e "$2" ] || [ -L "$2" ] || return 0
	if [ -L "$2" ] || [ ! -f "$2" ] || [ ! -r "$2" ]; then
		fact odd "$2 cannot be read: it is no plain file, or not ours"
		return
	fi
	t=$(head -c 65536 "$2" 2>/dev/null | tr -d '\000'; echo .)
	fact "$1" "${t%.}"
}

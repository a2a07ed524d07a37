wrong=0
bad() {
	wrong=1
	printf 'wrong: %s\n' "$1"
}
good() { printf 'right: %s\n' "$1"; }
dir=$releases/$name to=$dir
[ "$code" = . ] || to=$dir/$code
served
if [ "$S" = "$name" ]; then good "$current leads to $dir"; else bad "$current leads to ${T:-nothing}, not to $dir"; fi
if [ -n "$revision" ]; then
	r=''
	if [ -f "$current/REVISION" ]; then read -r r <"$current/REVISION" || :; fi
	if [ "$r" = "$revision" ]; then good "it holds $r"; else bad "it holds ${r:-no revision}, not $revision"; fi
fi
if [ -n "$previous" ]; then
	seen "$previous"
	case $K in
	nothing) ;;
	link) good "$previous leads to $P" ;;
	*) bad "$previous leads to nothing ($T)" ;;
	esac
fi
while [ "$#" -gt 0 ]; do
	seen "$to/$3"
	if [ "$K" = link ] && [ "$to/$3" -ef "$shared/$2" ]; then good "$3 leads to $shared/$2"; else bad "$to/$3 does not lead to $shared/$2"; fi
	shift 3
done

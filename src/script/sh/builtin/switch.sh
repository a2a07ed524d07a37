# switch LINK NAME: makes it lead to a release, in one rename: there is no moment without it. Its text is
# as it was (relative, or with a root of another name), if that leads there; else absolute. A link
# within a new directory is moved into the old one's place, because every mv renames then, and none
# follows the link that is there.
switch() {
	d=${1%/*} b=${1##*/} goal=$releases/$2
	text "$1"
	for t in "$d"/.deployui-link.*; do
		if [ -d "$t" ] && [ ! -L "$t" ]; then rm -f "$t/$b" && rmdir "$t" || :; fi
	done 2>/dev/null
	t=$d/.deployui-link.$run.$$
	mkdir "$t" || die "cannot write in $d" 'is the disk full?'
	case $T in
	/*/* | [!/]*/*) to=${T%/*}/$2 ;;
	'' | /*) to=$goal ;;
	*) to=$2 ;;
	esac
	# Relative to the link's own place, so it is tried there, under a name that nobody reads.
	ln -s "$to" "$d/${t##*/}.try" 2>/dev/null || :
	[ "$d/${t##*/}.try" -ef "$goal" ] || to=$goal
	rm -f "$d/${t##*/}.try"
	ln -s "$to" "$t/$b" || { rmdir "$t"; die "cannot make a link in $d" 'is the disk full?'; }
	mv -f "$t/$b" "$d/" || { rm -f "$t/$b"; rmdir "$t"; die "cannot rename a link in $d"; }
	rmdir "$t" 2>/dev/null || :
	text "$1"
	[ "$T" = "$to" ] && [ "$1" -ef "$goal" ] || die "$1 leads to $T, not to $goal" 'look who else changes it'
}

if [ -L "$path" ]; then
	real "$path"
	[ -n "$P" ] || die "$path is a link that leads nowhere" 'remove it, or make what it leads to'
	path=$P
fi
[ ! -d "$path" ] || die "$path is a directory"
d=${path%/*} b=${path##*/}
mkdir -p "${d:-/}" || die "cannot make $d"
kept=$state/uploads/$id
if [ ! -e "$kept" ] && [ ! -e "$kept.none" ]; then
	(umask 077 && mkdir -p "$state/uploads") || die "cannot make $state/uploads"
	if [ -e "$path" ]; then
		cp -p "$path" "$kept.$$" && mv "$kept.$$" "$kept" || { rm -f "$kept.$$"; die "cannot keep $path as it was" 'is the disk full?'; }
	else
		(umask 077 && : >"$kept.none") || die "cannot write in $state/uploads"
	fi
fi
t=$d/.$b.deployui.$$
trap 'rm -f "$t"' EXIT
rm -f "$t"
(umask 077 && printf %s "$content" >"$t") && [ "$(cat "$t"; echo .)" = "$content." ] || die "cannot write in $d" 'is the disk full?'
[ -z "$owner" ] || chown -- "$owner" "$t" || die "cannot give $path to $owner" 'only root can (as = "root")'
chmod "$mode" "$t" || die "cannot set the mode of $path"
sync "$t" 2>/dev/null || :
mv -f "$t" "$path" || die "cannot rename to $path"
echo "$path is written"

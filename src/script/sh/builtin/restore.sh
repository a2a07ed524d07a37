if [ -L "$path" ]; then
	real "$path"
	[ -z "$P" ] || path=$P
fi
d=${path%/*} b=${path##*/}
kept=$state/uploads/$id
if [ -e "$kept" ]; then
	t=$d/.$b.deployui.$$
	cp -p "$kept" "$t" && mv -f "$t" "$path" || { rm -f "$t"; die "cannot put $path back" "what it was lies in $kept"; }
	rm -f "$kept"
	echo "$path is as it was"
elif [ -e "$kept.none" ]; then
	rm -f "$path" "$kept.none" || die "cannot remove $path"
	echo "$path is away, as before"
else
	echo "$path was not written, or is back already"
fi

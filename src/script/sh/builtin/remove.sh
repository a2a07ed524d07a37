dir=$releases/$name
if [ ! -d "$dir" ] && [ ! -L "$dir" ]; then
	echo "$dir is not there"
	exit 0
fi
[ ! -L "$dir" ] || die "$dir is a link" 'nothing of ours is a link there: look at it'
if spared "$name"; then die "$dir stays: $W"; fi
discard "$name" || die "cannot remove $dir"
echo "removed $dir"

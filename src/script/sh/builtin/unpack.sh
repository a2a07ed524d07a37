dir=$releases/$name to=$dir
[ "$code" = . ] || to=$dir/$code
if [ -f "$state/packed/$id/files.tar" ]; then
	echo 'they were made here'
	exit 0
fi
if [ ! -d "$to" ] || [ -L "$dir" ]; then die "there is no $to" 'the steps that make it come before this one'; fi
served
[ "$S" != "$name" ] || die "$dir is served: it is not changed" 'let the step come before `publish`'
p=$state/taken/$id w=$to/.deployui-$id
[ -f "$p" ] || die "there is no $p" 'try again: it is sent anew'
# Beside where they belong: one rename puts each there whole.
rm -rf -- "$w" && mkdir -p -- "$w/new" "$w/old" && tar -xof "$p" -C "$w/new" || {
	rm -rf -- "$w"
	die "cannot unpack into $to" "is the disk full? $(df -Pk "$to" | tail -n 1)"
}
for o; do
	if [ ! -e "$w/new/$o" ] && [ ! -L "$w/new/$o" ]; then die "$o is not in what was sent"; fi
done
k=0
for o; do
	k=$((k + 1))
	case $o in */*) mkdir -p -- "$to/${o%/*}" || die "cannot make $to/${o%/*}" ;; esac
	if [ -e "$to/$o" ] || [ -L "$to/$o" ]; then mv -- "$to/$o" "$w/old/$k" || die "cannot move $to/$o away"; fi
	mv -- "$w/new/$o" "$to/$o" || die "cannot rename to $to/$o"
	echo "$to/$o"
done
rm -rf -- "$w"
rm -f -- "$p"
# What earlier runs packed, or were sent and did not unpack.
for o in "$state/taken"/* "$state/packed"/*; do
	case ${o##*/} in "$run".*) ;; *) rm -rf -- "$o" 2>/dev/null || : ;; esac
done

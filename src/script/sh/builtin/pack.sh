dir=$releases/$name to=$dir
[ "$code" = . ] || to=$dir/$code
for o; do
	if [ ! -e "$to/$o" ] && [ ! -L "$to/$o" ]; then die "there is no $to/$o" 'the step names it in `outputs`, and has not made it'; fi
done
command -v sha256sum >/dev/null 2>&1 || die 'sha256sum is not here' 'it proves that what other hosts get is what was made'
# Without this, whoever sends it could not read what another user packed. Nobody else can: it lies below
# the directory of our state.
umask 022
n=$state/packed/$id.new
# What earlier runs packed is of no more use; the lock says that none of them is under way.
for o in "$state/packed"/*; do
	case ${o##*/} in "$run".*) ;; *) rm -rf -- "$o" ;; esac
done
rm -rf -- "$n" "$state/packed/$id" && mkdir -p -- "$n" || die "cannot write in $state" 'is the disk full?'
k=$#
while [ "$k" -gt 0 ]; do
	set -- "$@" "./$1"
	shift
	k=$((k - 1))
done
tar -cf "$n/files.tar" -C "$to" "$@" || die "cannot pack the outputs into $n" "is the disk full? $(df -Pk "$state" | tail -n 1)"
s=$(sha256sum <"$n/files.tar") b=$(($(wc -c <"$n/files.tar")))
echo "${s%% *} $b" >"$n/sum" && [ -s "$n/sum" ] || die "cannot write in $state" 'is the disk full?'
sync "$n/files.tar" "$n/sum" 2>/dev/null || :
mv -- "$n" "$state/packed/$id" || die "cannot rename to $state/packed/$id"
echo "packed for the other hosts: $b bytes"

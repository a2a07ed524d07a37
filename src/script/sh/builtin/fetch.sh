unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY SSH_ASKPASS GIT_ASKPASS
dir=$releases/$name to=$dir
[ "$code" = . ] || to=$dir/$code
command -v git >/dev/null 2>&1 || die 'git is not here' 'install git on this host'
if [ ! -d "$dir" ] || [ -L "$dir" ]; then die "there is no $dir" 'run the step that makes it'; fi
if [ -f "$dir/REVISION" ] && [ "$(cat "$dir/REVISION")" = "$revision" ]; then
	echo "$revision is there already"
	exit 0
fi
served
[ "$S" != "$name" ] || die "$dir is served" 'it is not changed'

# One fetch at a time: who holds the lock is told by a process and when it began.
began() {
	b=''
	if [ -r "/proc/$1/stat" ]; then read -r b <"/proc/$1/stat" || :; fi
	set -- ${b##*) }
	b=''
	if [ "$#" -lt 20 ] || [ "$1" = Z ]; then return; fi
	shift 19
	b=$1
}
hold=$mirror.lock
began "$$"
me="$$ ${b:--}"
(umask 077 && mkdir -p "$state") || die "cannot make $state"
if ! printf '%s\n' "$me" >"$hold.$$" || [ ! -s "$hold.$$" ]; then
	rm -f "$hold.$$"
	[ -w "$state" ] || die "cannot write in $state" "it is not writable for $(id -un)"
	die "cannot write in $state" 'is the disk full?'
fi
if ! ln "$hold.$$" "$hold" 2>/dev/null; then
	o=$(cat "$hold" 2>/dev/null || :)
	began "${o%% *}"
	if [ -n "$b" ] && [ "$o" = "${o%% *} $b" ]; then
		rm -f "$hold.$$"
		die "another fetch is at work here (process ${o%% *})" 'try again when it has ended'
	fi
	mv -f "$hold.$$" "$hold"
	[ "$(cat "$hold")" = "$me" ] || die 'another fetch is at work here' 'try again when it has ended'
fi
rm -f "$hold.$$"
trap 'rm -f "$hold"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

if [ ! -f "$mirror/HEAD" ]; then
	rm -rf "$mirror"
	git init -q --bare "$mirror" || die "cannot make $mirror" 'is the disk full?'
fi
find "$mirror" -name '*.lock' -type f -exec rm -f {} +
mg() { git --git-dir="$mirror" -c gc.auto=0 -c maintenance.auto=false -c core.hooksPath=/dev/null "$@"; }
have() { mg cat-file -e "$revision^{commit}" 2>/dev/null; }
if ! have; then
	if [ -n "$bundle" ]; then
		[ -f "$bundle" ] || die "there is no $bundle" 'begin a new run: what this host lacks is sent then'
		mg bundle unbundle "$bundle" >/dev/null || die 'what was sent does not fit to what is here' 'look at the lines above'
		have || die "$revision is not in what was sent"
		mg update-ref "refs/deployui/$revision" "$revision" || :
		few
	else
		s=$(git config core.sshCommand 2>/dev/null || :)
		GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-${s:-ssh}} -o BatchMode=yes" GIT_TERMINAL_PROMPT=0
		export GIT_SSH_COMMAND GIT_TERMINAL_PROMPT
		mg fetch --quiet --force --prune --no-tags -- "$repository" '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' ||
			die "cannot fetch from $repository" 'nothing asks for a password here: this user needs a key or token that reads it, and its host key'
		have || mg fetch --quiet --no-tags -- "$repository" "$revision" 2>/dev/null || :
		have || die "$revision is not in $repository" 'was the branch rewritten, or is it a commit of another repository? Begin a new run'
	fi
fi
# A try before this one may have left a part.
case $code in
.) rm -rf -- "$dir" && mkdir -- "$dir" ;;
*) rm -rf -- "$to" && mkdir -p -- "$to" ;;
esac || die "cannot empty $to"
# Both ends are told: what a pipe says is only its last one's.
s=$({
	{
		mg -c tar.umask=user archive --format=tar "$revision"
		echo "git $?" >&3
	} | tar -xof - -C "$to" >&2
	echo "tar $?" >&3
} 3>&1 || :)
case $s in
*'tar 0'*) ;;
*) die "cannot unpack into $to" "is the disk full? $(df -Pk "$dir" | tail -n 1)" ;;
esac
case $s in
*'git 0'*) ;;
*) die "git cannot read $revision in $mirror" "if it is damaged, remove $mirror and try again" ;;
esac
s=$(mg ls-tree -r "$revision" | sed -n 's/^160000 [^	]*	//p' | head -n 10 | tr '\n' ' ')
[ -z "$s" ] || echo "warning: submodules are not fetched: $s"
printf '%s\n' "$revision" >"$dir/REVISION.$$" && mv "$dir/REVISION.$$" "$dir/REVISION" &&
	[ "$(cat "$dir/REVISION")" = "$revision" ] || die "cannot write $dir/REVISION" 'is the disk full?'
[ -z "$bundle" ] || rm -f -- "$bundle"
echo "$revision is in $to"

echo 'bundle 1'
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY SSH_ASKPASS GIT_ASKPASS
# over WORD VALUE: the last line but one, and the end.
over() {
	fact "$@"
	echo end
	exit 0
}
# failed WORDS FILE: what could not be done, and git's words about it.
failed() {
	rm -f -- "$file"
	over failed "$1: $(head -c 2000 "$file.said" 2>/dev/null | tr '\n' ' '; rm -f -- "$file.said")"
}
mg() { git --git-dir="$mirror" -c gc.auto=0 -c maintenance.auto=false -c core.hooksPath=/dev/null "$@"; }
have() { mg cat-file -e "$1^{commit}" 2>/dev/null; }
set +e
umask 077
mkdir -p "${file%/*}" 2>/dev/null && : >"$file.said" || over failed "cannot write in ${file%/*}"
command -v git >/dev/null 2>&1 || failed 'git is not on this machine'
[ -f "$mirror/HEAD" ] || git init -q --bare "$mirror" 2>"$file.said" || failed "cannot make $mirror"
if ! have "$revision"; then
	s=$(git config core.sshCommand 2>/dev/null || :)
	GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-${s:-ssh}} -o BatchMode=yes" GIT_TERMINAL_PROMPT=0
	export GIT_SSH_COMMAND GIT_TERMINAL_PROMPT
	mg fetch --quiet --force --no-tags -- "$repository" '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*' 2>"$file.said" </dev/null ||
		failed "cannot fetch from $repository"
	have "$revision" || mg fetch --quiet --no-tags -- "$repository" "$revision" 2>"$file.said" </dev/null
	have "$revision" || failed "$revision is not in $repository"
fi
# A bundle holds names, not commits: the commit gets one, which also keeps it in the mirror.
mg update-ref "refs/deployui/$revision" "$revision" 2>"$file.said" || failed "cannot write in $mirror"
few >/dev/null 2>&1
k=$#
while [ "$k" -gt 0 ]; do
	s=$1 k=$((k - 1))
	shift
	! have "$s" || set -- "$@" "^$s"
done
mg bundle create --quiet "$file" "refs/deployui/$revision" "$@" 2>"$file.said" || failed 'git made no bundle'
rm -f -- "$file.said"
over made "$(($(wc -c <"$file")))"

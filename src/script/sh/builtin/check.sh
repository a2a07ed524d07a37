# near PATH: the directory that is there, of a path or of what is above it, into N.
near() {
	N=$1
	while [ -n "$N" ] && [ ! -e "$N" ] && [ ! -L "$N" ]; do N=${N%/*}; done
	N=${N:-/}
}
# writable WORD PATH: whether something can be written there, or where it will be made.
writable() {
	near "$2"
	p=$N/.deployui-probe.$$
	if [ ! -d "$N" ]; then
		fact write "$1" "$2" "$N" file
	elif (umask 077 && echo probe >"$p") 2>/dev/null && [ -s "$p" ]; then
		fact write "$1" "$2" "$N" ok
	else
		fact write "$1" "$2" "$N" no
	fi
	rm -f "$p" 2>/dev/null
}
# renames DIR: whether this system's mv renames a link over a link to a directory; 99 where that cannot be
# tried, because nothing can be written.
renames() {
	p=$1/.deployui-probe.$$
	r=99
	if mkdir "$p" "$p/a" "$p/b" "$p/new" && ln -s a "$p/current" && ln -s b "$p/new/current"; then
		mv -f "$p/new/current" "$p/" && text "$p/current" && [ "$T" = b ] && [ ! -e "$p/a/current" ]
		r=$?
	fi
	rm -rf "$p"
	return "$r"
} 2>/dev/null
# figure WORD OPTION: the fourth column of df.
figure() { df "$2" "$N" 2>/dev/null | tail -n 1 | while read -r _ _ _ k _; do fact "$1" "$k" "$N"; done; }

echo 'check 1'
set +e
fact user "$(id -un 2>/dev/null || id -u)"
fact clock "$(date +%s)"
near "$root"
figure disk -Pk
figure inodes -Pi
writable root "$root"
writable releases "$releases"
writable state "$state"
near "$root"
renames "$N"
case $? in
0) fact rename ok ;;
99) ;;
*) fact rename no ;;
esac
file owner "$state/stage.json"
served
fact current "$K" "$T" "$P"
if [ -d "$shared" ]; then
	for f; do
		[ -f "$shared/$f" ] || fact lacks "$shared/$f"
	done
fi
if [ -n "$http" ]; then
	if command -v curl >/dev/null 2>&1; then
		fact http curl
	elif command -v wget >/dev/null 2>&1; then
		fact http wget
	else
		fact http ''
	fi
fi
# brief: the end of what a command says.
brief() { tail -c 2000 | tr -d '\000'; }
# bounded SECONDS COMMAND...: stopped when it takes longer, where the system can.
bounded() {
	if command -v timeout >/dev/null 2>&1; then timeout "$@"; else shift && "$@"; fi
}
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY SSH_ASKPASS GIT_ASKPASS
if [ -n "$git$repository" ] && ! command -v git >/dev/null 2>&1; then
	fact git 127 ''
elif [ -n "$repository" ]; then
	s=$(git config core.sshCommand 2>/dev/null || :)
	GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-${s:-ssh}} -o BatchMode=yes" GIT_TERMINAL_PROMPT=0
	export GIT_SSH_COMMAND GIT_TERMINAL_PROMPT
	o=$(bounded 30 git ls-remote -- "$repository" HEAD 2>&1 </dev/null; echo "status $?")
	fact git "${o##*status }" "$(printf %s "${o%status *}" | brief)"
elif [ -n "$git" ]; then
	fact git ''
fi
# run NAME TEXT: a step's own check.
run() {
	o=$(bounded 30 sh -c "$2" 2>&1 </dev/null; echo "status $?")
	fact step "$1" "${o##*status }" "$(printf %s "${o%status *}" | brief)"
}
steps
echo end

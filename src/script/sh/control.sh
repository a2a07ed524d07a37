# The control shell: one verb a line, one answer a line on stdout: nonce, number of the question, answer.
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
say() { printf '%s %s\n' "$N" "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# hello STATE_DIR: who and what is here, and a place for our state.
hello() {
	S=$1
	case $S in '~/'*) S=$HOME/${S#'~/'} ;; esac
	case $S in /*) ;; *) say '0 bad state-dir' "$S is not an absolute path" && return ;; esac
	for t in setsid mkfifo mv rm wc cat dd cksum ln sleep; do
		have $t || { say '0 bad tool' "$t" && return; }
	done
	(umask 022 && mkdir -p "${S%/*}") 2>/dev/null || { say '0 bad parent' "${S%/*}" && return; }
	[ -d "$S" ] || mkdir "$S" 2>/dev/null
	[ -L "$S" ] && say '0 bad link' "$S" && return
	[ -d "$S" ] || { say '0 bad make' "$S" && return; }
	[ -O "$S" ] || { say '0 bad owner' "$S" && return; }
	I=none
	[ -r /etc/machine-id ] && read -r I </etc/machine-id
	M=$(uname -n | tr -c 'A-Za-z0-9._\n-' _)-$(printf %.8s "$I")
	B=$S/$M
	mkdir -p "$B/runs" 2>/dev/null || { say '0 bad make' "$B" && return; }
	(: >"$B/.probe" && rm -f "$B/.probe") 2>/dev/null || { say '0 bad write' "$B" && return; }
	F=$(stat -f -c %T "$B" 2>/dev/null) || F=-
	case $F in nfs* | cifs | smb* | fuse.sshfs | afs | 9p | v9fs)
		say '0 bad network' "$F $B" && return
		;;
	esac
	boot
	say 0 machine "$M"
	say 0 boot "$BOOT"
	say 0 base "$B"
	say 0 user "$(id -un 2>/dev/null || id -u)"
	say 0 system "$(uname -sr)"
	say 0 clock "$(date +%s)"
	df -Pk "$B" 2>/dev/null | while read -r _ _ _ K _; do case $K in *[!0-9]* | '') ;; *) say 0 free "$K" ;; esac; done
	df -Pi "$B" 2>/dev/null | while read -r _ _ _ K _; do case $K in *[!0-9]* | '') ;; *) say 0 inodes "$K" ;; esac; done
	have git || say 0 lacks git
	say 0 hello
}

# put Q DIR FLAGS TEXT: the box of an attempt, complete or not at all; the first writer wins.
# Flags: i takes input, u runs as another user (who follows after a colon).
put() {
	q=$1 D=$2
	mkdir -p "$D" 2>/dev/null && cd "$D" 2>/dev/null || { say "$q" bad "cannot make $D" && return; }
	[ -e go ] && say "$q" put && return
	t=cmd.$$.$q
	if ! { printf %s "$4" >"$t"; } 2>/dev/null; then
		rm -f "$t"
		say "$q" bad "cannot write in $D: is the disk full?" && return
	fi
	K=$(wc -c <"$t")
	if [ "${K##* }" != "${3%%[!0-9]*}" ]; then
		rm -f "$t"
		say "$q" bad "cannot write in $D: is the disk full?" && return
	fi
	ln "$t" cmd 2>/dev/null
	rm -f "$t"
	f=${3#"${3%%[!0-9]*}"}
	[ -p alive ] || mkfifo alive 2>/dev/null
	[ -p busy ] || mkfifo busy 2>/dev/null
	case $f in *i*) [ -p in ] || mkfifo in ;; esac
	case $f in *u:*) printf '%s\n' "${f#*u:}" >user ;; esac
	boot
	[ -e st ] || : >st
	[ -e wt ] || : >wt
	[ -e log ] || : >log
	[ -s pid ] || printf '%s %s\n' - "$BOOT" >pid
	if [ -s cmd ] && [ -p alive ] && [ -p busy ] && [ -e st ] && [ -e wt ] && [ -e log ] && [ -s pid ]; then
		say "$q" put
	else
		say "$q" bad "cannot write in $D: is the disk full?"
	fi
} 2>/dev/null

# fence Q DIR: makes sure that this attempt never begins, if it has not.
fence() {
	q=$1 D=$2
	mkdir -p "$D" && cd "$D" || { say "$q" bad "cannot make $D" && return; }
	t=fence.$$.$q
	echo fenced >"$t"
	ln "$t" go
	rm -f "$t"
	w=''
	[ -s go ] && read -r w <go
	if [ "$w" = fenced ]; then say "$q" fenced; elif [ -e go ]; then say "$q" claimed; else say "$q" bad "cannot write in $D"; fi
} 2>/dev/null

# cancel Q DIR SIG: the signal to the step's process group, if it is certainly still that group.
cancel() {
	q=$1 s=$3
	cd "$2" || { say "$q" bad "there is no $2" && return; }
	p='' x=''
	[ -s leader ] && read -r p x <leader
	case $p in '' | *[!0-9]* | 0 | 1) say "$q" none && return ;; esac
	if [ -r "/proc/$p/stat" ] && [ "$x" != - ]; then
		read -r y <"/proc/$p/stat"
		start "$y"
		[ "$x" = "$T" ] || { say "$q" none && return; }
	fi
	if [ -s user ]; then
		read -r u <user
		sudo -n -u "$u" -- sh -c "kill -$s -$p"
	fi
	if kill "-$s" "-$p"; then
		say "$q" sent
	elif [ -s user ]; then
		say "$q" sent
	else
		say "$q" none
	fi
} 2>/dev/null

# start STAT: the start time in a line of /proc/PID/stat (its field 22), into T.
start() {
	set -- ${1##*) }
	shift 19
	T=$1
}

# input Q DIR NUMBER TEXT: a line for a step that waits; each number is delivered at most once.
input() {
	q=$1
	cd "$2" || { say "$q" bad "there is no $2" && return; }
	[ -p in ] || { say "$q" bad "this step takes no input" && return; }
	if mkdir "in.$3"; then
		exec 9<>in
		printf '%s\n' "$4" >&9
		exec 9>&-
		say "$q" given
	elif [ -d "in.$3" ]; then
		say "$q" given
	else
		say "$q" bad "cannot write in $2"
	fi
} 2>/dev/null

# held FIFO: whether somebody holds it; a question that is open for half a second is a yes.
held() {
	(
		exec 3<>"$1"
		exec 4<"$1" 3>&-
		read -r _ <&4
		exit 3
	) &
	h=$!
	(sleep 0.5 || sleep 1 && kill "$h") >/dev/null 2>&1 &
	k=$!
	wait "$h"
	h=$?
	kill "$k"
	[ "$h" != 3 ]
} 2>/dev/null

# state Q DIR: what the box says of its attempt.
state() {
	q=$1
	cd "$2" || { say "$q" absent && return; }
	look
	say "$q" "$F"
} 2>/dev/null

look() {
	rc
	case $? in
	0)
		F="rc $C $B"
		if held busy; then F="settling $C $B"; fi
		return
		;;
	2) F='lost corrupt' && return ;;
	esac
	[ -e go ] || { F=unstarted && return; }
	F=''
	[ -s go ] && read -r F <go
	[ "$F" = fenced ] && return
	[ -p alive ] && [ -p busy ] || { F='lost corrupt' && return; }
	held alive && F=running && return
	rc && F="rc $C $B" && return
	held busy && F=orphaned && return
	rc && F="rc $C $B" && return
	fate
}

# clean Q DIR: removes a box that has ended and that nobody uses.
clean() {
	q=$1 D=$2
	case $D in */runs/*/*) ;; *) say "$q" bad "not a box: $D" && return ;; esac
	[ -d "$D" ] || { say "$q" clean && return; }
	cd "$D" || { say "$q" bad "cannot enter $D" && return; }
	look
	case $F in
	rc* | unstarted | fenced | never)
		cd / && rm -rf "$D.del" && mv "$D" "$D.del" && rm -rf "$D.del" && rmdir "${D%/*}"
		[ -d "$D" ] && say "$q" bad "cannot remove $D" || say "$q" clean
		;;
	*) say "$q" kept "$F" ;;
	esac
} 2>/dev/null

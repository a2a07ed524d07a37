# The control shell: one verb a line, one answer a line on stdout: nonce, number of the question, answer.
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
say() { printf '%s %s\n' "$N" "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# hello STATE_DIR [look]: who and what is here, and a place for our state: where one only looks, without
# making anything.
hello() {
	S=$1 k=$2
	case $S in '~/'*) S=$HOME/${S#'~/'} ;; esac
	case $S in /*) ;; *) say '0 bad state-dir' "$S is not an absolute path" && return ;; esac
	for t in setsid mkfifo mv rm wc cat dd cksum ln sleep chmod; do
		have $t || { say '0 bad tool' "$t" && return; }
	done
	[ -n "$k" ] || place || return
	I=none
	[ -r /etc/machine-id ] && read -r I </etc/machine-id
	# Kernel, name and release, in this order whatever the order asked for.
	set -- $(uname -snr)
	M=$2
	case $M in *[!A-Za-z0-9._-]*) M=$(printf '%s\n' "$M" | tr -c 'A-Za-z0-9._\n-' _) ;; esac
	K=${I#????????}
	K=${I%"$K"}
	M=$M-${K:-$I}
	B=$S/$M
	[ -n "$k" ] || own || return
	boot
	say 0 machine "$M"
	say 0 boot "$BOOT"
	say 0 base "$B"
	say 0 user "$(id -un 2>/dev/null || id -u)"
	say 0 system "$1 $3"
	say 0 clock "$(date +%s)"
	t=$B
	until [ -d "$t/" ]; do t=${t%/*}; done
	df -Pk "$t/" 2>/dev/null | while read -r _ _ _ K _; do case $K in *[!0-9]* | '') ;; *) say 0 free "$K" ;; esac; done
	df -Pi "$t/" 2>/dev/null | while read -r _ _ _ K _; do case $K in *[!0-9]* | '') ;; *) say 0 inodes "$K" ;; esac; done
	have git || say 0 lacks git
	W=''
	[ -c /dev/full ] && ! { printf x >/dev/full; } 2>/dev/null && W=1
	say 0 hello
}

# place: the directory S for our state, on whatever machine. Fails where there can be none, and says so.
place() {
	[ -d "${S%/*}" ] || (umask 022 && mkdir -p "${S%/*}") 2>/dev/null || { say '0 bad parent' "${S%/*}" && return 1; }
	[ -d "$S" ] || mkdir "$S" 2>/dev/null
	[ -L "$S" ] && say '0 bad link' "$S" && return 1
	[ -d "$S" ] || { say '0 bad make' "$S" && return 1; }
	[ -O "$S" ] || { say '0 bad owner' "$S" && return 1; }
}

# own: the directory B of this machine in it. As `place`.
own() {
	[ -d "$B/runs" ] || mkdir -p "$B/runs" 2>/dev/null || { say '0 bad make' "$B" && return 1; }
	for t in "$B" "$B/runs"; do
		[ -L "$t" ] && say '0 bad link' "$t" && return 1
		[ -O "$t" ] || { say '0 bad owner' "$t" && return 1; }
	done
	chmod 700 "$B" 2>/dev/null
	{ echo >"$B/.probe"; } 2>/dev/null || { rm -f "$B/.probe" && say '0 bad write' "$B" && return 1; }
	rm -f "$B/.probe"
	F=$(stat -f -c %T "$B" 2>/dev/null) || F=-
	case $F in nfs* | cifs | smb* | fuse.sshfs | afs | 9p | v9fs)
		say '0 bad network' "$F $B" && return 1
		;;
	esac
}

# put Q DIR FLAGS TEXT: the box of an attempt, complete or not at all; the first writer wins.
# Flags: length of the text, i takes input, u runs as another user (who follows after a colon).
# Two shells may do this at once, one of them for a console that is long gone: nothing that is there
# is ever emptied.
put() {
	q=$1 D=$2
	bar || { say "$q" bad "$F" && return; }
	[ -d "$D" ] || mkdir -p "$D"
	if [ -L "$D" ] || ! cd "$D"; then say "$q" bad "cannot make $D" && return; fi
	[ -e go ] && say "$q" put && return
	if ! [ -s cmd ]; then
		t=cmd.$$.$q
		if ! { printf %s "$4" >"$t" && whole "$t" "${3%%[!0-9]*}" && mv -f "$t" cmd; }; then
			rm -f "$t"
			say "$q" bad "cannot write in $D: is the disk full?" && return
		fi
	fi
	f=${3#"${3%%[!0-9]*}"}
	[ -p alive ] && [ -p busy ] || mkfifo alive busy
	boot
	for t in st wt log; do [ -e $t ] || [ -L $t ] || command : >>$t; done
	[ -s leader ] || printf '%s\n' - >>leader
	[ -s pid ] || printf '%s %s\n' - "$BOOT" >>pid
	k=1
	case $f in i*) [ -p in ] || mkfifo in || k='' ;; esac
	case $f in *u:*) [ -s user ] || printf '%s\n' "${f#*u:}" >>user || k='' ;; esac
	for t in cmd leader pid; do [ -s $t ] && [ ! -L $t ] || k=''; done
	for t in alive busy; do [ -p $t ] && [ ! -L $t ] || k=''; done
	for t in st wt log; do [ -f $t ] && [ ! -L $t ] || k=''; done
	if [ -n "$k" ]; then say "$q" put; else say "$q" bad "cannot write in $D: is the disk full?"; fi
} 2>/dev/null

# whole FILE BYTES: whether so many are there. Only asked where a shell does not say that it could not
# write all.
whole() {
	[ -n "$W" ] && return
	K=$(wc -c <"$1")
	[ "${K##* }" = "$2" ]
}

# bar: no earlier attempt at the same thing lives, and none will begin: a start that was refused for
# want of space may have been sent before, over a connection that is thought dead, and come late.
# Fails, with the reason in F.
bar() {
	j=${D##*.} n=0
	case $j in '' | 0* | *[!0-9]* | ?????*) return 0 ;; esac
	while n=$((n + 1)) && [ "$n" -lt "$j" ]; do
		cd "${D%.*}.$n" || continue
		if [ ! -e go ] && ! claim && [ ! -e go ]; then
			F="cannot write in $PWD: is the disk full?"
			return 1
		fi
		rc
		if [ $? = 1 ] && ! fenced && held alive; then
			F="attempt $n has begun after all, and is running"
			return 1
		fi
	done
	return 0
}

# claim: forbids the box to begin, if nobody has claimed it; whether it now is fenced. Its content
# and its name come at once, and only with its content.
claim() {
	t=fence.$$.$q
	echo fenced >"$t"
	[ -s "$t" ] && ln "$t" go
	rm -f "$t"
	fenced
} 2>/dev/null

# fence Q DIR: makes sure that this attempt never begins, if it has not.
fence() {
	q=$1 D=$2
	# A box that was put and is gone may have begun: it is not made anew to be fenced.
	cd "$D" || { say "$q" absent && return; }
	if claim; then
		say "$q" fenced
	elif [ -e go ]; then
		say "$q" claimed
	else
		say "$q" bad "cannot write in $D: is the disk full?"
	fi
} 2>/dev/null

# cancel Q DIR SIG: the signal to the step's process group, if it certainly still is that group: its
# leader started when the box says, or is gone while something of the step lives. `killed` tells the
# supervisor that a leader which does not come to its end was meant not to.
cancel() {
	q=$1 s=$3
	cd "$2" || { say "$q" bad "there is no $2" && return; }
	past
	leader && [ "$Z" != inline ] || { say "$q" none && return; }
	if [ -n "$Z" ] && [ "$Z" != - ] && read -r y <"/proc/$P/stat"; then
		started "$y"
		[ "$T" = "$Z" ] || { say "$q" none && return; }
	else
		held busy || { say "$q" none && return; }
	fi
	[ "$s" = KILL ] && command : >>killed
	k=none
	if [ -s user ]; then
		read -r u <user
		sudo -n -u "$u" -- sh -c "kill -$s -$P" </dev/null >/dev/null && k=sent
	fi
	kill "-$s" "-$P" && k=sent
	say "$q" "$k"
} 2>/dev/null

# started STAT: the start time in a line of /proc/PID/stat (its field 22), into T.
started() {
	set -- ${1##*) }
	shift 19
	T=$1
}

# input Q DIR NUMBER TEXT: a line for a step that waits; each number is delivered at most once. What
# nobody holds open forgets its content, so a step that has not begun, or has ended, gets nothing.
input() {
	q=$1
	cd "$2" || { say "$q" bad "there is no $2" && return; }
	[ -d "in.$3" ] && say "$q" given && return
	[ -p in ] || { say "$q" bad "this step takes no input" && return; }
	rc && say "$q" bad "this step has ended" && return
	leader || { say "$q" bad "this step has not begun" && return; }
	[ "${#4}" -lt 4096 ] || { say "$q" bad "a line of input has at most 4095 bytes" && return; }
	if mkdir "in.$3"; then
		printf '%s\n' "$4" 1<>in
		say "$q" given
	elif [ -d "in.$3" ]; then
		say "$q" given
	else
		say "$q" bad "cannot write in $2: is the disk full?"
	fi
} 2>/dev/null

# taken Q DIR NUMBER: whether that line was delivered. One that comes later, over a connection that is
# thought dead, and a new one have the same number: one of them is delivered.
taken() {
	if [ -d "$2/in.$3" ]; then say "$1" given; else say "$1" bad "it was not delivered"; fi
}

# held FIFO: whether somebody holds it. Where dd reads without waiting, nobody does if it finds the
# end of the file; elsewhere a question that is open for half a second is a yes.
held() {
	[ -p "$1" ] || return
	if dd if=/dev/null iflag=nonblock count=0; then
		h=$(dd if="$1" iflag=nonblock bs=1 count=1; echo "$?")
		[ "$h" != 0 ]
		return
	fi
	(
		exec 3<>"$1"
		exec 4<"$1" 3>&-
		while read -r _ <&4; do :; done
		exit 3
	) &
	h=$!
	( (sleep 0.5 || sleep 1) && kill "$h") >/dev/null &
	k=$!
	wait "$h"
	h=$?
	kill "$k" && wait "$k"
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
	fenced && F=fenced && return
	[ -p alive ] && [ -p busy ] || { F='lost corrupt' && return; }
	held alive && F=running && return
	rc && F="rc $C $B" && return
	held busy && F=orphaned && return
	rc && F="rc $C $B" && return
	fate
}

# ask Q TEXT: runs a text by itself and passes on what it prints, line by line.
ask() {
	q=$1
	( (eval "$2") </dev/null 2>&1) | while IFS= read -r l || [ -n "$l" ]; do
		printf '%s %s line %s\n' "$N" "$q" "$l"
	done
	say "$q" asked
}

# clean Q DIR: removes a box that has ended and that nobody uses, or that never began.
clean() {
	q=$1 D=$2
	case $D in */runs/*/*) ;; *) say "$q" bad "not a box: $D" && return ;; esac
	[ -d "$D" ] || { say "$q" clean && return; }
	cd "$D" || { say "$q" bad "cannot enter $D" && return; }
	look
	if [ "$F" = unstarted ]; then claim || look; fi
	case $F in
	rc* | unstarted | fenced | never)
		cd / && rm -rf "$D.del" && mv "$D" "$D.del" && rm -rf "$D.del" && rmdir "${D%/*}"
		if [ -d "$D" ]; then say "$q" bad "cannot remove $D"; else say "$q" clean; fi
		;;
	*) say "$q" kept "$F" ;;
	esac
} 2>/dev/null

echo

# The agent: orders on stdin, log bytes on stdout, facts on stderr. It blocks on one private FIFO
# that takes orders, ticks and the watchers' news. Of a followed box it knows: `s` its number, `at`
# where its log is read from, `p` whether it is followed (`cut`: its log was replaced, and the console
# has not yet asked for the new one), `x` whether nobody holds `alive` and `busy` any more, `e`
# whether its end was told, `y` for how many looks its log has not grown beyond `j`.
say() { printf '%s %s\n' "$N" "$*" >&2; }

# watch: tells the agent when nobody holds `alive` nor `busy` any more. The descriptors to read from are
# opened while it holds the FIFOs itself, so that opening never waits.
watch() {
	(
		exec 3<>alive
		exec 4<alive 3<>busy
		exec 6<busy 3>&-
		while read -r _ <&4; do :; done
		while read -r _ <&6; do :; done
		printf 'x %s\n' "$s" >&5
	) >/dev/null 2>&1 6<&- &
	X=$!
}

# tick: asks for a look at the log soon; less soon, where it has not grown for a while. It is waited for
# when it has come: a shell remembers every child that it was not asked about, for as long as it lives.
tick() {
	[ -n "$K" ] && return
	k=$TICK
	[ "$y" -gt 20 ] && k=$LATER
	(
		sleep "$k"
		echo t >&5
	) >/dev/null 2>&1 3<&- 6<&- &
	K=$!
}

# place: how many bytes of the log were sent, into O; fails where the system does not tell.
place() {
	O=''
	[ -r /proc/self/fdinfo/3 ] && read -r _ O </proc/self/fdinfo/3
	case $O in '' | *[!0-9]*) return 1 ;; esac
}

# head: the first bytes of the log.
head() {
	dd bs="$g" count=1 2>/dev/null <log
	echo .
}

# know: remembers how the log begins, once something of it was sent.
know() {
	[ -z "$g" ] && [ "$O" -gt 0 ] || return
	g=64
	[ "$O" -lt 64 ] && g=$O
	h=$(head)
}

# same: whether the log still is the file of which O bytes were sent, and B are there.
same() {
	[ "$O" -le "$B" ] && [ log -ef /dev/fd/3 ] || return
	[ -z "$g" ] || [ "$O$1" = "$B" ] || [ "$(head)" = "$h" ]
}

# pump: sends what is new in the log. Fails, and says so, if that is no longer the same: a step can
# empty its own log (`>/dev/stderr` does). A log that is gone is still read by its descriptor.
# At the `last` time, B already is what the box said, where it did, and there may be more.
pump() {
	place || O=''
	if [ "$1" != last ] || [ "${O:-0}" -gt "$B" ]; then size; fi
	if [ -n "$O" ] && [ -e log ]; then
		if ! same "$1"; then
			p=cut
			say "$s" cut "$O" "$B"
			return 1
		fi
		if [ "$O$1" = "$B" ] || [ ! -s log ]; then return; fi
	fi
	cat <&3
	place || O=$B
}

# begin: takes the box up.
begin() {
	if [ "$at" -gt 0 ]; then dd bs=1 skip="$at" count=0 <&3 >/dev/null 2>&1; fi
	p=1
	rc
	case $? in
	0) ended ;;
	2) over 'lost corrupt' && return ;;
	*)
		if [ ! -e go ]; then over unstarted && return; fi
		if fenced; then over fenced && return; fi
		say "$s" running
		;;
	esac
	watch
	tick
}

# over FACT: nothing more will be said of this box.
over() {
	exec 3<&-
	p=''
	say "$s" "$1"
}

# leave: forgets the box. A watcher that has not come back would wait as long as something holds it.
leave() {
	if [ -n "$X" ] && [ -z "$x" ]; then kill "$X" && wait "$X"; fi
	p='' x='' y=0 j='' e='' o='' g='' X='' U=''
} 2>/dev/null

ended() {
	[ -n "$e" ] && return
	e=1
	say "$s" rc "$C" "$B"
}

# silent: nobody holds the box any more.
silent() {
	rc
	r=$?
	[ "$r" = 0 ] || size
	pump last || return
	case $r in
	0) rc && ended ;;
	2) F='lost corrupt' ;;
	1)
		fate
		case $F in rc*) e=1 && say "$s" "$F" ;; esac
		;;
	esac
	if [ -n "$e" ]; then over "settled $O"; else say "$s" size "$O" && over "$F"; fi
}

# enter DIR: into the box, its log on descriptor 3. What a box is made of is never a link.
enter() {
	if ! cd "$1" 2>/dev/null; then say "$s" absent; return 1; fi
	if [ -e go ] && [ ! -e log ] && [ ! -L log ]; then command : 2>/dev/null >>log; fi
	if [ -p alive ] && [ -w alive ] && [ -p busy ] && [ -w busy ] && [ ! -L log ] && [ -r log ]; then
		command exec 3<log && return
	fi
	if fenced; then say "$s" fenced; elif [ -e go ]; then say "$s" 'lost corrupt'; else say "$s" absent; fi
	return 1
}

# go: begins the attempt if nobody has, and follows it.
go() {
	enter "$1" || return
	if [ ! -e go ] && { [ ! -s cmd ] || [ ! -e st ] || [ ! -s leader ] || [ ! -s pid ]; }; then
		over absent
		return
	fi
	exec 7<>busy
	exec 8<>alive
	z=''
	set -C
	if command : 2>/dev/null >go; then
		set +C
		case $m in
		i) inline ;;
		*)
			supervise </dev/null >/dev/null 2>&1 3<&- 5>&- 6<&- &
			U=$!
			;;
		esac
	elif set +C && [ ! -e go ]; then
		exec 7>&- 8>&-
		over "refused cannot write in $1: is the disk full?"
		return
	fi
	exec 7>&- 8>&-
	if [ -n "$z" ] && [ "$at" = 0 ]; then
		p=1
		silent
	else
		attach
	fi
}

# inline: done by the agent itself, whose death is the box's.
inline() {
	z=1
	say "$s" running
	boot
	echo "$$ $BOOT - inline" >>pid && echo "$$" >>leader || return
	(exec sh ./cmd </dev/null >>log 2>&1 3<&- 5>&- 6<&- 7<&7 8>&-)
	c=$?
	size
	command : >"rc.$c.$B" || mv st "rc.$c.$B"
}

# attach: follows the entered box from `at`, if its log still is the one that was read so far.
attach() {
	if [ "$at" -gt 0 ]; then
		size
		k=4096
		[ "$at" -lt "$k" ] && k=$at
		if [ "$B" -lt "$at" ]; then say "$s" short "$B"; else
			set -- $(dd bs=1 skip=$((at - k)) count=$k <log 2>/dev/null | cksum)
			say "$s" tail "$1"
		fi
		return
	fi
	begin
}

# from: the console has agreed to a place in the log.
from() {
	if [ "$p" != cut ]; then begin && return; fi
	[ -r log ] && command exec 3<log
	p=1 e='' o='' g='' y=0
	news
}

order() {
	v=${1#* } n=${v%% *} v=${v#* } at=${v%% *} v=${v#* } m=${v%% *} v=${v#* }
	case $1 in
	go\ *) leave && s=$n && go "$v" ;;
	attach\ *) leave && s=$n && enter "$v" && attach ;;
	from\ *) [ "$n" = "$s" ] && from ;;
	esac
}

# news: what follows from all that is known now.
news() {
	[ "$p" = 1 ] || return
	if [ -n "$x" ]; then
		silent
	elif pump; then
		y=$((y + 1))
		[ "$O" = "$j" ] || j=$O y=0
		if [ -z "$e" ]; then
			rc && ended
		elif [ "$B" != "$o" ]; then
			o=$B
			say "$s" size "$o"
		fi
		know
		tick
	fi
}

# hear NEWS: a tick, or the watcher.
hear() {
	case $1 in
	t)
		wait "$K"
		K=''
		news
		;;
	"x $s")
		x=1
		wait "$X" $U
		news
		;;
	esac
}

TICK=0.05 LATER=0.2
sleep 0.0 2>/dev/null || TICK=1 LATER=1
T=/tmp/deployui.$N
mkdir "$T" 2>/dev/null || T=$HOME/.deployui.$N
if { [ -d "$T" ] || mkdir "$T" 2>/dev/null; } && mkfifo "$T/f" 2>/dev/null; then
	exec 5<>"$T/f" 6<&0 </dev/null
	rm -rf "$T"
	(
		while IFS= read -r l <&6; do printf 'o %s\n' "$l" >&5; done
		echo q >&5
	) >/dev/null 2>&1 &
	trap : HUP
	s='' X='' K=''
	leave
	printf '\n%s\n' "$N"
	echo >&2
	say 0 ready
	while IFS= read -r l <&5; do
		case $l in
		o\ *) order "${l#o }" ;;
		q) break ;;
		*) hear "$l" ;;
		esac
	done
	leave
else
	echo >&2
	say 0 refused "cannot make $T"
fi
exit 0

# The agent: orders on stdin, log bytes on stdout, facts on stderr. It blocks on one private FIFO
# that takes orders, ticks and the watchers' news.
say() { printf '%s %s\n' "$N" "$*" >&2; }

# watch FIFO NEWS: tells the agent when nobody holds the FIFO any more.
watch() {
	(
		exec 3<>"$1"
		exec 4<"$1" 3>&-
		read -r _ <&4
		printf '%s\n' "$2" >&5
	) >/dev/null 2>&1 6<&- &
}

tick() { (sleep "$TICK"; printf 't %s\n' "$s" >&5) >/dev/null 2>&1 3<&- 6<&- & }

pump() { cat <&3; }

# begin: takes the box up. `at` = where the log is read from.
begin() {
	x='' y='' e='' p=1
	if [ "$at" -gt 0 ]; then dd bs=1 skip="$at" count=0 <&3 >/dev/null 2>&1; fi
	rc
	case $? in
	0) ended ;;
	2) over 'lost corrupt' && return ;;
	*)
		if [ ! -e go ]; then over unstarted && return; fi
		w=''
		[ -s go ] && read -r w <go
		if [ "$w" = fenced ]; then over fenced && return; fi
		say "$s" running
		;;
	esac
	watch alive "x $s"
	watch busy "y $s"
	tick
}

# over FACT: nothing more will be said of this box.
over() {
	exec 3<&-
	p=''
	say "$s" "$1"
}

ended() {
	[ -n "$e" ] && return
	e=1
	say "$s" rc "$C" "$B"
}

# silent: nobody holds the box any more.
silent() {
	pump
	rc
	case $? in
	0) ended ;;
	2) over 'lost corrupt' && return ;;
	1)
		fate
		case $F in
		rc*) e=1 && say "$s" "$F" ;;
		*) over "$F" && return ;;
		esac
		;;
	esac
	size
	over "settled $B"
}

# enter DIR: into the box, its log on descriptor 3.
enter() {
	if ! cd "$1" 2>/dev/null; then say "$s" absent; return 1; fi
	if [ ! -p alive ] || [ ! -p busy ] || [ ! -r log ]; then
		if rc || [ -e go ]; then say "$s" 'lost corrupt'; else say "$s" absent; fi
		return 1
	fi
	exec 3<log
}

# go: begins the attempt if nobody has, and follows it.
go() {
	enter "$1" || return
	exec 7<>busy
	exec 8<>alive
	set -C
	if command : 2>/dev/null >go; then
		set +C
		case $m in
		i) inline ;;
		*) setsid sh -c "$SUPERVISOR" deployui "$1" </dev/null >/dev/null 2>&1 3<&- 5>&- 6<&- & ;;
		esac
	elif set +C && [ ! -e go ]; then
		exec 7>&- 8>&-
		over "refused cannot write in $1: is the disk full?"
		return
	fi
	exec 7>&- 8>&-
	if [ "$m" = i ] && [ -n "$z" ]; then
		z='' e='' p=1
		silent
		return
	fi
	attach
}

# inline: done by the agent itself, whose death is the box's.
inline() {
	say "$s" running
	boot
	printf '%s %s\n' "$$" "$BOOT" >pid
	echo "$$ -" >leader
	sh ./cmd </dev/null >>log 2>&1 3<&- 5>&- 6<&- 8>&-
	c=$?
	size
	mv st "rc.$c.$B"
	z=1
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

order() {
	v=${1#* } s=${v%% *} v=${v#* } at=${v%% *} v=${v#* } m=${v%% *} v=${v#* }
	case $1 in
	go\ *) go "$v" ;;
	attach\ *) enter "$v" && attach ;;
	from\ *) begin ;;
	esac
}

follow() {
	case $1 in
	"t $s")
		pump
		if [ -n "$e" ]; then size && say "$s" size "$B"; elif rc; then ended; fi
		tick
		;;
	"x $s")
		x=1
		if [ -n "$y" ]; then silent; elif rc; then pump && ended; fi
		;;
	"y $s")
		y=1
		if [ -n "$x" ]; then silent; fi
		;;
	esac
}

TICK=0.05
sleep 0.01 2>/dev/null || TICK=1
T=/tmp/deployui.$N
mkdir "$T" 2>/dev/null || T=$HOME/.deployui.$N
if { [ -d "$T" ] || mkdir "$T" 2>/dev/null; } && mkfifo "$T/f" 2>/dev/null; then
	exec 5<>"$T/f" 6<&0 </dev/null
	rm -rf "$T"
	(
		while IFS= read -r l <&6; do printf 'o %s\n' "$l" >&5; done
		echo q >&5
	) >/dev/null 2>&1 &
	R=$!
	trap : HUP
	p='' s='' z=''
	printf '%s\n' "$N"
	say 0 ready
	while IFS= read -r l <&5; do
		case $l in
		o\ *) order "${l#o }" ;;
		q) break ;;
		*) [ -n "$p" ] && follow "$l" ;;
		esac
	done
	kill "$R" 2>/dev/null
else
	say 0 refused "cannot make $T"
fi
exit 0

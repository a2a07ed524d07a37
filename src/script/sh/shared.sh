# Shared by the control shell and the agent. POSIX sh and coreutils or BusyBox only. `N` is the
# nonce of this connection: what does not begin with it is noise of start-up files.
# Files of a box that are written after the claim exist before it, with a first line (`-`): a line
# can be added to them on a full disk, and an empty one never means anything.
umask 077

# rc: the end that was published under one name, into C (exit status) and B (bytes); 1 = none, 2 =
# contradictory.
rc() {
	set -- rc.*
	[ "$1" = 'rc.*' ] && return 1
	[ $# = 1 ] || return 2
	C=${1#rc.} B=${C#*.} C=${C%%.*}
	[ "$1" = "rc.$C.$B" ] || return 2
	case $C in '' | *[!0-9]* | ????*) return 2 ;; esac
	case $B in '' | *[!0-9]* | ????????????????*) return 2 ;; esac
	[ "$C" -le 255 ] || return 2
}

# size: bytes in the log, into B.
size() {
	B=0
	[ -s log ] && B=$(wc -c 2>/dev/null <log)
	B=${B##* }
	B=${B:-0}
}

# boot: identifies this uptime, into BOOT; `-` where the system has no such thing.
boot() {
	BOOT=-
	[ -r /proc/sys/kernel/random/boot_id ] && read -r BOOT </proc/sys/kernel/random/boot_id
}

# fenced: whether the claim of this box is a fence.
fenced() {
	i=''
	[ -s go ] && read -r i <go
	[ "$i" = fenced ]
}

# leader: the step's process group, into P; fails if it never began.
leader() {
	P=''
	[ -s leader ] || return
	while read -r P; do [ "$P" != - ] && return; done <leader
	return 1
}

# past: what `pid` says at last: into S the boot, into Z when the leader started (or `inline`, `-`).
past() {
	S='' Z=''
	[ -s pid ] || return
	while read -r _ i _ j; do S=$i Z=$j; done <pid
}

# fate: for a claimed box that nobody holds any more and that has no rc: into F. Only a box whose
# command certainly was not begun is `never`.
fate() {
	set -- w.*
	if [ "$1" != 'w.*' ]; then
		C=${1#w.}
		F='lost corrupt'
		[ $# = 1 ] || return 0
		case $C in '' | *[!0-9]* | ????*) return 0 ;; esac
		[ "$C" -le 255 ] || return 0
		size
		F="rc $C $B"
		return
	fi
	past
	boot
	if [ -z "$S" ] || [ ! -s leader ]; then
		F='lost died'
	elif [ "$S" != "$BOOT" ]; then
		F='lost rebooted'
	elif [ "$S" != - ] && ! leader; then
		F=never
	else
		F='lost died'
	fi
}

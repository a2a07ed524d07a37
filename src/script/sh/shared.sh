# Shared by the control shell and the agent. POSIX sh and coreutils or BusyBox only. `N` is the
# nonce of this connection: what does not begin with it is noise of start-up files.
umask 077

# rc: the end that was published by rename, into C (exit status) and B (bytes); 2 = contradictory.
rc() {
	set -- rc.*
	[ "$1" = 'rc.*' ] && return 1
	[ $# = 1 ] || return 2
	C=${1#rc.} B=${C#*.} C=${C%%.*}
	[ "$1" = "rc.$C.$B" ] || return 2
	case $C$B in '' | *[!0-9]*) return 2 ;; esac
	case $C in '' | ????*) return 2 ;; esac
	case $B in '' | ????????????????*) return 2 ;; esac
	[ "$C" -le 255 ]
}

# size: bytes in the log, into B.
size() {
	B=$(wc -c <log 2>/dev/null) || B=0
	B=${B##* }
}

# boot: identifies this uptime, into BOOT; `-` where the system has no such thing.
boot() {
	BOOT=-
	[ -r /proc/sys/kernel/random/boot_id ] && read -r BOOT </proc/sys/kernel/random/boot_id
}

# fate: for a claimed box that nobody holds any more and that has no rc: into F.
fate() {
	set -- w.*
	if [ $# = 1 ] && [ "$1" != 'w.*' ]; then
		C=${1#w.}
		case $C in '' | *[!0-9]* | ????*) F='lost corrupt' ;; *) size && F="rc $C $B" ;; esac
		return
	fi
	P='' S=''
	[ -s pid ] && read -r P S <pid
	boot
	if [ -n "$S" ] && [ "$S" != "$BOOT" ]; then
		F='lost rebooted'
	elif [ ! -s leader ] && [ -n "$S" ]; then
		F='never'
	else
		F='lost died'
	fi
}

deployui_die() {
	printf 'error: %s\n' "$1" >&2
	[ -z "${2-}" ] || printf 'hint: %s\n' "$2" >&2
	exit 1
}
# deployui_known: the processes, each with the time of its start, so that a number that is used again is
# another process. Into deployui_now.
deployui_known() {
	deployui_now=''
	for deployui_p in $(deployui_pids 2>/dev/null || :); do
		case $deployui_p in
		0) continue ;;
		*[!0-9]*) deployui_die "the step's pids say \`$deployui_p\`, which is no process" 'they print numbers only' ;;
		esac
		[ -r "/proc/$deployui_p/stat" ] || continue
		read -r deployui_s 2>/dev/null <"/proc/$deployui_p/stat" || continue
		set -- ${deployui_s##*) }
		# What has died and was not yet taken note of is no process.
		if [ "$#" -lt 20 ] || [ "$1" = Z ]; then continue; fi
		shift 19
		deployui_now="$deployui_now $deployui_p:$1"
	done
}
# deployui_inside PID: whether it works in what is served, or runs from it; else why not, into deployui_why.
deployui_inside() {
	deployui_cwd=$(readlink "/proc/$1/cwd" 2>/dev/null || :)
	deployui_exe=$(readlink "/proc/$1/exe" 2>/dev/null || :)
	deployui_top=$(readlink -f "$deployui_current" 2>/dev/null || :)
	[ -n "$deployui_top" ] || deployui_die "$deployui_current leads nowhere"
	for deployui_d in "$deployui_cwd" "$deployui_exe"; do
		case $deployui_d in *' (deleted)') continue ;; esac
		case $deployui_d/ in "$deployui_top"/*) return 0 ;; esac
	done
	if [ -z "$deployui_cwd" ]; then
		deployui_why="nobody here may see where process $1 works (run this step as its user or as root: as = \"root\")"
	else
		deployui_why="process $1 works in $deployui_cwd, not in $deployui_top"
	fi
	return 1
}
# deployui_proof OLD: whether all processes are others than the old ones, and inside.
deployui_proof() {
	deployui_known
	deployui_why='there are no processes'
	[ -n "$deployui_now" ] || return 1
	for deployui_p in $deployui_now; do
		case " $1 " in
		*" $deployui_p "*)
			deployui_why="process ${deployui_p%:*} is still the old one"
			return 1
			;;
		esac
		deployui_inside "${deployui_p%:*}" || return 1
	done
}
# deployui_wait SECONDS OLD: until it is proven.
deployui_wait() {
	deployui_n=$1 deployui_t=1
	if sleep 0.1 2>/dev/null; then deployui_n=$(($1 * 10)) deployui_t=0.1; fi
	until deployui_proof "$2"; do
		deployui_n=$((deployui_n - 1))
		[ "$deployui_n" -gt 0 ] ||
			deployui_die "the new processes are not proven: $deployui_why" 'look at the log of what was started; check that its directory is what current leads to'
		sleep "$deployui_t"
	done
	printf 'processes%s work in %s\n' "$deployui_now" "$deployui_top"
}

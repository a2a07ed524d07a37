# supervise: a fork of the agent that outlives it: in a group other than the step's, deaf to signals.
# It was handed `alive` on descriptor 8 and `busy` on 7, in a box that is claimed. Its death frees
# both; one new name publishes how the step ended. No variable of ours is exported.
supervise() {
	set -- /dev/null
	[ -p in ] && set -- in
	# The leader says that it is there before it begins the command, or does not begin it. Its own words
	# ("Terminated") do not belong into the log; dash redirects a plain command in itself, so that what
	# it says of its end would go there. 7 is named because ksh does not pass on what exec opened.
	setsid sh -c '
		trap : TERM INT HUP
		echo $$ >>leader || exit 125
		(exec sh ./cmd 2>&1)
		set -- $?
		trap "" TERM INT HUP
		command : >"w.$1" || mv wt "w.$1"
		exit $1' 0<>"$1" >>log 2>/dev/null 7<&7 8>&- &
	c=$!
	trap "" TERM INT HUP QUIT USR1 USR2 PIPE TSTP TTIN TTOU
	boot
	k=- t=-
	# The shell opens it itself, so it is about the shell: `$$` is the agent.
	[ -r /proc/self/stat ] && read -r k _ </proc/self/stat
	if [ -r "/proc/$c/stat" ]; then
		read -r t <"/proc/$c/stat"
		set -- ${t##*) }
		shift 19
		t=$1
	fi
	echo "$k $BOOT $c $t" >>pid
	wait $c
	r=$?
	# Only a leader that came to its end knows how the step did: if it was killed alone, the step goes
	# on, and nobody will know. If everything was killed because the operator said so, that is how it
	# ended.
	if [ ! -e "w.$r" ]; then
		[ "$r" -gt 128 ] && [ -e killed ] || exit 1
	fi
	size
	command : >"rc.$r.$B" || mv st "rc.$r.$B"
}

# The supervisor of a detached box: outside the step's group, deaf to signals. It was handed `alive`
# on descriptor 8 and `busy` on 7 by the agent, which has claimed the box. Its death frees both; one
# new name publishes how the step ended. Up to the fork it sets no variable: one of that name may be
# exported, and the step would see it.
cd "$1" || exit 90
umask 077
set +m
set -- /dev/null
[ -p in ] && set -- in
# The leader says that it is there before it begins the command, or does not begin it. Its own words
# ("Terminated") do not belong into the log; dash redirects a plain command in itself, so that what it
# says of its end would go there.
setsid sh -c '
	trap : TERM INT HUP
	echo $$ >>leader || exit 125
	(exec sh ./cmd 2>&1)
	set -- $?
	trap "" TERM INT HUP
	command : >"w.$1" || mv wt "w.$1"
	exit $1' 0<>"$1" >>log 2>/dev/null 8>&- &
c=$!
trap "" TERM INT HUP QUIT USR1 USR2 PIPE TSTP TTIN TTOU
b=- t=-
[ -r /proc/sys/kernel/random/boot_id ] && read -r b </proc/sys/kernel/random/boot_id
if [ -r "/proc/$c/stat" ]; then
	read -r t <"/proc/$c/stat"
	set -- ${t##*) }
	shift 19
	t=$1
fi
echo "$$ $b $c $t" >>pid
wait $c
r=$?
# Only a leader that came to its end knows how the step did: if it was killed alone, the step goes on,
# and nobody will know. If everything was killed because the operator said so, that is how it ended.
if [ ! -e "w.$r" ]; then
	[ "$r" -gt 128 ] && [ -e killed ] || exit 1
fi
n=0
[ -s log ] && n=$(wc -c <log)
n=${n##* }
command : >"rc.$r.${n:-0}" || mv st "rc.$r.${n:-0}"

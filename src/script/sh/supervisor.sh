# The supervisor of a detached box: outside the step's group, deaf to signals. It was handed `alive` on
# descriptor 8 and `busy` on 7 by the agent, which has claimed the box. Its death frees both; a
# rename publishes how the step ended.
cd "$1" || exit 90
umask 077
I=/dev/null
[ -p in ] && I=in
setsid sh -c '
	exec 8>&-
	trap : TERM INT HUP
	t=-
	if [ -r /proc/$$/stat ]; then read -r l </proc/$$/stat; set -- ${l##*) }; shift 19; t=$1; fi
	echo "$$ $t" >leader
	sh ./cmd
	r=$?
	mv wt "w.$r"
	exit $r' 0<>$I >>log 2>&1 8>&- &
c=$!
trap "" TERM INT HUP QUIT USR1 USR2 PIPE TSTP TTIN TTOU
b=-
[ -r /proc/sys/kernel/random/boot_id ] && read -r b </proc/sys/kernel/random/boot_id
echo "$$ $b" >pid
wait $c
r=$?
n=$(wc -c <log)
mv st "rc.$r.${n##* }"

# Asked without any proxy: it is this host that answers.
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
if command -v curl >/dev/null 2>&1; then
	ask() { printf %s "$config" | curl -q -sS -o /dev/null -w 'HTTP/0 %{http_code} ' -K - 2>&1; }
elif [ -n "$socket" ]; then
	die 'curl is not here, and only curl asks through a socket' 'install curl on this host'
elif command -v wget >/dev/null 2>&1; then
	bound=''
	! command -v timeout >/dev/null 2>&1 || bound='timeout 10'
	ask() { $bound wget -S -O /dev/null "$@" "$url" 2>&1 || :; }
else
	die 'neither curl nor wget is here' 'install curl on this host'
fi
n=$within d=1 c='' old=''
while :; do
	said=$(ask "$@" || :)
	# The first status is the answer; others follow redirections.
	c=$(printf '%s\n' "$said" | sed -n 's/.*HTTP\/[0-9.]* \([0-9][0-9][0-9]\).*/\1/p' | head -n 1)
	case $c in '' | 000) c='no answer' ;; esac
	[ "$c" != "$expect" ] || break
	if [ "$c" != "$old" ]; then
		echo "$url: $c"
		old=$c
	fi
	n=$((n - d))
	if [ "$n" -lt 0 ]; then
		printf '%s\n' "$said" | tail -n 3
		die "$url did not answer $expect within ${within}s: $c" 'look at the log of what should answer'
	fi
	sleep "$d"
done
echo "$url: $c"

sound
if [ "$S" = "$before" ]; then
	echo "${before:-nothing} is served already"
elif [ "$S" != "$name" ]; then
	die "${S:-nothing} is served, neither $name nor ${before:-nothing}" 'look who else changed it; nothing is undone'
elif [ -n "$before" ]; then
	[ -d "$releases/$before" ] || die "there is no $releases/$before any more"
	switch "$current" "$before"
	echo "$before is served again"
else
	rm -f "$current" || die "cannot remove $current"
	echo 'nothing is served, as before'
fi
told_back
[ -n "$previous" ] || exit 0
seen "$previous"
if [ -n "$earlier" ] && [ -d "$releases/$earlier" ]; then
	[ "$P" = "$R/$earlier" ] || switch "$previous" "$earlier"
elif [ "$K" != nothing ] && [ "$K" != file ]; then
	rm -f "$previous" || die "cannot remove $previous"
fi

dir=$releases/$name
if [ ! -d "$dir" ] || [ -L "$dir" ]; then die "there is no $dir" 'only what is there can be served'; fi
sound
if [ "$S" = "$name" ]; then
	echo "$name is served already"
elif [ "$S" != "$before" ]; then
	die "${S:-nothing} is served, not ${before:-nothing} as when this was planned" 'look who else changed it; a new run plans with what is there'
else
	if [ -n "$previous" ] && [ -n "$before" ]; then
		if [ -e "$previous" ] && [ ! -L "$previous" ]; then die "$previous is no link" 'move it away'; fi
		switch "$previous" "$before"
	fi
	switch "$current" "$name"
	echo "$name is served now${before:+, after $before}"
fi
note "$record"
told_publish

echo 'refs 1'
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY SSH_ASKPASS GIT_ASKPASS
if command -v git >/dev/null 2>&1; then
	s=$(git config core.sshCommand 2>/dev/null || :)
	GIT_SSH_COMMAND="${GIT_SSH_COMMAND:-${s:-ssh}} -o BatchMode=yes" GIT_TERMINAL_PROMPT=0
	export GIT_SSH_COMMAND GIT_TERMINAL_PROMPT
	if [ -n "$short" ] && [ -f "$mirror/HEAD" ]; then
		git --git-dir="$mirror" rev-parse --disambiguate="$short" 2>/dev/null |
			git --git-dir="$mirror" cat-file --batch-check='%(objecttype) %(objectname)' 2>/dev/null |
			sed -n 's/^commit /commit /p' | head -n 20
	fi
	# Standard error takes the place of standard output, which goes into the pipe.
	{
		git ls-remote -- "$repository" HEAD 'refs/heads/*' 'refs/tags/*' 2>&3 </dev/null
		echo "status $?"
	} 3>&1 | head -c 16777216 | tr -d '\000' | sed -e 's/^[0-9a-f]\{40,64\}	/ref &/' -e t -e '/^status /b' -e 's/^/said /'
else
	echo 'said git is not here'
	echo 'status 127'
fi
echo end

echo 'commits 1'
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY
LC_ALL=C
if [ -f "$mirror/HEAD" ] && command -v git >/dev/null 2>&1; then
	if k=$(git --git-dir="$mirror" rev-list --count "$@" "^$revision" -- 2>/dev/null); then
		echo "count $k"
		git --git-dir="$mirror" log --no-show-signature --no-color --max-count=200 --date=short --format='commit %h %s (%an, %ad)' "$@" "^$revision" -- 2>/dev/null
	fi
fi
echo end

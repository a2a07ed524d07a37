echo 'mirror 1'
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY
if [ -f "$mirror/HEAD" ] && command -v git >/dev/null 2>&1; then
	if git --git-dir="$mirror" cat-file -e "$revision^{commit}" 2>/dev/null; then
		echo there
	else
		git --git-dir="$mirror" for-each-ref --sort=-committerdate --count=64 --format='commit %(objectname)' refs/heads refs/deployui 2>/dev/null
	fi
fi
echo end

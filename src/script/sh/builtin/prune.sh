if [ -d "$state/trash" ]; then wipe "$state/trash" || echo "warning: cannot empty $state/trash"; fi
while [ "$#" -gt 0 ]; do
	if [ ! -d "$releases/$1" ] || [ -L "$releases/$1" ]; then
		echo "$1 is gone already"
	elif spared "$1"; then
		echo "warning: $1 stays: $W"
	elif discard "$1"; then
		(note "$2") || echo "warning: that $1 was removed is not recorded"
		echo "removed $1"
	else
		echo "warning: cannot remove $releases/$1"
	fi
	shift 2
done
if [ -d "$mirror" ] && command -v git >/dev/null 2>&1; then
	git --git-dir="$mirror" -c gc.autoDetach=false gc --auto --quiet || echo "warning: git cannot tidy $mirror"
fi

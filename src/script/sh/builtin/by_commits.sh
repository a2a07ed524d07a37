# How two releases differ, by their commits ($before, $after) in a mirror of the repository.
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_EXTERNAL_DIFF GIT_DIFF_OPTS
export LC_ALL=C
mg() { git --git-dir="$mirror" -c core.quotePath=false "$@" 2>/dev/null; }
# comparable: whether both can be compared here; else W says why not.
comparable() {
	W='git is not here'
	command -v git >/dev/null 2>&1 || return 1
	W='no mirror of the repository here knows both commits'
	for mirror in "$mirror" "$root/repo" "$root/scm"; do
		[ -f "$mirror/HEAD" ] || continue
		if mg cat-file -e "$before^{commit}" && mg cat-file -e "$after^{commit}"; then return 0; fi
	done
	return 1
}
# between WORD WITH WITHOUT: the commits that only the first of two has.
between() {
	echo "$1s $(mg rev-list --count "$2" "^$3" --)"
	mg log --no-show-signature --no-color --max-count=200 --date=short --format="$1 %h %s (%an, %ad)" "$2" "^$3" --
}
commits() {
	between leave "$before" "$after"
	between come "$after" "$before"
}
differ() { mg diff --no-ext-diff --no-textconv --no-color "$@"; }
names() { differ --no-renames --name-only "$before" "$after" --; }
numbers() {
	differ -M --numstat "$before" "$after" -- | (
		n=0 i=0 k=0
		while read -r a d _; do
			n=$((n + 1))
			[ "$a" = - ] || i=$((i + a)) k=$((k + d))
		done
		echo "files $n"
		echo "lines $i $k"
	)
}
# part PATH: what is other in one file, with a line around it.
part() { differ --no-renames -U1 "$before" "$after" -- ":(literal)$1"; }
whole() { differ -M --stat=100 --patch "$before" "$after" --; }

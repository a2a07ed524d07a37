# wipe DIR: removes it, also what was made read-only.
wipe() {
	rm -rf -- "$1" 2>/dev/null && return
	chmod -R u+rwX -- "$1" 2>/dev/null
	rm -rf -- "$1"
}
# used DIR: the processes that work in it or run from it, into U.
used() {
	real "$1"
	U=$(cd /proc 2>/dev/null && QUOTING_STYLE=literal ls -ld [0-9]*/cwd [0-9]*/exe 2>/dev/null |
		grep -F -e " -> $P" | grep -v " $$/" | dir=$P awk '{
			i = index($0, " -> ")
			p = substr($0, i + 4)
			sub(/ \(deleted\)$/, "", p)
			d = ENVIRON["dir"]
			if (p != d && index(p, d "/") != 1) next
			n = substr($0, 1, i - 1)
			sub(/.* /, "", n)
			sub(/\/.*/, "", n)
			print n
		}' | sort -un | head -n 5 | tr '\n' ' ')
}
# spared NAME: whether a release must stay, and why, into W.
spared() {
	W=''
	served
	[ "$S" != "$1" ] || W='it is served'
	case $K in dangling | loop | outside | file) W="what $current leads to is not known" ;; esac
	if [ -z "$W" ] && [ -n "$previous" ]; then
		seen "$previous"
		[ "$P" != "$R/$1" ] || W="$previous leads to it"
	fi
	if [ -z "$W" ]; then
		used "$releases/$1"
		[ -z "$U" ] || W="processes work in it: $U"
	fi
	[ -n "$W" ]
}
# discard NAME: away under one rename, then removed. What is not on one file system with our state gets
# its trash beside the releases.
discard() {
	t=$state/trash
	(umask 077 && mkdir -p "$t") || return
	if [ "$(stat -c %d "$t")" != "$(stat -c %d "$releases/$1")" ]; then
		t=$releases/.deployui-trash
		mkdir -p "$t" || return
	fi
	wipe "$t/$1" && mv "$releases/$1" "$t/$1" && wipe "$t/$1" && { rmdir "$t" 2>/dev/null || :; }
}

# last FILE LINE: whether a log ends in that line.
last() { [ "$(tail -n 1 "$1")" = "$2" ]; }
# tell FILE LINE: one more line in a log that another tool keeps here, once; never a new log. What is
# served does not depend on it.
tell() {
	[ -f "$1" ] && [ ! -L "$1" ] || return 0
	if last "$1" "$2"; then return 0; fi
	b=''
	[ ! -s "$1" ] || [ -z "$(tail -c 1 "$1" | tr -d '\n')" ] || b=$nl
	{ printf '%s%s\n' "$b" "$2" >>"$1"; } 2>/dev/null || unheard "$1"
}
# again FILE LINE LATER: the later line, where the log ends in the other one.
again() {
	if [ -f "$1" ] && [ ! -L "$1" ] && last "$1" "$2"; then tell "$1" "$3"; fi
}
unheard() { echo "warning: cannot write $1: the tool that keeps it does not know of this"; }
# mark NAME: Deployer offers that release no more. unmark NAME: it does, if we had marked it.
mark() {
	f=$releases/$1/BAD_RELEASE
	if [ -d "$releases/$1" ] && [ ! -e "$f" ] && [ ! -L "$f" ]; then
		{ printf '%s\n' "$mark" >"$f"; } 2>/dev/null || unheard "$f"
	fi
}
unmark() {
	f=$releases/$1/BAD_RELEASE
	if [ -f "$f" ] && [ ! -L "$f" ] && last "$f" "$mark"; then rm -f "$f" || unheard "$f"; fi
}
# deployer_has: keeps its list here, of version 7 or later.
deployer_has() { [ -f "$root/.dep/releases_log" ] && [ ! -L "$root/.dep/releases_log" ]; }
# list: a new release in its list; without that it is not seen by it at all. The number that it counts
# from follows: its next release must be the newest again.
list() {
	f=$root/.dep/releases
	if deployer_has; then
		tell "$root/.dep/releases_log" "$deployer"
	elif [ -f "$f" ] && [ ! -L "$f" ] && ! cut -d , -f 2 "$f" | grep -qxF -e "$name"; then
		tell "$f" "$(date +%Y%m%d%H%M%S),$name"
	fi
	f=$root/.dep/latest_release
	case $name in *[!0-9]*) return 0 ;; esac
	[ -f "$f" ] && [ ! -L "$f" ] || return 0
	l=$(head -n 1 "$f")
	case $l in '' | *[!0-9]*) return 0 ;; esac
	if [ "$l" -lt "$name" ]; then { printf '%s\n' "$name" >"$f"; } 2>/dev/null || unheard "$f"; fi
}
# told_publish: what other tools read of a publish.
told_publish() {
	tell "$root/revisions.log" "$capistrano"
	if [ -n "$made" ]; then
		list
	elif [ -e "$root/scm/HEAD" ]; then
		echo "note: mina rollback goes by names: it would remove the newest release, whatever is served"
	fi
	if deployer_has; then
		unmark "$name"
		[ -z "$bad" ] || [ -z "$before" ] || mark "$before"
	fi
}
# told_back: what they read of its undo.
told_back() {
	[ -z "$before" ] || again "$root/revisions.log" "$capistrano" "$back"
	if deployer_has; then
		[ -z "$bad" ] || [ -z "$before" ] || unmark "$before"
		[ -z "$made" ] || mark "$name"
	fi
}

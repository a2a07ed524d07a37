# note LINE: one more record, read back; a line that was torn before does not take it along.
note() {
	f=$state/releases.jsonl
	[ -d "$state" ] || (umask 077 && mkdir -p "$state") || die "cannot make $state"
	[ ! -L "$f" ] || die "$f is a link" "remove it: records are only kept in a file of ours"
	b=''
	[ ! -s "$f" ] || [ -z "$(tail -c 1 "$f" | tr -d '\n')" ] || b=$nl
	printf '%s%s\n' "$b" "$1" >>"$f" || :
	[ "$(tail -n 1 "$f")" = "$1" ] || die "cannot record in $f" 'is the disk full?'
	sync "$f" 2>/dev/null || :
}

# How two releases ($before, $after) differ, by their files. What is a link is left out, so that nothing
# shared is read, and so are directories that tools fill by themselves.
export LC_ALL=C
one=$releases/$before two=$releases/$after
[ "$code" = . ] || one=$one/$code two=$two/$code
# files DIRECTORY WORD...: runs find on the files that are compared.
files() {
	(
		cd "$1" 2>/dev/null || exit 0
		shift
		find . -type d \( -name .git -o -name node_modules -o -name .venv -o -name venv -o -name __pycache__ \) -prune -o -type f ! -path ./REVISION "$@" 2>/dev/null
	)
}
comparable() {
	for d in "$one" "$two"; do
		W="there is no $d"
		[ -d "$d" ] || return 1
		W="$d has more than 20000 files, too many to compare"
		[ "$(files "$d" -print | head -n 20001 | wc -l)" -le 20000 ] || return 1
		W="$d is larger than 512 MiB, too much to compare"
		k=$(du -sk "$d" 2>/dev/null)
		[ "$(printf %s "$k" | cut -f 1)" -le 524288 ] || return 1
	done
}
commits() { :; }
# names: sums that only one of both has are of files that differ.
names() {
	{
		files "$one" -exec cksum {} +
		files "$two" -exec cksum {} +
	} | sort | uniq -u | cut -d ' ' -f 3- | cut -c 3- | sort -u
}
differ() { diff -N -U "$1" "$one/$2" "$two/$2" 2>/dev/null; }
numbers() {
	names | (
		n=0
		while IFS= read -r p; do
			n=$((n + 1))
			[ "$n" -gt 500 ] || differ 0 "$p" | sed -e 1,2d -e 's/^\(.\).*/\1/'
		done | sort | uniq -c | (
			i=0 k=0
			while read -r n s; do
				case $s in
				+) i=$n ;;
				-) k=$n ;;
				esac
			done
			echo "lines $i $k"
		)
	)
	echo "files $(names | wc -l)"
}
part() { differ 1 "$1"; }
whole() {
	names | head -n 500 | while IFS= read -r p; do
		printf 'diff %s\n' "$p"
		differ 3 "$p"
	done
}

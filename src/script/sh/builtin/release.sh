[ -d "$root" ] || mkdir -p "$root" || die "cannot make $root" "make it, and give it to $(id -un)"
[ -d "$state" ] || (umask 077 && mkdir -p "$state") || die "cannot make $state"
f=$state/stage.json
if [ ! -s "$f" ]; then
	t=$f.$$
	printf '%s\n' "$owner" >"$t" || die "cannot write in $state" 'is the disk full?'
	ln "$t" "$f" 2>/dev/null || mv "$t" "$f" || die "cannot write $f"
	rm -f "$t"
fi
[ "$(tr -d ' \t\n' <"$f")" = "$(printf %s "$owner" | tr -d ' \t\n')" ] ||
	die "$root belongs to another stage: $(head -c 300 "$f")" "choose another root, or remove $f if that is wrong"
sound
mkdir -p "$releases" "$shared" || die "cannot make $releases and $shared"
lacks=''
while [ "$#" -gt 0 ]; do
	case $1 in
	d) mkdir -p "$shared/$2" || die "cannot make $shared/$2" ;;
	f)
		p=$shared/$2
		mkdir -p "${p%/*}" || die "cannot make ${p%/*}"
		[ -f "$shared/$2" ] || lacks="$lacks$nl  $shared/$2"
		;;
	esac
	shift 2
done
[ -z "$lacks" ] || die "files that all releases share are missing:$lacks" 'put them there, then try again'
dir=$releases/$name
if [ -d "$dir" ] && [ ! -L "$dir" ] && grep -qxF -e "$record" "$state/releases.jsonl" 2>/dev/null; then
	echo "$dir is there from an earlier try"
	exit 0
fi
if [ -e "$dir" ] || [ -L "$dir" ]; then die "$dir is there already, and not from this run" 'begin a new run: it gets another name'; fi
note "$record"
mkdir "$dir" || die "cannot make $dir" 'is the disk full?'
echo "made $dir"

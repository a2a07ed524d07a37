# entry NAME...: releases, with what lies in them. Only the shell's own means: there may be a thousand.
entry() {
	for n; do
		[ -d "./$n" ] && [ ! -L "./$n" ] || continue
		r='' m='' b='' s=''
		for f in REVISION .mina_git_revision "$code/REVISION" "$code/.mina_git_revision"; do
			if [ -f "./$n/$f" ] && [ -r "./$n/$f" ]; then read -r r <"./$n/$f" || :; fi
			[ -z "$r" ] || break
		done
		if [ -z "$r" ] && [ -f "./$n/$code/.git/HEAD" ]; then
			read -r r <"./$n/$code/.git/HEAD" || :
			case $r in
			*..*) r='' ;;
			'ref: '*)
				f="./$n/$code/.git/${r#ref: }" r=''
				if [ -f "$f" ]; then read -r r <"$f" || :; fi
				;;
			esac
		fi
		[ ! -e "./$n/DEPLOY_UNFINISHED" ] || m=unfinished
		if [ -f "./$n/BAD_RELEASE" ]; then
			m=bad
			read -r b <"./$n/BAD_RELEASE" || :
		fi
		case $n in
		[12][0-9][0-9][0-9][01][0-9][0-3][0-9]*) ;;
		*) s=$(stat -c %Y "./$n") ;;
		esac
		fact release "$n" "$r" "$m" "$b" "$s"
	done
} 2>/dev/null
# newest COUNT NAME...: the last so many, which have the greatest names.
newest() {
	k=$1
	shift
	if [ "$#" -gt "$k" ]; then
		fact odd "only the newest $k of $# entries of $releases are shown"
		shift $(($# - k))
	fi
	entry "$@"
}
# lines WORD FILE COUNT: the last lines of a file, as they are, each after the word.
lines() {
	[ -f "$2" ] && [ ! -L "$2" ] && [ -r "$2" ] || return 0
	s=$(wc -c <"$2")
	fact "$1s" "${s##* }"
	tail -c 4194304 "$2" | tr -d '\000' | tail -n "$3" | cut -b 1-65537 | sed "s/^/$1 /"
} 2>/dev/null

echo 'look 1'
file owner "$state/stage.json"
file lock "$state/lock"
file raised "$state/maintenance.json"
if [ -n "$page" ] && [ -e "$page" ]; then fact page; fi
real "$releases"
R=$P
fact place "$R"
k=$(df -Pk "$root" 2>/dev/null | tail -n 1 | while read -r _ _ u k _; do echo "$k $u"; done)
case $k in
'' | *[!0-9\ ]*) ;;
*)
	u=${k#* } k=${k% *}
	fact disk "$k" "$u"
	[ "$k" -ge 1024 ] || fact odd "only $k KiB are free in $root: make room; what steps say there is lost"
	;;
esac
seen "$current"
if [ "$K" = link ] && [ ! -d "$P" ]; then K=file; fi
fact current "$K" "$T" "$P"
if [ -n "$previous" ]; then
	seen "$previous"
	fact previous "$K" "$T" "$P"
fi
if [ -e "$root/.dep" ]; then fact tool deployer; fi
if [ -e "$root/revisions.log" ] || [ -e "$root/repo/HEAD" ]; then fact tool capistrano; fi
if [ -e "$root/scm/HEAD" ]; then fact tool mina; fi
if [ "$releases" != "$root" ] && [ -L "$releases/current" ]; then fact odd "$releases/current was left by Capistrano: remove it"; fi
if [ -n "$R" ]; then
	(
		cd "$R" 2>/dev/null || exit 0
		known
		others
	)
	cd /proc 2>/dev/null && QUOTING_STYLE=literal ls -ld [0-9]*/cwd [0-9]*/exe 2>/dev/null |
		grep -F -e " -> $R/" | sed 's/^.* \([0-9][0-9]*\/[a-z][a-z]*\) -> /pid \1 /' | head -n 2000 | cut -b 1-4096
fi
lines record "$state/releases.jsonl" 10000
lines deployer "$root/.dep/releases_log" 300
lines capistrano "$root/revisions.log" 1000
echo end

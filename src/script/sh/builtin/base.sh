nl='
'
die() {
	printf 'error: %s\n' "$1" >&2
	[ -z "${2-}" ] || printf 'hint: %s\n' "$2" >&2
	exit 1
}
# text LINK: the text of a link, into T; also if it ends in line feeds.
text() {
	T=$(readlink "$1" 2>/dev/null || :; echo .)
	T=${T%.} T=${T%"$nl"}
}
# real PATH: where it leads, into P; empty if nowhere.
real() {
	P=''
	[ -e "$1" ] || return 0
	P=$(readlink -f "$1" 2>/dev/null || :; echo .)
	P=${P%.} P=${P%"$nl"}
}
# seen PATH: into K what a link is: nothing, file, link, dangling or loop; T its text, P where it leads.
seen() {
	K=nothing T='' P=''
	if [ ! -L "$1" ]; then
		[ ! -e "$1" ] || K=file
		return 0
	fi
	real "$1"
	if [ -n "$P" ]; then
		K=link
	else
		K=dangling i=0 p=$1
		while :; do
			while [ -n "$p" ] && [ ! -L "$p" ] && [ ! -e "$p" ]; do p=${p%/*}; done
			[ -L "$p" ] || break
			i=$((i + 1))
			if [ "$i" -gt 40 ]; then K=loop && break; fi
			text "$p"
			case $T in /*) p=$T ;; *) p=${p%/*}/$T ;; esac
		done
	fi
	text "$1"
}
# served: into S the release that is served, empty if there is none, and into K what the link is: also
# outside, if it leads to no directory in that of the releases.
served() {
	S=''
	real "$releases"
	R=$P
	seen "$current"
	[ "$K" = link ] || return 0
	case $P in
	"$R"/*) S=${P#"$R"/} ;;
	esac
	case $S in */*) S='' ;; esac
	if [ -z "$S" ] || [ ! -d "$P" ]; then S='' K=outside; fi
}
# sound: like served, but ends with an error where nobody should change the link.
sound() {
	served
	case $K in
	file) die "$current is no link" "move it away: what is served must be a link to a release" ;;
	dangling) die "$current leads to $T, which is not there" "point it to a release, or remove it" ;;
	loop) die "$current leads to itself ($T)" "remove it, or point it to a release" ;;
	outside) die "$current leads to $P, which is no release in $releases" "point it to a release, or remove it" ;;
	esac
}

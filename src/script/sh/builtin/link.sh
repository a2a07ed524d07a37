dir=$releases/$name to=$dir
[ "$code" = . ] || to=$dir/$code
[ -d "$to" ] || die "there is no $to" 'run the step that fetches the code'
real "$to"
top=$P
wrong=''
bad() { wrong="$wrong$nl  $1"; }
# kept DIR: whether it only holds what keeps an empty directory in a repository.
kept() { [ -z "$(ls -A "$1" | grep -vxF -e .gitkeep -e .keep -e .gitignore)" ]; }
# within PATH: whether where it will lie is in the checkout.
within() {
	p=${1%/*}
	while [ ! -e "$p" ] && [ ! -L "$p" ]; do p=${p%/*}; done
	real "$p"
	case $P/ in "$top"/*) return 0 ;; esac
	return 1
}
# each DOES: with every kind, source and place.
each() {
	does=$1
	shift
	while [ "$#" -gt 0 ]; do
		"$does" "$1" "$shared/$2" "$to/$3"
		shift 3
	done
}
try() {
	case $1 in
	d) [ -d "$2" ] || bad "$2 is missing: make this directory" ;;
	f) [ -f "$2" ] || bad "$2 is missing: put this file there" ;;
	esac
	if [ -L "$3" ]; then
		text "$3"
		[ "$T" = "$2" ] || bad "$3 is a link to $T in the repository"
	elif ! within "$3"; then
		bad "$3 would lie outside of the release: something above it is a link"
	elif [ -d "$3" ]; then
		if [ "$1" = f ] || ! kept "$3"; then bad "$3 is a directory with files in the repository"; fi
	elif [ -e "$3" ]; then
		bad "$3 is a file in the repository"
	fi
}
make() {
	[ ! -L "$3" ] || return 0
	mkdir -p "${3%/*}" || die "cannot make ${3%/*}"
	[ ! -d "$3" ] || rm -rf -- "$3"
	ln -s "$2" "$3" && echo "$3 -> $2" && return
	[ -w "${3%/*}" ] || die "cannot make the link $3" "${3%/*} is not writable for $(id -un)"
	die "cannot make the link $3" 'is the disk full?'
}
each try "$@"
[ -z "$wrong" ] || die "nothing is linked:$wrong" 'what is in the repository cannot be shared too: remove it there, or from shared_dirs and shared_files'
each make "$@"

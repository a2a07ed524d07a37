# inside: what a difference has below its heading, bounded.
inside() { sed -n '/^@@/,$p' | cut -b 1-400 | head -n 801 | sed 's/^/~/'; }
echo 'compare 1'
if comparable; then
	commits
	numbers
	names | while IFS= read -r p; do
		case ${p##*/} in
		Cargo.lock | Gemfile.lock | Pipfile.lock | composer.lock | poetry.lock | uv.lock | yarn.lock | package-lock.json | npm-shrinkwrap.json | pnpm-lock.yaml | go.mod | requirements*.txt | constraints*.txt) w=lock ;;
		.env.* | *.env.example | *.env.sample | *.env.dist | *.env.template) w=example ;;
		*) continue ;;
		esac
		fact "$w" "$p"
		part "$p" | inside
	done | head -n 4000
else
	fact no "$W"
fi
echo end

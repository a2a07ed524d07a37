# inside: what a difference has below its heading, bounded.
inside() { sed -n '/^@@/,$p' | cut -b 1-400 | head -n 801 | sed 's/^/~/'; }
echo 'compare 1'
if comparable; then
	commits
	numbers
	names | while IFS= read -r p; do
		w=
		case $p in
		config/locales/* | */config/locales/*) ;;
		config/*.yml | config/*.yaml | config/*.toml | config/*.ini | config/*.json | config/*.php | config/*.exs | */config/*.yml | */config/*.yaml | */config/*.toml | */config/*.ini | */config/*.json | */config/*.php | */config/*.exs) w=config ;;
		esac
		case ${p##*/} in
		Cargo.lock | Gemfile.lock | Pipfile.lock | composer.lock | poetry.lock | uv.lock | yarn.lock | package-lock.json | npm-shrinkwrap.json | pnpm-lock.yaml | go.mod | requirements*.txt | constraints*.txt) w=lock ;;
		.env.* | *.env.example | *.env.sample | *.env.dist | *.env.template) w=example ;;
		.env | *.env | settings.py | settings_*.py | local_settings.py | settings.ini | settings.toml | settings.json | settings.y*ml | config.py | config.php | config.ini | config.toml | config.json | config.y*ml | application.properties | application-*.properties | application.conf | application.y*ml | application-*.y*ml | appsettings*.json) w=config ;;
		esac
		case $w in
		'') continue ;;
		config)
			fact example "$p"
			continue
			;;
		esac
		fact "$w" "$p"
		part "$p" | inside
	done | head -n 4000
else
	fact no "$W"
fi
echo end

# few: commits that were sent are kept by names. The newest of them stay, as many as mirror.sh looks at.
few() {
	mg for-each-ref --sort=-committerdate --format='%(refname)' refs/deployui | tail -n +65 | while read -r r; do
		[ "$r" = "refs/deployui/$revision" ] || mg update-ref -d "$r" || :
	done
}

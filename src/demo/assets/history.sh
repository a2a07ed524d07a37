# Makes the shop's repository from seed/N/{message,date,tree}, and releases some of its commits on every
# host: RELEASES has a line for each, its name and the number of its commit. Runs in the sandbox; HOSTS
# are directories there, and a host's root is in its srv/shop. Prints the revisions, one a line.
set -eu
for tool in git tar; do
	command -v "$tool" >/dev/null || { echo "$tool is not installed" >&2; exit 127; }
done
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
export GIT_AUTHOR_NAME='Mia Baker' GIT_AUTHOR_EMAIL=mia@bakery.example
export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL

mkdir shop
cd shop
git init -q
git symbolic-ref HEAD refs/heads/main
for n in 1 2 3 4 5; do
	cp -R "../seed/$n/tree/." .
	git add -A
	GIT_AUTHOR_DATE="@$(cat "../seed/$n/date") +0000"
	GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
	git commit -q -F "../seed/$n/message"
	git rev-parse HEAD >"../seed/$n/revision"
	cat "../seed/$n/revision"
done
git config user.name "$GIT_AUTHOR_NAME"
git config user.email "$GIT_AUTHOR_EMAIL"
cd ..

# What outlives releases.
for host in $HOSTS; do
	mkdir -p "$host/srv/shop/releases" "$host/srv/shop/shared/data" "$host/srv/shop/shared/system"
	printf "SHOP='The corner bakery'\n" >"$host/srv/shop/shared/site.conf"
done

# Each release, in the order in which they were made.
echo "$RELEASES" | while read -r release n; do
	for host in $HOSTS; do
		root=$PWD/$host/srv/shop
		dir=$root/releases/$release
		mkdir "$dir"
		git -C shop archive "$(cat "seed/$n/revision")" | tar -xf - -C "$dir"
		cp "seed/$n/revision" "$dir/REVISION"
		ln -s "$root/shared/data" "$dir/data"
		ln -s "$root/shared/site.conf" "$dir/site.conf"
		(cd "$dir" && OVEN=0 sh ./build >/dev/null)
		rm -f "$root/current"
		ln -s "releases/$release" "$root/current"
	done
	# What deployui keeps of the repository on each host, to be sent only what is new.
	for host in $HOSTS; do
		mirror=$PWD/$host/srv/shop/.deployui/mirror.git
		[ -d "$mirror" ] || git init -q --bare "$mirror"
		git --git-dir="$mirror" fetch -q shop "$(cat "seed/$n/revision"):refs/heads/main"
	done
	# The database is the first host's.
	dir=$PWD/${HOSTS%% *}/srv/shop/releases/$release
	[ ! -f "$dir/db/migrate" ] || sh "$dir/db/migrate" up >/dev/null
done
rm -rf seed

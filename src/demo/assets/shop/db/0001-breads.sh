# The table of breads.
set -eu
printf 'rye\ncountry\npoppy\n' >data/breads
echo "   table breads: 3 rows"

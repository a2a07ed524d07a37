echo 'diff 1'
if comparable; then
	whole | cut -b 1-2000 | head -c 1048576 | head -n 15000 | sed 's/^/~/'
	echo
else
	fact no "$W"
fi
echo end

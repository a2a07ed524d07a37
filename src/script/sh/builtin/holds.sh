echo 'holds 1'
[ ! -f "$path" ] || cat "$path"
echo end

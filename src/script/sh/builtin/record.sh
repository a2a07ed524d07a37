e=$(note "$record" 2>&1) && e=''
echo 'record 1'
fact written "$e"
echo end

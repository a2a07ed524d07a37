# It says since when it is up: not when that was planned, and put up again not another time.
read_state
if [ -n "$L" ] && is_run "$L" "$run" && [ -f "$page" ] && [ -s "$page" ]; then answer on; fi
# dated TEXT FROM TO: the text with another time, in D; as it was where that fails.
dated() {
	D=$(printf '%s\n.' "$1" | LC_ALL=C sed "s/$2/$3/g" 2>/dev/null)
	case $D in *"$nl".) D=${D%"$nl".} ;; *) D=$1 ;; esac
}
now=$(date -u +%Y-%m-%dT%H:%M:%SZ) day=$(LC_ALL=C date -u '+%e %B %Y, %H:%M UTC')
case $now in
????-??-??T??:??:??Z)
	dated "$text" "$since" "$now"
	text=$D
	dated "$content" "$since" "$now"
	dated "$D" "$since_day" "${day# }"
	content=$D
	;;
esac

read_state
if [ -z "$force" ]; then
	if [ -n "$L" ] && ! is_run "$L" "$run"; then answer other "$L"; fi
	if [ -z "$L" ] && { [ -e "$page" ] || [ -L "$page" ]; }; then answer foreign; fi
fi
[ ! -d "$page" ] || [ -L "$page" ] || answer failed "$page is a directory"
# First the page, then who raised it: what is left by a crash is a word without a page.
rm -f "$page" 2>/dev/null || answer failed "cannot remove $page"
rm -f "$file" 2>/dev/null || answer failed "cannot remove $file"
answer off

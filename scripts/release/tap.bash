# TAP for checks that need no database; the others have tests/integration's kit.
# shellcheck shell=bash
passed=0 failed=0
work=$(mktemp -d "${TMPDIR:-/tmp}/sluice-release.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

ok() {
	passed=$((passed + 1))
	echo "ok $((passed + failed)) - $1"
}
not_ok() { # what, details
	failed=$((failed + 1))
	echo "not ok $((passed + failed)) - $1"
	printf '%s\n' "${2:-}" | sed 's/^/# /'
}
is() { # what, got, wanted
	if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got '$2', wanted '$3'"; fi
}
below() { # what, got, limit
	if [ "$2" -lt "$3" ]; then ok "$1"; else not_ok "$1" "$2, wanted less than $3"; fi
}
like() { # what, text, extended regex
	if grep -qE -- "$3" <<<"$2"; then ok "$1"; else not_ok "$1" "no /$3/ in: $2"; fi
}
unlike() {
	if grep -qE -- "$3" <<<"$2"; then not_ok "$1" "/$3/ in: $2"; else ok "$1"; fi
}
works() { # what, command...: its output is shown when it fails
	local what=$1
	shift
	if "$@" >"$work/works" 2>&1; then
		ok "$what"
	else
		not_ok "$what" "$(tail -n 30 "$work/works")"
	fi
}
summary() {
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
}

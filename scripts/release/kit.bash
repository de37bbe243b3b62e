# Shared by the checks of a release (scripts/release-check): packages, TAP, a
# place to work, a throw-away PostgreSQL. Sourced.
# shellcheck shell=bash

set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 3
export root=$PWD
export LC_ALL=C.UTF-8

# skip_check REASON: this machine cannot run the check
skip_check() {
	echo "$1"
	exit 77
}

# needs PACKAGE...: from Debian
needs() {
	local p missing=()
	for p in "$@"; do
		dpkg-query -W -f='${Status}' "$p" 2>/dev/null |
			grep -q '^install ok installed$' || missing+=("$p")
	done
	[ ${#missing[@]} -eq 0 ] && return 0
	command -v apt-get >/dev/null ||
		skip_check "needs the Debian packages: ${missing[*]}"
	local as_root=()
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null ||
			skip_check "needs root or sudo to install: ${missing[*]}"
		as_root=(sudo)
	fi
	echo "# installing ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	"${as_root[@]}" apt-get update -qq
	"${as_root[@]}" apt-get install -y -qq --no-install-recommends \
		"${missing[@]}" >/dev/null ||
		skip_check "could not install: ${missing[*]}"
}

# built [TARGET...]: the release build of this tree
built() {
	scripts/deps || exit 3
	make --no-print-directory -s -j"$(nproc)" "$@" >&2 || {
		echo 'not ok 1 - it builds'
		echo '0 passed, 1 failed'
		exit 1
	}
}

# under_pg SCRIPT ARGS...: again, with a server of its own that dies with it.
# Two servers that start at one time may choose one port: then once more.
under_pg() {
	local started status=1
	started=$(mktemp -u "${TMPDIR:-/tmp}/sluice-started.XXXXXX")
	for _ in 1 2 3 4; do
		# shellcheck disable=SC2016  # for the inner shell
		pg_virtualenv -t -v 15 -o fsync=off -o synchronous_commit=off \
			-o full_page_writes=off env IN_CLUSTER=1 \
			bash -c ': >"$0"; exec "$@"' "$started" "$@"
		status=$?
		[ -e "$started" ] && break
		sleep 1
	done
	rm -f "$started"
	exit $status
}

tell() { echo "# told: $*"; } # a measure, for the summary

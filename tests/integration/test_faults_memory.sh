#!/usr/bin/env bash
# Memory runs out at any allocation, once or for good: a clean end or a good
# one, never a page by half, and the next run makes good.
#
#   STEP=n   every allocation up to n, then ever fewer: a step is a n-th of the
#            way so far (default 6)
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

# libgssapi_krb5 of Debian 12 follows a NULL when it has no room; what libpq
# asks it is not of interest here.
export PGGSSENCMODE=disable

installed memory 300:3
if sanitized || ! gcc -std=gnu17 -Wall -Wextra -Werror -O1 -fPIC -shared -fno-builtin \
	-o "$work/oom.so" "$(dirname "$0")/../support/preload/oom.c"; then
	skip '7: allocations that fail' 'the sanitizers bring their own malloc'
	summary
fi
works '7: a first run' sync

# out_of_memory AT FOR: one run; $status, $err
out_of_memory() {
	status=0
	timeout 60 env OOM_AT="$1" OOM_FOR="$2" OOM_COUNT="$work/count" \
		LD_PRELOAD="$work/oom.so" sluice sync --max-time 5s \
		>"$work/out" 2>"$work/err" </dev/null || status=$?
	out=$(cat "$work/out")
	err=$(cat "$work/err")
}
change 40
out_of_memory 0 0
is '7: an undisturbed run under the same library' "$status" 0
all=$(cat "$work/count")
echo "# $all allocations in a run"

declare -A ends=()
bad='' tries=0
for for in 1 1000000; do
	at=1
	while [ $at -lt "$all" ]; do
		change 2
		out_of_memory $at $for
		tries=$((tries + 1))
		ends[$status]=$((${ends[$status]:-0} + 1))
		case $status in
		0 | 1 | 3) ;;
		*) bad+="$at+$for: status $status: $err; " ;;
		esac
		at=$((at + 1 + at / ${STEP:-6}))
	done
done
for status in "${!ends[@]}"; do echo "# status $status: ${ends[$status]} times"; done
is "7: $tries runs out of memory, each a clean end" "$bad" ''
good '7: out of memory'
summary

#!/usr/bin/env bash
# A grant whose refresh token changes with every use, and runs that are killed
# at random steps, refresh after refresh. Where the old token is good until the
# new access token is used, nothing is ever lost. Where it is not, a kill between
# the provider's answer and our commit, and only that, ends in needs_reauth:
# the cursors stay, and after connect the next run is incremental.
#
#   refresh.sh BUILD
#   REFRESHES=n  so many each way (default 25)
#   SEED=n       the same decisions again
# shellcheck source=tests/crash/kit.bash
. "$(dirname "$0")/kit.bash"

wanted=${REFRESHES:-25}
RANDOM=${SEED:=$((($(date +%s) ^ $$) % 32768))}
echo "# SEED=$SEED"

refreshes() { control GET stats | grep -o '"token_refreshes": *[0-9]*' | tr -cd 0-9; }
deaths() { control GET stats | grep -o '"refresh_refusals": *[0-9]*' | tr -cd 0-9; }
grant() { # $version, $state
	ask 'SELECT version, status FROM sluice.grants'
	IFS='|' read -r version state <<<"$answer"
}
cursors() {
	ask "SELECT md5(string_agg(kind || key || cursor || state, ',' ORDER BY kind, key)) FROM sync_state"
	echo "$answer"
}

# An account that was synced once. Kills before the first request are like any
# other run's: crash.sh has them.
begin() { # DATABASE OPTIONS
	ask '\c postgres'
	scenario tokens
	call sync
	[ "$status" = 0 ] || not_ok "$1: it begins" "$out $err"
	control POST options "$2" >/dev/null
	expire access_tokens
	with_steps '' 0 sync
	steps_first=$(sed -n 's/^\([0-9]*\) begun exchange.*/\1/p' "$work/steps" | head -n 1)
	steps_total=$(wc -l <"$work/steps")
	control POST stats/reset >/dev/null
}

# One run with a token that is refused, killed somewhere or not at all. $lost:
# the provider has given tokens that were not stored.
one_run() {
	local before given=$done_before
	expire access_tokens
	grant
	before=$version
	with_steps kill $((steps_first + RANDOM % (steps_total + 10 - steps_first))) sync
	runs=$((runs + 1))
	[ "$status" = 137 ] && killed=$((killed + 1))
	gone_from_server
	grant
	done_now=$(refreshes)
	lost=$((${done_now:-0} - ${given:-0} - (version - before)))
	done_before=$done_now
}

# --- the old token lives until the new one is used ---------------------------------
begin lenient '{"rotate":true,"rotate_grace":true}'
runs=0 killed=0 windows=0 dead=0 done_before=0
while [ "${done_before:-0}" -lt "$wanted" ] && [ "$runs" -lt $((wanted * 4)) ]; do
	one_run
	windows=$((windows + lost))
	[ "$state" = active ] || dead=$((dead + 1))
done
echo "# lenient: $done_before refreshes, $runs runs, $killed killed, $windows between answer and commit"
is "the old token honoured: the grant survives $wanted refreshes" "$((done_before >= wanted)) $dead" '1 0'
call sync --json
is 'and all is well' "$status" 0
like 'nothing was begun anew' "$out" '"mode":"incremental"'
is 'no refresh was refused' "$(deaths)" ''
truth_holds=1
is 'it is what the provider holds' "$(difference)" 'missing 0 extra 0 other 0'

# --- the old token dies at once ------------------------------------------------------
begin strict '{"rotate":true,"rotate_grace":false}'
runs=0 killed=0 windows=0 dead=0 kept=0 resumed=0 done_before=0
while [ "${done_before:-0}" -lt "$wanted" ] && [ "$runs" -lt $((wanted * 4)) ]; do
	one_run
	[ "$lost" -eq 0 ] && [ "$state" = active ] && continue
	windows=$((windows + lost))
	was=$(cursors)
	call sync
	grant
	[ "$status $state" = '1 needs_reauth' ] && dead=$((dead + 1))
	[ "$(cursors)" = "$was" ] && kept=$((kept + 1))
	connect $ana
	forget "$connect_pid"
	call sync --json
	[ "$status" = 0 ] && grep -q '"mode":"incremental"' <<<"$out" && resumed=$((resumed + 1))
	done_before=$(refreshes)
done
echo "# strict: $done_before refreshes, $runs runs, $killed killed, $windows between answer and commit, $dead needs_reauth"
is "the old token refused: $wanted refreshes are done" "$((done_before >= wanted))" 1
is 'each kill between answer and commit ends in needs_reauth, and no other' "$dead" "$windows"
is 'each is one refusal' "$(deaths | sed 's/^$/0/')" "$windows"
is 'each keeps its cursors' "$kept" "$windows"
is 'each goes on where it was, once connected again' "$resumed" "$windows"
is 'it is what the provider holds' "$(difference)" 'missing 0 extra 0 other 0'
summary

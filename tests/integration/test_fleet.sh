#!/usr/bin/env bash
# Several processes, one database: workers and cron lines share the accounts,
# none ever has two of them at it, and what a dead one held goes on at once.
# shellcheck source=tests/integration/worker_kit.bash
. "$(dirname "$0")/worker_kit.bash"

export SLUICE_QUOTA=off
names=(ana bob cyd dan)
specs=()
for n in "${names[@]}"; do specs+=(--account "$n@example.com:30:2"); done
start_emulator --seed 6 "${specs[@]}" --latency-ms 40
fleet fleet "${names[@]}"
all_same() { for n in "${names[@]}"; do same "$1: $n" "$n@example.com"; done; }
never_two() { is "$1: no account ever had two at it" "$(overlaps)" 0; }
hosts() { sql "SELECT count(DISTINCT lease_owner->>'pid') FROM sluice.schedule WHERE lease_until IS NOT NULL"; }
several() { [ "$(hosts)" -ge "$1" ]; }

# --- two cron lines at once ---------------------------------------------------------
sluice sync --due --json >"$work/due.1" 2>"$work/due.err" </dev/null &
first=$!
children+=("$first")
call sync --due --json
is 'a cron line' "$status" 0
worker_ended 30 "$first"
is 'and another at once' "$status" 0
cat "$work/due.1" "$work/out" >"$work/due.all"
is 'each account was synced, once' "$(grep -c '"status": *"ok"' "$work/due.all") \
$(grep -o '"account": *"[^"]*"' "$work/due.all" | sort -u | wc -l)" '4 4'
all_same 'two cron lines'
never_two 'two cron lines'
works 'nothing is due' sync --due --json
is 'so nothing is said' "$out" ''
take='FUNCTION sluice.take_due(text[], integer[], integer, integer, text, jsonb, bigint, bigint)'
sql "REVOKE EXECUTE ON $take FROM sluice_gateway" >/dev/null
works 'nor is it asked what to take' sync --due
refuse 'but whom one names must be there' 2 'nobody@example.com' sync --due --user nobody@example.com
sql "UPDATE sluice.schedule SET next_run_at = now() WHERE ctid = (SELECT min(ctid) FROM sluice.schedule)" >/dev/null
refuse 'and when something is due, it is' 3 'take_due' sync --due
sql "GRANT EXECUTE ON $take TO sluice_gateway" >/dev/null
works 'then it is done' sync --due

# --- a cron line of one user ------------------------------------------------------------
of_ana="user_id = (SELECT id FROM auth.users WHERE email = 'ana@example.com')"
accounts() { grep -o '"\(account\|trigger\|status\)":"[^"]*"' <<<"$out" | tr -d '"' | tr '\n' ' '; }
due
works 'what is due of one user' sync --due --user ana@example.com --json
is 'is of no other' "$(accounts)" 'account:ana@example.com trigger:schedule status:ok '
is 'whose accounts are as due as before' "$(sql 'SELECT count(*) FROM sluice.schedule WHERE next_run_at <= sluice.clock()') $(leases)" '3 0'
works 'then nothing is due' sync --due --user ana@example.com --json
is 'of that user' "$out" ''
due
works 'one connector of it' sync --due --user ana@example.com --provider gmail --json
is 'which it has not' "$out" ''
works 'the other one' sync --due --user ana@example.com --provider google_calendar --json
is 'which it has' "$(accounts)" 'account:ana@example.com trigger:schedule status:ok '
sql "UPDATE sluice.schedule SET next_run_at = '-infinity', resync_no = resync_no + 1, parked_at = now() WHERE $of_ana"
works 'an account that is parked' sync --due --user ana@example.com --json
is 'stays so' "$out" ''
sql "UPDATE sluice.schedule SET parked_at = NULL, not_before = sluice.clock() + interval '1 hour' WHERE $of_ana"
works 'one that is to wait' sync --due --user ana@example.com --json
is 'waits' "$out" ''
sql "UPDATE sluice.schedule SET not_before = NULL, solo = true, next_run_at = '-infinity' WHERE $of_ana"
works 'one that runs alone' sync --due --user ana@example.com --json
is 'does, and as it was asked for' "$(accounts)$(sql "SELECT solo FROM sluice.schedule WHERE $of_ana")" \
	'account:ana@example.com trigger:resync status:ok f'
sql "UPDATE sluice.schedule SET next_run_at = sluice.clock() + interval '1 hour', backfill_at = sluice.clock() - interval '1 second' WHERE $of_ana"
works 'a slice of a walk' sync --due --user ana@example.com --json
is 'is taken, too' "$(accounts)" 'account:ana@example.com trigger:schedule status:ok '
call sync --due --user nobody@example.com
was=$status
call sync --user nobody@example.com
is 'a user that is not there is told of' "$was" "$status"
all_same 'one user'

# --- two workers, and a cron line beside them -----------------------------------------
control POST options '{"latency_ms":150}' >/dev/null
worker --runs 2 --poll 1s
one=$worker_pid
worker --runs 2 --poll 1s
two=$worker_pid
for n in "${names[@]}"; do
	control POST event "{\"account\":\"$n@example.com\",\"op\":\"random\",\"count\":5}" >/dev/null
done
sql "UPDATE sluice.schedule SET next_run_at = '-infinity', resync_no = resync_no + 1" >/dev/null
sql 'NOTIFY sluice'
settle 10 several 2 && ok 'they share the work' || not_ok 'they share the work' "$(hosts)"
works 'a cron line beside them' sync --due
# --- one of them dies ------------------------------------------------------------------
sql "UPDATE sluice.schedule SET next_run_at = '-infinity', resync_no = resync_no + 1" >/dev/null
sql 'NOTIFY sluice'
held() { [ "$(sql "SELECT count(*) FROM sluice.schedule WHERE (lease_owner->>'pid')::int = $1 AND lease_until IS NOT NULL")" -gt 0 ]; }
settle 10 held "$one"
kill -9 "$one"
worker_ended 5 "$one"
is 'one is killed' "$status" 137
freed() { ! held "$one"; }
settle 15 freed && ok 'what it held is taken over long before its lease ends' ||
	not_ok 'what it held is taken over long before its lease ends'
none_open() { [ "$(sql 'SELECT sum(resync_no - resync_done_no) FROM sluice.schedule')" = 0 ] && no_lease; }
control POST options '{"latency_ms":10}' >/dev/null
settle 30 none_open && ok 'and done' || not_ok 'and done' "$(cat "$worker_log")"
all_same 'after a death'
never_two 'after a death'
is 'the killed runs are in the log' "$(sql "SELECT count(*) > 0 FROM sync_logs WHERE status = 'interrupted'") \
$(sql "SELECT count(*) FROM sync_logs WHERE status = 'running'")" 't 0'
worker_pid=$two
worker_stop 'the other one'

# --- behind a pooler: nobody hears, and polls -------------------------------------------
if has pgbouncer; then
	pooler
	rest
	pooled="postgresql://sluice_app:p4ss-canary@127.0.0.1:$pooler_port/fleet"
	SLUICE_DIRECT_URL='' SLUICE_DATABASE_URL=$pooled worker --poll 1s
	settle 10 worker_says listen-pooled && ok 'a pooler is no place to listen' ||
		not_ok 'a pooler is no place to listen' "$(cat "$worker_log")"
	change 5
	works 'a resync is asked for' resync --user $ana
	settle 15 none_open && ok 'and done all the same' || not_ok 'and done all the same' "$(cat "$worker_log")"
	same 'through a pooler'
	worker_stop 'through a pooler'
else
	skip 'through a pooler' 'no pgbouncer'
fi
summary

#!/usr/bin/env bash
# What is kept no longer goes: at its day, in chunks, by whoever comes first, by
# indexes, and what must stay stays.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

migrated_database retention
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
count() { sql "SELECT count(*) FROM $1"; }
turn() { sql "UPDATE sluice.retention SET next_at = '-infinity'"; }
logs() { # N AGE STATUS [FINISHED]
	sql "INSERT INTO sync_logs (id, user_id, integration_id, provider, account, trigger, mode, status, started_at, finished_at)
		SELECT gen_random_uuid(), user_id, id, provider, account, 'schedule', 'incremental', '$3', now() - interval '$2', now() - interval '${4:-$2}'
		FROM user_integrations, generate_series(1, $1)"
}
items() { # N AGE STATE RAW
	sql "INSERT INTO sync_items (user_id, integration_id, stream_kind, stream_key, source_id, state, reason, class, raw, seen_at)
		SELECT user_id, id, 'events', 'cal', gen_random_uuid(), '$3', CASE n % 2 WHEN 0 THEN 'declined' ELSE 'draft' END,
			CASE '$3' WHEN 'quarantined' THEN 'malformed' END, $4, now() - interval '$2'
		FROM user_integrations, generate_series(1, $1) n"
}
sluice user add --email ana@example.com >/dev/null
sql "INSERT INTO user_integrations (user_id, provider, account, account_subject, status)
	SELECT id, 'google_calendar', 'ana@example.com', 's', 'paused' FROM auth.users;
	INSERT INTO sync_state (user_id, integration_id, kind, key, state, generation)
	SELECT user_id, id, 'events', 'cal', 'live', 3 FROM user_integrations"

# --- logs: at the day, and what stays --------------------------------------------
logs 1 '91 days' ok
logs 1 '90 days 5 seconds' failed
logs 1 '89 days 23 hours 59 minutes' failed
logs 1 '95 days' running
logs 1 '95 days' ok '1 day'
works 'cron' sync --due
is 'what is older than 90 days goes; not what goes on, nor what ended since, nor what is younger' \
	"$(sql "SELECT string_agg(status || ' ' || extract(day FROM now() - started_at), ', ' ORDER BY started_at, status DESC) FROM sync_logs")" \
	'running 95, ok 95, ok 91, failed 89'
sql "UPDATE sync_logs SET finished_at = started_at WHERE status = 'ok'"
turn
works 'cron' sync --due
is 'the last run that went well stays' "$(count "sync_logs WHERE status = 'ok'")" 1
logs 1 '1 day' ok
turn
works 'cron' sync --due
is 'until there is a newer one' "$(count "sync_logs WHERE status = 'ok'")" 1
sql "UPDATE sluice.retention SET days = 7 WHERE subject = 'logs'; DELETE FROM sync_logs"
logs 3 '8 days' failed
logs 2 '6 days' failed
turn
works 'cron' sync --due
is 'days are set in the table' "$(count sync_logs)" 2
refused() { ! sql "$1" 2>/dev/null; }
refused "UPDATE sluice.retention SET days = 0" && ok 'not to none' || not_ok 'not to none'

# --- in chunks, and again --------------------------------------------------------
sql 'DELETE FROM sync_logs'
logs 25000 '8 days' failed
turn
works 'cron' sync --due
is 'so many in one go' "$(count sync_logs)" 5000
works 'cron' sync --due
is 'and the rest in the next, without waiting' "$(count sync_logs)" 0
logs 10 '8 days' failed
works 'cron' sync --due
is 'and then not before an hour has passed' "$(count sync_logs)" 10
sql "ALTER DATABASE \"$PGDATABASE\" SET sluice.clock_offset = '61 minutes'"
works 'cron' sync --due
is 'it has' "$(count sync_logs)" 0
sql "ALTER DATABASE \"$PGDATABASE\" RESET sluice.clock_offset"
sql "UPDATE sluice.retention SET next_at = now() + interval '1 year'"
logs 10 '8 days' failed
works 'cron' sync --due
is 'nor does a clock that was ahead keep it from its turn' "$(count sync_logs)" 0

# --- several at once, and one that holds rows ---------------------------------------
logs 4000 '8 days' failed
sql 'ANALYZE'
(psql -XAtq -c "BEGIN; SELECT count(*) FROM (SELECT FROM sync_logs ORDER BY id LIMIT 100 FOR UPDATE) x; SELECT pg_sleep(3); COMMIT" >/dev/null) &
holder=$!
settle 5 test "$(sql "SELECT count(*) FROM pg_locks WHERE relation = 'sync_logs'::regclass AND mode = 'RowShareLock'")" -ge 0
sleep 0.5
started=$(date +%s%N)
pids=()
for n in 1 2 3 4; do
	sql 'SELECT sluice.expire_logs(1500)' >"$work/gone.$n" &
	pids+=($!)
done
wait "${pids[@]}"
is 'four at once delete each row once, and wait for nobody' "$(cat "$work"/gone.* | paste -sd+ | bc) $(count sync_logs) $((($(date +%s%N) - started) / 1000000 < 2500))" '3900 100 1'
wait $holder
sql 'SELECT sluice.expire_logs(1500)' >/dev/null
is 'the others later' "$(count sync_logs)" 0

# --- items: filtered become numbers, raw bytes go -----------------------------------
items 4 '366 days' filtered NULL
items 2 '364 days' filtered NULL
items 1 '400 days' filtered "'edit'"
items 3 '91 days' quarantined "'raw'"
items 1 '89 days' quarantined "'raw'"
turn
works 'cron' sync --due
is 'filtered: old ones are counted, by reason' "$(sql 'SELECT filtered_before FROM sync_state')" '{"draft": 2, "declined": 2}'
is 'filtered: young ones stay, and what waits for its item' "$(count "sync_items WHERE state = 'filtered'")" 3
is 'quarantine: items stay, what was sent goes' "$(sql "SELECT count(*), count(raw) FROM sync_items WHERE state = 'quarantined'")" '4|1'

# --- one that fails ---------------------------------------------------------------------
sql "CREATE FUNCTION never() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN RAISE 'kept by the law'; END \$\$;
	CREATE TRIGGER never BEFORE DELETE ON sync_logs FOR EACH ROW EXECUTE FUNCTION never();
	CREATE TRIGGER never BEFORE DELETE ON sync_items FOR EACH ROW EXECUTE FUNCTION never()"
logs 1 '100 days' failed
items 2 '366 days' filtered NULL
items 2 '100 days' quarantined "'raw'"
turn
sql "UPDATE sluice.retention SET next_at = now() + interval '1 hour' WHERE subject NOT IN ('logs', 'filtered', 'raw')"
call sync --due
is 'a subject that fails is told' "$status" 3
like 'why' "$err" 'kept by the law'
is 'and keeps no other from its turn' "$(sql "SELECT count(raw) FROM sync_items WHERE state = 'quarantined' AND seen_at < now() - interval '90 days'")" 0
sql 'DROP FUNCTION never() CASCADE; DELETE FROM sync_logs'

# --- ids that a walk saw --------------------------------------------------------------
seen() { # GENERATION
	sql "INSERT INTO sluice.seen (user_id, stream_id, generation, source_id) SELECT user_id, id, $1, 'x' || n FROM sync_state, generate_series(1, 1500) n"
}
seen 2
seen 3
sql "UPDATE sync_state SET state = 'walking'"
turn
works 'cron' sync --due
is 'of a walk under way they stay' "$(sql 'SELECT string_agg(DISTINCT generation::text, $$ $$) FROM sluice.seen')" 3
locked=$(sql 'SELECT xmax FROM sync_state') # by whom it was last
sql 'SELECT sluice.expire_seen(1000)' >/dev/null
is 'nor is its stream locked' "$(sql 'SELECT xmax FROM sync_state')" "$locked"
sql "UPDATE sync_state SET state = 'live', sweep_state = 'held'"
turn
works 'cron' sync --due
is 'and while deletions are held' "$(count sluice.seen)" 1500
sql "UPDATE sync_state SET state = 'closed', sweep_state = 'none'"
turn
works 'cron' sync --due
is 'of a closed stream they go' "$(count sluice.seen)" 0

# --- no whole table is read for it ------------------------------------------------------
logs 20000 '1 day' ok
items 20000 '1 day' filtered NULL
items 20000 '1 day' quarantined "'raw'"
logs 10 '8 days' failed
sql 'ANALYZE'
scans() { sql "SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE relname IN ('sync_logs', 'sync_items', 'seen')"; }
before=$(scans)
sql 'SELECT sluice.expire_logs(1000), sluice.expire_filtered(1000), sluice.expire_raw(1000), sluice.expire_seen(1000); SELECT pg_stat_force_next_flush()' >/dev/null
is 'by indexes alone' "$(($(scans) - before))" 0
# --- nobody else ------------------------------------------------------------------------
for role in authenticated service_role sluice_operator; do
	refused "SET ROLE $role; SELECT sluice.expire_logs(1)" && ok "$role may not" || not_ok "$role may not"
done
summary

#!/usr/bin/env bash
# status --check: every cause of a stale account is found, and nothing else.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

installed check 40:2
user=$(sql 'SELECT user_id FROM user_integrations')
# well WHAT, ill WHAT REGEX: by one line
well() {
	call status --check "${@:2}"
	is "$1: ok" "$status $out$err" '0 ok: 1 account'
}
ill() {
	local what=$1 text=$2
	shift 2
	call status --check "$@"
	is "$what: exit status and lines" "$status $(wc -l <"$work/out") $err" '1 1 '
	like "$what: in words" "$out" "^Google Calendar of $ana: $text"
}
person() { # WHAT STATUS: of status without --check
	call status
	is "$1: status ends with $2" "$status" "$2"
}
clock() { sql "ALTER DATABASE \"$PGDATABASE\" SET sluice.clock_offset = '$1'"; }

refuse 'an age without a check' 2 'goes with --check' status --max-age 5m
refuse 'an age that is none' 2 'max-age old' status --check --max-age old
refuse 'two things at once' 2 'not both' status --check --quarantined

well 'just connected'
clock '2 hours'
ill 'connected, and nobody syncs' 'no success yet, connected 2 h.*, and no run: does cron, or a worker, run\?'
well 'connected, and there is time' --max-age 3h
clock 0
works 'the first sync' sync
well 'synced'
person 'synced' 0
clock '59 minutes'
well 'within the hour'
ill 'but not younger than was asked for' 'no success for 59 min' --max-age 30m
clock '61 minutes'
ill 'nobody syncs any more' 'no success for 1 h.*, and no run for 1 h.*: does cron, or a worker, run\?'
person 'nobody syncs any more' 0
call status --check --json
like 'as JSON' "$out" '"problem":"stale"'
is 'one object' "$(wc -l <"$work/out")" 1
sql 'UPDATE user_integrations SET sync_interval_s = 3600'
well 'not yet by an interval of an hour'
clock '181 minutes'
ill 'three of them' 'no success for 3 h'
sql 'UPDATE user_integrations SET sync_interval_s = 300'
clock '2 hours'
sql "UPDATE sluice.schedule SET lease_until = sluice.clock() + interval '1 hour', lease_owner = '{}', run_id = gen_random_uuid()"
ill 'a lease that nobody gives back' 'no success for 2 h'
sql "INSERT INTO sync_logs (id, user_id, integration_id, provider, account, trigger, mode, status, started_at)
	SELECT c.run_id, c.user_id, c.integration_id, c.provider, '$ana', 'manual', 'full', 'running', sluice.clock()
	FROM sluice.schedule c"
well 'a long run that goes on storing'
sql "ALTER TABLE sync_logs DISABLE TRIGGER touch_updated_at; UPDATE sync_logs SET updated_at = now() - interval '2 hours' WHERE status = 'running';
	ALTER TABLE sync_logs ENABLE TRIGGER touch_updated_at"
ill 'and one that hangs' 'no success for 2 h'
sql "DELETE FROM sync_logs WHERE status = 'running'; UPDATE sluice.schedule SET lease_until = NULL, lease_owner = NULL, run_id = NULL"
works 'a sync' sync
well 'synced again'
clock 0
ill 'a clock that was set back' 'its last success lies in the future'
sql "DELETE FROM sync_logs WHERE finished_at > now() + interval '1 minute'"
well 'without that'

# The provider is down, one stream fails: runs, but none that ends well.
control POST fault '{"kind":"status","match":"/calendar/v3","status":403,"reason":"accessNotConfigured","count":50}' >/dev/null
clock '61 minutes'
call sync
is 'a sync that fails' "$status" 1
ill 'the provider refuses' 'no success for 1 h.*: .*'
control DELETE fault >/dev/null
works 'a sync' sync
well 'and again'
clock 0
sql 'DELETE FROM sync_logs'
works 'a sync' sync
key=$(sql "SELECT key FROM sync_state WHERE kind = 'events' AND key <> '$ana' LIMIT 1")
control POST fault "{\"kind\":\"status\",\"match\":\"${key%%@*}\",\"status\":403,\"reason\":\"forbidden\",\"count\":50}" >/dev/null
clock '61 minutes'
call sync
is 'one calendar fails' "$status" 1
ill 'a calendar that fails in every run' 'no success for 1 h'
control DELETE fault >/dev/null
clock 0

# What a person must do, and what a person chose.
works 'a sync' sync
set_status() { sql "UPDATE user_integrations SET status = '$1'"; }
set_status needs_reauth
ill 'consent ended' "needs consent again, sluice connect google_calendar --user $user"
person 'consent ended' 1
clock '30 days'
for chosen in paused disconnected archive; do
	set_status $chosen
	call status --check
	is "$chosen is no problem" "$status $out" '0 ok: 0 accounts'
	person $chosen 0
done
clock 0
set_status connected
sql 'UPDATE sluice.schedule SET parked_at = now()'
ill 'parked' 'its runs died again and again'
person 'parked' 1
sql 'UPDATE sluice.schedule SET parked_at = NULL'
sql "UPDATE user_integrations SET provider = 'faraway'"
call status --check
is 'of no connector here' "$status" 1
like 'says so' "$out" 'this build has no connector'
sql "UPDATE user_integrations SET provider = 'google_calendar'"
clock '30 days'
sql 'UPDATE auth.users SET deleted_at = now()'
call status --check
is 'a user who was deleted softly' "$status $out" '0 ok: 0 accounts'
sql 'UPDATE auth.users SET deleted_at = NULL'
clock 0
well 'in the end'

# A walk that stands still, items by the hundred, a consent that ends.
stream() { sql "ALTER TABLE sync_state DISABLE TRIGGER touch_updated_at; UPDATE sync_state SET $1 WHERE kind = 'events';
	ALTER TABLE sync_state ENABLE TRIGGER touch_updated_at"; }
stream "state = 'walking', updated_at = now() - interval '25 hours'"
well 'a walk that waits for tomorrow'
stream "updated_at = now() - interval '27 hours'"
ill 'a walk that does not move' 'a walk has not moved for 27 h'
stream "shown = coalesce(shown, '{}') || '{\"waiting\": \"nothing there\"}'"
well 'one that waits for what the provider has not'
stream "state = 'live', shown = shown - 'waiting', updated_at = now()"
many() { # N AGE
	sql "INSERT INTO sync_items (user_id, integration_id, stream_kind, stream_key, source_id, state, reason, class, created_at)
		SELECT user_id, id, 'events', 'y', gen_random_uuid(), 'quarantined', 'malformed', 'malformed', now() - interval '$2'
		FROM user_integrations, generate_series(1, $1) n"
}
many 200 '2 days'
many 99 '1 hour'
well '99 items in a day, whatever came before'
many 1 '1 hour'
ill 'a hundred' '100 items could not be stored within a day'
sql "DELETE FROM sync_items WHERE stream_key = 'y'"
sql "UPDATE sluice.grants SET refresh_expires_at = now() + interval '80 hours'"
well 'a consent that ends in four days'
sql "UPDATE sluice.grants SET refresh_expires_at = now() + interval '70 hours'"
ill 'in three' 'the consent ends (in|20).*: sluice connect google_calendar --user'
sql 'UPDATE sluice.grants SET refresh_expires_at = NULL'
well 'after all'

# Quarantine is well, and no item is left out without a word.
sql "INSERT INTO sync_items (user_id, integration_id, stream_kind, stream_key, source_id, state, reason, class)
	SELECT user_id, id, 'events', 'x', 'item' || n, 'quarantined', 'malformed', 'malformed'
	FROM user_integrations, generate_series(1, 25) n"
well 'items in quarantine'
person 'items in quarantine' 0
works 'the list' status --quarantined
like 'says how many it leaves out' "$out" '^and 5 more: --limit 25 lists them all$'
works 'a longer one' status --quarantined --limit 25
unlike 'leaves out none' "$out" 'more'
works 'as JSON' status --quarantined --json --limit 10
is 'lines are items' "$(wc -l <"$work/out") $err" '10 and 15 more: --limit 25 lists them all'
sql 'DROP SCHEMA sluice CASCADE' 2>/dev/null
call status --check
is 'no schema' "$status" 3
summary

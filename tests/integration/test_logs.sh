#!/usr/bin/env bash
# logs: filters, one run in full, and --follow, which neither loses nor doubles
# a row, however late a transaction commits.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

migrated_database logs
for who in ana ben; do
	sluice user add --email $who@example.com >/dev/null
	sql "INSERT INTO user_integrations (user_id, provider, account, account_subject)
		SELECT u.id, p, '$who@example.com', '$who' FROM auth.users u, unnest('{gmail,google_calendar}'::text[]) p WHERE email = '$who@example.com'"
done
id() { printf '00000000-0000-4000-8000-%012d' "$1"; }
log() { # N WHO PROVIDER STATUS TRIGGER AGE [MORE COLUMNS, THEIR VALUES]
	echo "INSERT INTO sync_logs (id, user_id, integration_id, provider, account, trigger, mode, status, started_at, finished_at ${7:+, $7})
		SELECT '$(id "$1")', user_id, id, provider, account, '$5', 'incremental', '$4', now() - interval '$6',
			CASE '$4' WHEN 'running' THEN NULL ELSE now() - interval '$6' + interval '10 seconds' END ${8:+, $8}
		FROM user_integrations WHERE account = '$2@example.com' AND provider = '$3';"
}
numbers() { grep -oE '"run":"[^"]*' <<<"$out" | sed 's/.*-0*//' | paste -sd' '; }
finds() { # WHAT NUMBERS ARGS...
	works "$1" logs --json "${@:3}"
	is "$1: these" "$(numbers)" "$2"
}
sql "$(log 1 ana gmail ok schedule '10 days')
	$(log 2 ana google_calendar failed schedule '5 days' 'error_class, error_scope, error_text' "'retry', 'client', 'the provider is down'")
	$(log 3 ana gmail partial manual '3 days')
	$(log 4 ben gmail interrupted schedule '2 days' 'host' "'cumulus'")
	$(log 5 ana gmail ok resync '1 day' 'fetched, created, filtered, quarantined, detail' "9, 4, 2, 1, '{\"walked\": 1}'")
	$(log 6 ben gmail running schedule '2 hours')
	$(log 7 ana gmail ok schedule '6 days' 'runs' 900)
	UPDATE sync_logs SET finished_at = now() - interval '1 minute' WHERE runs = 900"

# --- filters -----------------------------------------------------------------
finds 'all, the newest first' '6 5 4 3 2 7 1'
finds 'of a user' '5 3 2 7 1' --user ana@example.com
finds 'of a connector' '2' --provider google_calendar
finds 'by status' '4' --status interrupted
finds 'by trigger' '5' --trigger resync
finds 'what did not end well' '4 3 2' --errors
finds 'since so long ago: what went on then, also a row of many runs' '6 5 7' --since 30h
finds 'until' '3 2 7 1' --until 60h
finds 'between two times' '4 3 7' --since "$(date -u -d '-80 hours' +%FT%TZ)" --until "$(date -u -d '-40 hours' +%FT%T+00:00)"
finds 'since a day' '6 5 4 3 2 7' --since "$(date -u -d '-9 days' +%F)"
finds 'together' '3 2' --user ana@example.com --errors --until 1h
finds 'so many' '6 5' --limit 2
works 'a filter that nothing matches' logs --status partial --provider google_calendar
is 'says so' "$out" 'no run matches'
refuse 'a status that is none' 2 'one of running, ok, partial, failed, interrupted' logs --status bad
refuse 'a trigger that is none' 2 'one of manual' logs --trigger cron
refuse 'a time that is none' 2 '2026-11-20T09:30:00Z' logs --since yesterday
refuse 'an end before the beginning' 2 'is before --since' logs --since 1h --until 2h
refuse 'no end of what is followed' 2 'not both' logs --follow --until 2h
refuse 'a run that has no id' 2 'the id of a run' logs --run 5
refuse 'a run and a filter' 2 'no filter goes' logs --run "$(id 5)" --errors

# --- one run in full ------------------------------------------------------------
sql "INSERT INTO sync_items (user_id, integration_id, stream_kind, stream_key, source_id, state, reason, detail, class, seen_at)
	SELECT l.user_id, l.integration_id, 'backfill', '', x.id, x.state, x.reason, x.detail, x.class, x.at
	FROM sync_logs l, LATERAL (VALUES ('draft1', 'filtered', 'draft', NULL, NULL, l.started_at + interval '1 s'),
		('bad1', 'quarantined', 'malformed', 'no payload', 'malformed', l.started_at + interval '2 s'),
		('other', 'filtered', 'draft', NULL, NULL, l.started_at + interval '1 hour')) x (id, state, reason, detail, class, at)
	WHERE l.id = '$(id 5)'"
works 'one run' logs --run "$(id 5)"
like 'one run: whose' "$out" '^account +Gmail of ana@example.com$'
like 'one run: what it did' "$out" '^items +9 fetched: 4 created, 0 updated, 0 unchanged, 0 deleted, 2 filtered, 1 quarantined$'
like 'one run: its detail' "$out" '^detail +\{"walked": 1\}$'
is 'one run: its items, those in quarantine first' "$(grep -E '^(bad1|draft1|other)' <<<"$out" | tr -s ' ')" $'bad1 backfill quarantined no payload\ndraft1 backfill filtered draft'
works 'one run as JSON' logs --run "$(id 5)" --json
like 'one run as JSON' "$out" '"detail":\{"walked":1\},"items_total":2,"items":\[\{"kind":"backfill","key":"","id":"bad1","state":"quarantined"'
works 'one that was killed' logs --run "$(id 4)"
like 'one that was killed: on which host' "$out" '^host +cumulus$'
refuse 'one that nobody knows' 1 'no run .* is known' logs --run "$(id 99)"
refuse 'one of somebody else' 1 'no run .* is known' logs --run "$(id 5)" --user ben@example.com

# --- followed -------------------------------------------------------------------
follow() { # FILE ARGS...
	sluice logs --follow --json "${@:2}" >"$1" 2>"$1.err" &
	follower=$!
	children+=("$follower")
}
lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }
follow "$work/f" --limit 2
settle 10 lines "$work/f" 2
is 'it begins with the newest, in the order in which they ended' "$(out=$(cat "$work/f") numbers)" '5 6'
# One transaction is long: what it wrote appears after what came later.
mkfifo "$work/slow"
psql -XAtq <"$work/slow" >/dev/null &
exec 5>"$work/slow"
echo "BEGIN; $(log 20 ana gmail failed schedule '1 minute')" >&5
settle 5 test "$(sql "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'")" = 1
for n in $(seq 21 40); do
	sql "$(log "$n" ana gmail ok schedule '30 seconds')"
done
sleep 0.7
sql "UPDATE sync_logs SET runs = 2 WHERE id = '$(id 25)'"
settle 10 lines "$work/f" 23
echo 'SAVEPOINT s; UPDATE sync_logs SET retries = 3 WHERE id = '"'$(id 30)'"'; RELEASE s; COMMIT;' >&5
exec 5>&-
settle 10 lines "$work/f" 25
sql "UPDATE sync_logs SET status = 'ok', finished_at = now() WHERE id = '$(id 6)'"
settle 10 lines "$work/f" 26
sleep 1.2
wanted=6x1
for n in $(seq 20 40); do
	case $n in 25 | 30) wanted+=" ${n}x2" ;; *) wanted+=" ${n}x1" ;; esac
done
is 'each is told once, each change once, also of a transaction that was late' \
	"$(tail -n +3 "$work/f" | grep -oE '"run":"[^"]*' | sed 's/.*-0*//' | sort -n | uniq -c | awk '{print $2 "x" $1}' | paste -sd' ')" "$wanted"
kill -INT $follower
wait $follower
is 'Ctrl-C ends it well' "$? $(cat "$work/f.err")" '0 '
follow "$work/g" --user ben@example.com --limit 1
settle 10 lines "$work/g" 1
sql "$(log 50 ana gmail ok schedule '5 seconds') $(log 51 ben gmail failed schedule '5 seconds')"
settle 10 lines "$work/g" 2
sleep 0.7
is 'filters hold for what comes' "$(out=$(tail -n 1 "$work/g") numbers) $(wc -l <"$work/g")" '51 2'
kill -TERM $follower
wait $follower
is 'a signal ends it well' $? 0
(sluice logs --follow --limit 1; echo "$?" >"$work/end") 2>"$work/pipe.err" | head -n 1 >"$work/one"
settle 5 test -s "$work/end"
is 'a pipe that is closed ends it well' "$(cat "$work/end") $(wc -l <"$work/one") $(cat "$work/pipe.err")" '0 1 '
like 'as text: a line each' "$(cat "$work/one")" '^20[0-9-]{8} [0-9:]{8}Z  [a-z]+ +Gmail of (ana|ben)@example.com, schedule, incremental: '
summary

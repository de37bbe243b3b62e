#!/usr/bin/env bash
# pause and resume: nothing runs meanwhile, nothing is lost, nothing starts that
# needs a person.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

installed pause 400:4
user=$(sql 'SELECT user_id FROM user_integrations')
state() { sql "SELECT i.status || ' ' || c.enabled FROM user_integrations i JOIN sluice.schedule c ON c.integration_id = i.id"; }

refuse 'no user' 2 'pause needs --user' pause
refuse 'no user to resume' 2 'resume needs --user' resume
refuse 'nobody' 2 'no user' pause --user nobody@example.com
refuse 'no such account' 1 'no such account' pause --user $ana --provider gmail
works 'resume what is not paused' resume --user $ana
like 'says so' "$out" "^Google Calendar of $ana is not paused$"
works 'the first sync' sync

works 'pause' pause --user $ana --provider google_calendar
is 'says what it did' "$out" "Google Calendar of $ana is paused"
is 'the account does not run' "$(state)" 'paused false'
change 20
before=$(requests)
sql "UPDATE sluice.schedule SET next_run_at = now() - interval '1 hour'"
works 'cron passes it by' sync --due
works 'and so does a sync' sync
like 'which says why' "$out" '1 account paused, disconnected'
is 'no request was made' "$(requests)" "$before"
call status
like 'status shows it' "$out" "$ana +google_calendar +paused"
like 'and what helps' "$out" "paused; sluice resume --user $user --provider google_calendar"
works 'pause as JSON' pause --user $ana --json
is 'pause as JSON: one object an account' "$(wc -l <"$work/out")" "$(sql 'SELECT count(*) FROM user_integrations')"
like 'pause as JSON: before and after' "$out" '"provider":"google_calendar","account":"[^"]*","was":"paused","status":"paused","was_running":false,"was_parked":false'
works 'pause again' pause --user $ana
is 'says so' "$out" "Google Calendar of $ana is paused already"
works 'resume' resume --user $ana
is 'says what it did' "$out" "Google Calendar of $ana goes on with the next sync"
is 'the account runs' "$(state)" 'connected true'
control POST stats/reset >/dev/null
works 'it is due at once' sync --due
like 'and asks for changes alone' "$(control GET 'stats?last=100')" 'syncToken'
same 'after a pause'

# While a run is going on.
control POST fault '{"kind":"hang","ms":4000,"match":"/events","count":1}' >/dev/null
started 3 sync --full
works 'pause during a run' pause --user $ana
like 'says so' "$out" 'is paused; the run that was going on stops$'
written=$(sql 'SELECT count(*) || max(xmin::text::bigint) FROM artifacts')
ended 20
control DELETE fault >/dev/null
is 'the run ended with a failure' "$status" 1
like 'it says why' "$out$err" 'disconnected or paused'
is 'it wrote no page more' "$(sql 'SELECT count(*) || max(xmin::text::bigint) FROM artifacts')" "$written"
is 'it has no lease and no open row' "$(leases) $(sql "SELECT count(*) FROM sync_logs WHERE status = 'running'")" '0 0'
is 'and has not become an error' "$(state)" 'paused false'
is 'the walk that was asked for is still to be done' "$(sql 'SELECT resync_no - resync_done_no FROM sluice.schedule')" 1
works 'resume' resume --user $ana
works 'it goes on' sync --due
is 'and ends' "$(sql 'SELECT resync_no - resync_done_no FROM sluice.schedule')" 0
same 'after a pause during a run'

# What needs a person.
sql "UPDATE user_integrations SET status = 'needs_reauth'"
refuse 'is not paused' 1 "needs consent again: sluice connect google_calendar --user $user" pause --user $ana
refuse 'and not resumed' 1 'needs consent again' resume --user $ana
is 'it stays as it is' "$(state)" 'needs_reauth false'
sql "UPDATE user_integrations SET status = 'paused'; UPDATE sluice.grants SET status = 'needs_reauth', last_error = 'it was withdrawn'"
refuse 'one whose consent ended while it was paused' 1 'needs consent again' resume --user $ana
is 'waits for a person' "$(state)" 'needs_reauth false'
connect $ana
is 'who consents' "$status" 0
is 'and it runs' "$(state)" 'connected true'
sql "UPDATE user_integrations SET status = 'disconnected'"
refuse 'one that is disconnected' 1 'is disconnected: sluice connect' resume --user $ana
is 'stays so' "$(state)" 'disconnected false'
sql "UPDATE user_integrations SET status = 'connected'; UPDATE sluice.schedule SET parked_at = now(), charges = 3"
like 'one that is parked: what to do' "$(sluice status --user $ana)" "parked: its runs ended .*; sluice resume --user [0-9a-f-]+ --provider"
works 'one that is parked' resume --user $ana
is 'is tried again' "$(sql 'SELECT parked_at IS NULL AND charges = 0 FROM sluice.schedule')" t
works 'by the next sync' sync --due
same 'in the end'
summary

#!/usr/bin/env bash
# One consent for calendar and mail, or one for each; boxes left unticked.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
calendar_scope=https://www.googleapis.com/auth/calendar.readonly
mail_scope=https://www.googleapis.com/auth/gmail.readonly
integrations() {
	sql "SELECT string_agg(i.provider || ' ' || i.status || ' by ' || g.purpose, ', ' ORDER BY i.provider)
		FROM user_integrations i JOIN sluice.grants g ON g.id = i.grant_id"
}
grants() { sql "SELECT string_agg(purpose, ',' ORDER BY purpose) FROM sluice.grants"; }

start_emulator --seed 5 --account "$ana:20:1"
migrated_database connect
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
help=$(sluice setup google --client-file "$work/client.json" 2>&1)
like 'setup tells to enable the API' "$help" 'Gmail API'
like 'and to add the scope' "$help" 'auth/gmail\.readonly'
sluice user add --email $ana >/dev/null

export connector=google
control POST options "{\"grant_scopes\":\"openid email\"}" >/dev/null
connect $ana
is 'nothing ticked' "$status" 1
like 'nothing ticked: names both' "$err" 'what Google Calendar or Gmail needs .missing: .*calendar.readonly .*gmail.readonly'
is 'nothing ticked: nothing stored' "$(grants)" ''

control POST options "{\"grant_scopes\":\"openid email $calendar_scope\"}" >/dev/null
connect $ana
is 'one box ticked' "$status" 0
like 'both were asked for' "$url" 'calendar.readonly%20.*gmail.readonly'
like 'one box: it is connected' "$out" "Connected Google Calendar of $ana"
unlike 'one box: the other is not' "$out" 'Gmail'
like 'one box: the other is told, with what to do' "$err" "Gmail needs .missing: $mail_scope.: it is not connected; to do so: sluice connect gmail --user"
is 'one box: one integration' "$(integrations)" 'google_calendar connected by google'

control POST options '{"grant_scopes":null}' >/dev/null
connect $ana
is 'both boxes ticked' "$status" 0
like 'the calendar is connected again' "$out" "Reconnected Google Calendar of $ana"
like 'and mail is connected' "$out" "Connected Gmail of $ana"
is 'both by one grant' "$(integrations)" 'gmail connected by google, google_calendar connected by google'
is 'one grant' "$(grants)" google
is 'two secrets' "$(sql 'SELECT count(*) FROM sluice.user_secrets')" 2

connector=gmail
connect $ana
is 'mail by itself' "$status" 0
unlike 'the calendar is not asked for' "$url" 'calendar.readonly'
is 'mail has a grant of its own, the calendar keeps its' "$(integrations)" 'gmail connected by gmail, google_calendar connected by google'
is 'two grants' "$(grants)" gmail,google

connector=nobody
refuse 'an unknown name' 2 'unknown provider nobody' connect nobody --user $ana

summary

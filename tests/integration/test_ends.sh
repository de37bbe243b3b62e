#!/usr/bin/env bash
# Ends of consents that are known ahead: in status from the beginning where they
# are sure, and in the log from 14 days ahead, once a day.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

export SLUICE_QUOTA=off LC_ALL=C
again() { connector=google connect $ana; }

start_emulator --seed 22 --account "$ana:6:1" --mailbox "$ana:6"
migrated_database ends
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
sluice setup google --client-file "$work/client.json" >/dev/null 2>&1
sluice user add --email $ana >/dev/null
user=$(sql "SELECT id FROM auth.users")
again
call status --json
like 'an account in use ends six months after its last refresh' "$out" '"consent_ends_why":"a consent that is not used for six months ends"'
call status
unlike 'which is no news' "$out" 'consent ends'
sql "UPDATE sluice.grants SET refreshed_at = now() - interval '170 days', access_expires_at = now() + interval '1 hour'"
call status
like 'but ten days before' "$out" "$ana: the consent ends 20..-..-..: a consent that is not used for six months ends; sluice connect google --user $user renews it"
call sync --user $ana --provider google_calendar --log-level warn
like 'the log warns' "$err" 'consent-ends .*provider=google_calendar .*days=(9|10) .*six months'
call sync --user $ana --provider google_calendar --log-level warn
unlike 'once a day' "$err" consent-ends
control POST options '{"refresh_token_expires_in":604799}' >/dev/null
again
like 'connect says it' "$err" 'ends this consent'
call status --json
like 'a client in testing' "$out" '"consent_ends_at":"20[^"]*","consent_ends_why":"the OAuth client is in testing'
call status
like 'its seven days are shown' "$out" "$ana: the consent ends 20..-..-..: the OAuth client is in testing, where a consent lasts seven days: set its publishing status to \"In production\"; sluice connect google"
sql "UPDATE sluice.grants SET refresh_expires_at = now() + interval '90 days'"
call status
like 'a limited time is shown from the beginning' "$out" "$ana: the consent ends 20..-..-..: access was allowed for a limited time$"
sql "UPDATE user_integrations SET status = 'needs_reauth'; UPDATE sluice.grants SET status = 'needs_reauth'"
call status --json
like 'what is dead has no end ahead' "$out" '"consent_ends_at":null,"consent_ends_why":null,"changes_kept_until":null'

summary

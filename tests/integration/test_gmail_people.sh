#!/usr/bin/env bash
# Who becomes a contact of a mailbox, and that another rule asks nothing of
# Gmail: what is stored is judged again.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana.b@gmail.com
export SLUICE_QUOTA=off
field() { sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" <<<"$1"; }
add() { control POST mail "{\"account\":\"$ana\",\"op\":\"add\",$1}" >/dev/null; }
people() { sql "SELECT string_agg(address_norm, ' ' ORDER BY address_norm) FROM contact_emails e
	JOIN contacts c ON c.id = e.contact_id WHERE NOT c.is_self_contact"; }
rule() { sql "UPDATE user_integrations SET settings = '$1'"; }

start_emulator --seed 5 --mailbox "$ana:1"
migrated_database people
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
sluice setup google --client-file "$work/client.json" >/dev/null 2>&1
sluice user add --email $ana >/dev/null
export connector=gmail
rule_mail='"subject":"Hello","text":"Hi"'
connect $ana
is 'connect' "$status" 0
works 'a first run' sync --json
sql 'DELETE FROM contacts WHERE NOT is_self_contact; DELETE FROM sluice.suppressions' >/dev/null

add "\"from\":\"Ana <$ana>\",\"to\":\"Lee <lee@example.org>\",\"labels\":[\"SENT\"],$rule_mail"
add "\"from\":\"Bo <bo@example.org>\",\"to\":\"$ana\",$rule_mail"
add "\"from\":\"Ana <anab@googlemail.com>\",\"to\":\"ANA.B+x@gmail.com\",$rule_mail"
add "\"from\":\"News <news@example.net>\",\"to\":\"$ana\",\"headers\":{\"List-Id\":\"<n.example.net>\"},$rule_mail"
works 'new mail' sync --json
is 'whom the user wrote to is a contact, who wrote is not' "$(people)" 'lee@example.org'
is 'it is counted' "$(field "$out" contacts_created)" 1

rule '{"contacts": "all"}'
works 'another rule' sync --json
is 'everybody of mail that is not bulk, no spelling of the user' "$(people)" \
	"$(sql "SELECT string_agg(DISTINCT p.value_norm, ' ' ORDER BY p.value_norm)
		FROM artifact_participants p JOIN artifacts a ON a.id = p.artifact_id
		WHERE p.value_norm = 'bo@example.org' OR p.value_norm = 'lee@example.org'
			OR (p.value_norm !~ 'ana|news' AND a.metadata ->> 'bulk' IS NULL
				AND a.participant_count <= 25)")"
is 'those are counted' $(($(field "$out" contacts_created) > 0)) 1
is 'Gmail was asked one thing' "$(field "$out" requests)" 1
works 'once more' sync --json
is 'nobody new' "$(field "$out" contacts_created)" 0
works 'explain' explain bo@example.org
like 'why' "$out" 'rule-all'
works 'streams' streams
unlike 'a stream that was walked was checked' "$out" 'backfill .* never'

summary

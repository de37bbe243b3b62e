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

# --- each rule, judged anew from nothing --------------------------------------------
named() { sql "SELECT coalesce(string_agg(address_norm, ' ' ORDER BY address_norm), '')
	FROM contact_emails WHERE address_norm ~ '^(lee|bo|kim|joe|may|news)@'"; }
forget() { sql 'DELETE FROM contacts WHERE NOT is_self_contact; DELETE FROM sluice.suppressions' >/dev/null; }
judged() { # what, settings, who
	forget
	rule "$2"
	works "$1" sync --json
	is "$1: who is a contact" "$(named)" "$3"
}
add "\"from\":\"Lee <lee@example.org>\",\"to\":\"$ana\",$rule_mail"
add "\"from\":\"Ana <$ana>\",\"to\":\"Kim <kim@example.org>\",\"labels\":[\"SENT\"],$rule_mail"
add "\"from\":\"Joe <joe@example.com>\",\"to\":\"$ana\",$rule_mail"
add "\"from\":\"May <may@sub.example.org>\",\"to\":\"$ana\",$rule_mail"
judged 'sent' '{}' 'kim@example.org lee@example.org'
judged 'replied' '{"contacts": "replied"}' 'lee@example.org'
works 'explain' explain kim@example.org
like 'why one that did not answer is none' "$out" 'no-answer'
add "\"from\":\"Kim <kim@example.org>\",\"to\":\"$ana\",$rule_mail"
works 'an answer comes' sync --json
is 'and makes a contact' "$(named)" 'kim@example.org lee@example.org'
judged 'a block list' '{"contacts": "all", "block": ["example.org", "news@example.net"]}' 'joe@example.com'
works 'explain' explain may@sub.example.org
like 'why one of a subdomain is none' "$out" 'blocked'
rule '{"contacts": "none"}'
works 'none' sync --json
is 'none: who is one stays' "$(named)" 'joe@example.com'
judged 'none, from nothing' '{"contacts": "none"}' ''

# --- large lists ----------------------------------------------------------------------
guests=$(for n in $(seq 1 26); do printf '"g%d@example.com",' "$n"; done)
add "\"from\":\"Ana <$ana>\",\"to\":[${guests%,}],\"labels\":[\"SENT\"],$rule_mail"
many() { sql "SELECT count(*) FROM contact_emails WHERE address_norm ~ '^g[0-9]+@'"; }
judged '26 recipients' '{}' 'kim@example.org lee@example.org'
is '26 recipients: are nobody' "$(many)" 0
judged '26 recipients, and 26 wanted' '{"contact_max_participants": 26}' 'kim@example.org lee@example.org'
is '26 recipients, and 26 wanted: are all' "$(many)" 26

# --- what is no setting ----------------------------------------------------------------
before=$(control GET stats | sed 's/.*"requests":\([0-9]*\).*/\1/')
rule '{"Contacts": "all"}'
call sync --json
is 'a misspelt setting: status' "$status" 1
like 'a misspelt setting: which' "$out" 'setting Contacts: there is none of that name'
is 'a misspelt setting: nothing is asked' \
	$(($(control GET stats | sed 's/.*"requests":\([0-9]*\).*/\1/') - before)) 0
rule '{}'
works 'mended' sync --json
works 'streams' streams
unlike 'a stream that was walked was checked' "$out" 'backfill .* never'

summary

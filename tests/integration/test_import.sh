#!/usr/bin/env bash
# A member's own archive: what its files hold ends up in the tables, once,
# however often, in whatever order and form it comes.
# shellcheck source=tests/integration/import_kit.bash
. "$(dirname "$0")/import_kit.bash"

full_archive "$work/full"
name=Complete_LinkedInDataExport_11-20-2026.zip
zip_of "$work/$name" "$work/full"

# --- the check alone -----------------------------------------------------------------
new_database import_none # has no schema: nobody may ask it
works 'a check needs no database' import linkedin "$work/$name" --check
like 'it tells what it is' "$out" "LinkedIn data archive of $mira, made 2026-11-20"
like 'and what is in it' "$out" 'messages: messages.csv'
unlike 'machines are no people' "$out" guide_messages
works 'a check as JSON' import linkedin "$work/$name" --check --json
is 'one line' "$(wc -l <<<"$out")" 1
like 'with the date' "$out" '"as_of":"2026-11-20T00:00:00'
cp "$work/$name" "$work/Basic_LinkedInDataExport_03-01-2026.zip"
works 'a name and files of one day' import linkedin "$work/Basic_LinkedInDataExport_03-01-2026.zip" --check --json
like 'the minute of the newest file' "$out" '"as_of":"2026-03-01T08:15:30'

# --- the first import ----------------------------------------------------------------
ready import_first
imports 'the first import' "$work/$name" --json
like 'it says so' "$out" '"import":"ok"'
is 'one object' "$(wc -l <<<"$out")" 1
is 'connections' "$(live connection)" 2
is 'messages' "$(live message)" 3
is 'invitations' "$(live invitation)" 2
like 'a hidden connection is counted and makes nobody' "$out" '"hidden-member":1'
is 'text of several lines' "$(sql "SELECT content FROM artifacts WHERE content LIKE 'Lunch%'")" 'Lunch on Friday?
Bring the "deck".'
is 'positions in the self contact' "$(sql "SELECT professional_context::text LIKE '%Nordlys Energi%' FROM contacts WHERE is_self_contact")" t
is 'the account is named after its owner' "$(sql "SELECT account || ' ' || status FROM user_integrations")" "$mira archive"
is 'a run in the log' "$(sql "SELECT trigger || ' ' || mode || ' ' || status FROM sync_logs")" 'import full ok'
is 'no lease is held' "$(leases)" 0
like 'status shows it' "$(sluice status)" "$mira +linkedin +archive"
like 'so do the streams, as what they are' "$(sluice streams)" "archive +yes +imported +(now|[0-9]+ s ago) +${name:0:20}"
unlike 'which no sync has to look at' "$(sluice streams)" never
new_keys "$work/keys"
call --key-file "$work/keys" sync --user $mira
is 'it is never synced' "$status" 0
like 'which is said' "$out" 'imported alone'
call resync --user $mira
is 'nor resynced' "$status" 1
is 'contacts by URL' "$(sql "SELECT count(*) FROM contacts WHERE NOT is_self_contact")" 2

# --- the same again ------------------------------------------------------------------
before=$(written)
imports 'the same again' "$work/$name"
like 'says so' "$out" 'imported before: nothing to do'
is 'and writes nothing at all' "$(written)" "$before"
content "$work/first" >/dev/null
imports 'read again although it was' "$work/$name" --full --json
like 'everything is as it was' "$out" '"created":0,"updated":0'
like 'every message unchanged' "$out" '"table":"messages","read":3,"created":0,"updated":0,"unchanged":3'
content "$work/again" >/dev/null
# but that it is another walk, with rows there before
the_same() { sed -E 's/"(generation|walk_had_rows)": [^,}]*//g' "$1"; }
is 'the tables are the same' "$(diff <(the_same "$work/first") <(the_same "$work/again"))" ''

# --- other forms of the same ---------------------------------------------------------
same_again() { # WHAT ARCHIVE ARGS...: another form of what is there
	imports "$@" --json
	like "$1: nothing is new" "$out" '"created":0,"updated":0,"unchanged":[0-9]+,"deleted":0'
}
mkdir -p "$work/folder"
cp -r "$work/full" "$work/folder/Complete_LinkedInDataExport"
zip_of "$work/folder.zip" "$work/folder"
same_again 'in a folder' "$work/folder.zip" --as-of 2026-11-20
cp -r "$work/full" "$work/suffix"
(cd "$work/suffix" && mv Connections.csv Connections_1234567.csv && mv 'Email Addresses.csv' Email_Addresses.csv &&
	mv messages.csv Messages_1234567.csv && mv Contacts.csv ImportedContacts.csv)
zip_of "$work/11-20-2026.zip" "$work/suffix"
same_again 'with suffixes' "$work/11-20-2026.zip"
cp -r "$work/full" "$work/excel"
(cd "$work/excel" && sed -i -e '1,3d' Connections.csv && sed -i -e 's/12 Mar 2024/2024-03-12/' -e 's/03 Feb 2023/02\/03\/2023/' Connections.csv &&
	sed -i 's/$/\r/' Connections.csv messages.csv && { printf '\xef\xbb\xbf'; cat Connections.csv; } >c && mv c Connections.csv)
zip_of "$work/excel.zip" "$work/excel"
same_again 'saved again by a spreadsheet' "$work/excel.zip" --as-of 2026-11-20

# --- older columns --------------------------------------------------------------------
ready import_old
mkdir "$work/old"
printf '%s\n' 'CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,DATE,SUBJECT,CONTENT,FOLDER' \
	"2-a,,Tobias,$t,Mira,2021-03-01 10:00 UTC,,\"Hi, there\",INBOX" >"$work/old/messages.csv"
printf '%s\n' 'First Name,Last Name,Email Address,Company,Position,Connected On' \
	'Tobias,Lindqvist,,Aurora,Engineer,12 Mar 2020' >"$work/old/Connections.csv"
zip_of "$work/old.zip" "$work/old"
imports 'messages of nine columns, connections without URL' "$work/old.zip" --as-of 2021-04-01 --json
is 'are all there' "$(live message) $(live connection)" '1 1'
is 'the account has no name' "$(sql 'SELECT account FROM user_integrations')" archive

# --- newer, older ---------------------------------------------------------------------
ready import_order
cp -r "$work/full" "$work/newer"
(cd "$work/newer" && sed -i -e 's/Data Engineer/Head of Data/' -e '/Marchetti/d' Connections.csv &&
	printf '%s\n' "\"2-c3ludGhldGljLTE=\",\"\",\"Tobias Lindqvist, PhD\",\"$t\",\"Mira Halvorsen\",\"$m\",\"2026-11-22 10:00:00 UTC\",\"\",\"See you\",\"INBOX\",\"\",\"No\",\"No\"" >>messages.csv)
zip_of "$work/newer.zip" "$work/newer"
imports 'an archive' "$work/$name"
imports 'a newer one' "$work/newer.zip" --as-of 2026-11-24 --json
like 'tells what changed' "$out" '"created":1,"updated":1'
like 'and what is gone' "$out" '"deleted":1'
is 'a new position' "$(sql "SELECT metadata->>'position' FROM artifacts WHERE type = 'linkedin_connection' AND deleted_at IS NULL")" 'Head of Data'
is 'messages' "$(live message)" 4
content "$work/newest" >/dev/null
imports 'the older one last' "$work/$name" --full --json
like 'undoes nothing' "$out" '"created":0,"updated":0'
is 'a connection that is gone stays so' "$(live connection)" 1
is 'so does the position' "$(sql "SELECT metadata->>'position' FROM artifacts WHERE type = 'linkedin_connection' AND deleted_at IS NULL")" 'Head of Data'
cp -r "$work/newer" "$work/header"
(cd "$work/header" && sed -i '5,$d' Connections.csv)
zip_of "$work/header.zip" "$work/header"
imports 'a header without connections' "$work/header.zip" --as-of 2026-11-25 --json
is 'is no list of nothing' "$(live connection)" 1
ready import_reverse
imports 'the newer one first' "$work/newer.zip" --as-of 2026-11-24
imports 'then the older one' "$work/$name"
is 'messages of both' "$(live message)" 4
is 'the order does not matter' "$(sql "SELECT string_agg(coalesce(metadata->>'position', ''), ',') FROM artifacts
	WHERE type = 'linkedin_connection' AND deleted_at IS NULL")" 'Head of Data'

# --- rows that cannot be read ---------------------------------------------------------
ready import_rows
mkdir "$work/rows"
{
	messages_of 600 | sed -e '301s/.*/2-thread1,,Tobias,too,short/' \
		-e '401s/$/,one,cell,too,many/' -e '501s/2026-[0-9-]* [0-9:]* UTC/no date at all/'
} >"$work/rows/messages.csv"
zip_of "$work/rows.zip" "$work/rows"
imports 'bad rows' "$work/rows.zip" --as-of 2026-11-20 --json
like 'are quarantined' "$out" '"quarantined":3'
is 'the others are there' "$(live message)" 597
is 'each by its line' "$(sql "SELECT string_agg(source_id, ' ' ORDER BY source_id) FROM sync_items WHERE state = 'quarantined'")" \
	'messages.csv:301 messages.csv:401 messages.csv:501'
works 'status lists them' status --quarantined
like 'with the reason' "$out" 'more cells than the header has columns'

# --- whose it is ----------------------------------------------------------------------
ready import_owner
imports 'an account of one' "$work/$name"
mkdir "$work/other"
printf '%s\n' 'Email Address,Confirmed,Primary,Updated On' 'ossian@berg.example,Yes,Yes,x' >"$work/other/Email Addresses.csv"
messages_of 3 >"$work/other/messages.csv"
zip_of "$work/other.zip" "$work/other"
before=$(written)
refuse "another person's archive is refused" 1 'archive is of ossian@berg.example.*account is mira' \
	import linkedin "$work/other.zip" --user $mira --as-of 2026-11-20
is 'and nothing is stored' "$(written)" "$before"
imports 'unless it is meant so' "$work/other.zip" --as-of 2026-11-20 --account ossian@berg.example
is 'two accounts' "$(sql 'SELECT count(*) FROM user_integrations')" 2
imports 'then the archive says which one' "$work/other.zip" --as-of 2026-11-20
refuse 'or somebody must' 2 'several accounts of linkedin' import linkedin "$work/rows.zip" --user $mira --as-of 2026-11-20

ready import_named
mkdir "$work/named" "$work/renamed"
head -2 "$work/full/Profile.csv" >"$work/named/Profile.csv"
sed 's/^Mira,Halvorsen/Ossian,Berg/' "$work/named/Profile.csv" >"$work/renamed/Profile.csv"
cp "$work/full/Connections.csv" "$work/named"
cp "$work/full/Connections.csv" "$work/renamed"
zip_of "$work/named.zip" "$work/named"
zip_of "$work/renamed.zip" "$work/renamed"
imports 'an account of a name' "$work/named.zip" --as-of 2026-11-20
is 'is called by it' "$(sql 'SELECT account FROM user_integrations')" 'Mira Halvorsen'
before=$(written)
refuse "an archive of another name is refused" 1 'archive is of Ossian Berg.*account is Mira Halvorsen' \
	import linkedin "$work/renamed.zip" --user $mira --as-of 2026-11-20
is 'and nothing is stored' "$(written)" "$before"
imports 'one of the same name, that tells addresses' "$work/$name"
is 'is of the same account' "$(sql 'SELECT count(*) FROM user_integrations')" 1

# --- dates ----------------------------------------------------------------------------
refuse 'a date that is none' 2 'a date, like' import linkedin "$work/$name" --user $mira --as-of yesterday
refuse 'a day to come' 2 'yet to come' import linkedin "$work/$name" --user $mira --as-of 2199-01-01
refuse 'a day before there was any' 2 'no archive is that old' import linkedin "$work/$name" --user $mira --as-of 1999-12-31
cp "$work/$name" "$work/Basic_LinkedInDataExport_11-20-2199.zip"
call import linkedin "$work/Basic_LinkedInDataExport_11-20-2199.zip" --check
is 'a name of the future' "$status" 0
like 'is doubted' "$err" 'yet to come: it is taken to be of now'
call import linkedin "$work/folder.zip" --check
like 'without a name, the newest file' "$out" 'made 2026-03-01'

# --- usage ----------------------------------------------------------------------------
refuse 'no user' 2 'needs --user' import linkedin "$work/$name"
refuse 'an unknown user' 2 'no user' import linkedin "$work/$name" --user who@example.com
refuse 'an unknown provider' 2 'unknown provider' import myspace "$work/$name" --user $mira
refuse 'a provider without archives' 2 'has no archive' import gmail "$work/$name" --user $mira
refuse 'no file' 2 'No such file' import linkedin "$work/none.zip" --user $mira
refuse 'a folder' 2 'not a file' import linkedin "$work" --user $mira

# --- connect takes it over --------------------------------------------------------------
export connector=linkedin SLUICE_KEY_FILE="$work/keys"
ready import_adopt
start_emulator --seed 7 --account "$mira:5:1"
redirect=http://127.0.0.1:$(free_port)/callback
control POST options "{\"linkedin_redirect_uris\":\"$redirect\",\"linkedin_scopes\":\"openid profile email r_dma_portability_3rd_party\"}" >/dev/null
(umask 077 && printf 'WPL_AP1.emu/secret+=.x==\n' >"$work/secret")
works 'setup' setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/secret" --redirect-uri "$redirect"
imports 'before anything is connected' "$work/$name"
imported=$(sql 'SELECT id FROM user_integrations')
before=$(sql 'SELECT md5(string_agg(xmin::text, $$,$$ ORDER BY id)) FROM artifacts')
connect $mira
is 'connect' "$status" 0
like 'tells of it' "$out" 'What was imported of LinkedIn before'
is 'it is the same account, connected' "$(sql "SELECT id || ' ' || status || ' ' || account FROM user_integrations")" "$imported connected $mira"
is 'whose rows were not touched' "$(sql 'SELECT md5(string_agg(xmin::text, $$,$$ ORDER BY id)) FROM artifacts')" "$before"
imports 'an import finds the connected account' "$work/$name"
like 'which has this archive' "$out" 'imported before'
imports 'a newer one' "$work/newer.zip" --as-of 2026-11-24 --json
is 'is beside the runs of the provider' "$(sql "SELECT count(*) FROM user_integrations WHERE status = 'connected' AND last_error_text IS NULL")" 1
connect $mira
like 'connecting again renews' "$out" 'Reconnected LinkedIn'

ready import_other
setup_again() { sluice setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/secret" --redirect-uri "$redirect" >/dev/null 2>&1; }
setup_again
imports 'an archive' "$work/$name"
sql "UPDATE user_integrations SET account = 'ines@example.org', account_subject = 'archive:ines@example.org'"
sql "DELETE FROM contact_emails e USING contacts c WHERE c.id = e.contact_id AND c.is_self_contact"
connect $mira
is 'connect' "$status" 0
like 'what is of another address stays by itself, and it is said' "$out" "is of ines@example.org and stays by itself.*--account $mira"
is 'there are two accounts' "$(sql "SELECT string_agg(account || ' ' || status, ', ' ORDER BY account) FROM user_integrations")" "ines@example.org archive, $mira connected"
imports 'its archive goes there, if a person says so' "$work/$name" --account $mira
sql "DELETE FROM user_integrations WHERE status = 'connected'; INSERT INTO contact_emails (user_id, contact_id, address)
	SELECT user_id, id, '$mira' FROM contacts WHERE is_self_contact ON CONFLICT DO NOTHING"
connect $mira
like 'an address that the archive tells as its own is no other person' "$out" 'What was imported of LinkedIn before is this'

# --- leaving --------------------------------------------------------------------------
export PGDATABASE=import_owner
export SLUICE_DATABASE_URL=${SLUICE_DATABASE_URL/import_other/import_owner}
works 'disconnect --erase' disconnect linkedin --user $mira --account $mira --erase
is 'takes all that was imported' "$(sql "SELECT count(*) FROM artifacts a JOIN user_integrations i ON i.id = a.integration_id WHERE i.account = '$mira'")" 0
summary

# Shared by the shell tests of `sluice import`: archives made of a few files,
# and what must be equal whatever happened on the way.
# shellcheck shell=bash
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "${BASH_SOURCE[0]}")/fault_kit.bash"
make_zip=$build/tests/integration/make_zip
mira=mira@fjord.example
m=https://www.linkedin.com/in/mira-halvorsen
t=https://www.linkedin.com/in/tobias-lindqvist-x1
z=https://www.linkedin.com/in/zoe-marchetti

# An archive as LinkedIn makes it: preamble, both styles of quoting, text of
# several lines, a connection that hides, no newline at the end of files.
full_archive() { # DIR
	mkdir -p "$1/Jobs"
	printf '%s\n' 'First Name,Last Name,Maiden Name,Address,Birth Date,Headline,Summary,Industry,Zip Code,Geo Location,Twitter Handles,Websites,Instant Messengers' \
		'Mira,Halvorsen,,,,Grid analyst,,Utilities,0150,"Oslo, Norway",[mirah],[PERSONAL:https://mira.example],' >"$1/Profile.csv"
	printf '%s\n' 'Email Address,Confirmed,Primary,Updated On' \
		'mira.old@fjord.example,Yes,No,Not Available' \
		"$mira,Yes,Yes,Not Available" >"$1/Email Addresses.csv"
	printf '%s\n' 'Company Name,Title,Description,Location,Started On,Finished On' \
		$'Nordlys Energi,Grid analyst,"Forecasting,\nreporting",Oslo,Jan 2024,' \
		'Fjordkraft Lab,Intern,,Bergen,Jun 2021,Dec 2021' >"$1/Positions.csv"
	printf '%s\n' 'From,To,Sent At,Message,Direction,inviterProfileUrl,inviteeProfileUrl' \
		"Mira Halvorsen,Ossian Berg,\"10/28/26, 4:05 PM\",,OUTGOING,$m,https://www.linkedin.com/in/ossian-berg" \
		"Ida Novak,Mira Halvorsen,\"9/3/26, 11:20 AM\",\"Hi Mira, we met in Oslo\",INCOMING,https://www.linkedin.com/in/ida-novak,$m" >"$1/Invitations.csv"
	printf '%s\n' 'Notes:' \
		'"Synthetic preamble: addresses are hidden for some people, details at https://www.linkedin.com/help/synthetic, end of note"' '' \
		'First Name,Last Name,URL,Email Address,Company,Position,Connected On' \
		"Tobias,\"Lindqvist, PhD\",$t,,\"Aurora Grid, AB\",Data Engineer,12 Mar 2024" \
		"Zoé,Marchetti,$z,Zoe@Marchetti.example,\"Marchetti \"\"M\"\" Figli\",CFO,03 Feb 2023" >"$1/Connections.csv"
	printf ',,,,,,07 Jun 2022' >>"$1/Connections.csv"
	printf '%s\n' 'Source,FirstName,LastName,Companies,Title,Emails,PhoneNumbers,CreatedAt,Addresses,Sites,InstantMessageHandles,FullName,Birthday,Location,BookmarkedAt,Profiles' \
		'GOOGLE,Ida,Novak,Novak Design,,ida@novak.example,,"1/5/20, 9:00 AM",,,,Ida Novak,,,,' >"$1/Contacts.csv"
	printf '%s\n' '"CONVERSATION ID","CONVERSATION TITLE","FROM","SENDER PROFILE URL","TO","RECIPIENT PROFILE URLS","DATE","SUBJECT","CONTENT","FOLDER","ATTACHMENTS","IS MESSAGE DRAFT","IS CONVERSATION DRAFT"' \
		"\"2-c3ludGhldGljLTE=\",\"\",\"Tobias Lindqvist, PhD\",\"$t\",\"Mira Halvorsen, Zoé Marchetti\",\"$m,$z\",\"2026-11-02 09:14:05 UTC\",\"\",\"Lunch on Friday?
Bring the \"\"deck\"\".\",\"INBOX\",\"\",\"No\",\"No\"" \
		"\"2-c3ludGhldGljLTE=\",\"\",\"Mira Halvorsen\",\"$m\",\"Tobias Lindqvist, PhD\",\"$t\",\"2026-11-02 09:20:00 UTC\",\"\",\"Gladly\",\"INBOX\",\"\",\"No\",\"No\"" \
		"\"2-c3ludGhldGljLTI=\",\"Offer\",\"LinkedIn Member\",\"\",\"Mira Halvorsen\",\"$m\",\"2024-03-12 08:15:30 UTC\",\"Hello\",\"<p class=\"\"spinmail-quill-editor__spin-break\"\">Hi</p>\",\"SPAM\",\"\",\"No\",\"No\"" \
		>"$1/messages.csv"
	printf '"%s"\n' 'CONVERSATION ID","CONVERSATION TITLE","FROM' >"$1/guide_messages.csv"
	printf 'Name\nC\n' >"$1/Skills.csv"
	printf 'x\n' >"$1/Jobs/Saved Jobs.csv"
}
# messages_of N [TEXT]: messages.csv of a style without quotes
messages_of() {
	echo 'CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER'
	awk -v n="$1" -v text="${2:-message}" -v t="$t" -v m="$m" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf "2-thread%d,,Tobias,%s,Mira,%s,2026-%02d-%02d %02d:%02d:%02d UTC,,%s %d,INBOX\n",
				i % 7, t, m, i / 86400 % 10 + 1, i / 3600 % 24 + 1,
				i / 600 % 24, i / 60 % 60, i % 60, text, i
	}'
}
zip_of() { # OUT DIR [WHAT]
	(cd "$2" && find . -type f -printf '%P\n' | LC_ALL=C sort) | "$make_zip" "$@"
}

# A database with a user, and nothing else; sluice needs no keys to import.
ready() { # DATABASE
	migrated_database "$1"
	works "$1: a user" user add --email $mira
	sql "CREATE SCHEMA IF NOT EXISTS crash" 2>/dev/null
	sql 'DROP SCHEMA crash CASCADE' 2>/dev/null
	psql -Xq -v ON_ERROR_STOP=1 -v first_come=0 -f "$kit/../crash/dump.sql"
}
# All tables, canonical: what two ways must have in common.
content() { # [FILE]
	sql 'SELECT line FROM crash.dump ORDER BY line' >"${1:-$work/content}"
	md5sum <"${1:-$work/content}"
}
# Every row of every table with the transaction that wrote it.
written() {
	sql "SELECT md5(string_agg(x, ',' ORDER BY x)) FROM (
		SELECT rel || xmin::text AS x FROM crash.written
		UNION ALL SELECT 's' || xmin::text FROM sync_state
		UNION ALL SELECT 'l' || xmin::text FROM sync_logs
		UNION ALL SELECT 'c' || xmin::text FROM sluice.schedule) w"
}
live() { # TYPE: how many there are
	sql "SELECT count(*) FROM artifacts WHERE type = 'linkedin_$1' AND deleted_at IS NULL"
}
import() { # ARCHIVE ARGS...
	call import linkedin "$@" --user $mira
}
imports() { # WHAT ARCHIVE ARGS...
	local what=$1
	shift
	works "$what" import linkedin "$@" --user $mira
}

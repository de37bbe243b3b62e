# The scenarios of the crash tests. Each has
#   world_NAME  starts the emulator
#   given_NAME  brings database and emulator to where the run begins
#   run_NAME    the run that is disturbed, under the library: DO AT
#   resume_NAME the run after it
#   repeat_NAME the one that finds nothing (default: a sync)
#   again_NAME  brings the emulator back to there, before each try
# Small on purpose: every step of each is tried.
# shellcheck shell=bash disable=SC2034  # $start and others are the kit's
all_scenarios=(walk pages changes resync breaker held tokens streams mail worker connect)
# member and member_changes, of many streams, have jobs of their own.

world() { # SPEC
	start_emulator --seed 11 --now 2026-11-20T08:00:00Z --account "$ana:$1"
}
run_sync() { with_steps "$1" "$2" sync; }
synced() {
	call sync
	[ "$status" = 0 ] || not_ok "$name: first sync" "$out $err"
}
edit() { control POST event "{\"account\":\"$ana\",$1}" >/dev/null; }
expire() { control POST expire "{\"account\":\"$ana\",\"what\":\"$1\"${2:+,\"calendar\":\"$2\"}}" >/dev/null; }
some_ids() { # how many single events of the first calendar
	sql "SELECT source_id FROM artifacts WHERE stream_key = '$ana' AND deleted_at IS NULL
		AND metadata->>'recurrence_kind' = 'single' ORDER BY source_id LIMIT $1"
}

# The first walk of an account with two calendars.
world_walk() { world 24:2 && first_come=1; }
given_walk() { :; }
run_walk() { run_sync "$@"; }
resume_walk() { call sync; }
again_walk() { :; }

# A walk of several pages, one of which holds an event that the database
# refuses: it is found by bisection and quarantined, its neighbours are stored.
world_pages() { world 24:1; }
given_pages() {
	sql "ALTER TABLE artifacts ADD CONSTRAINT hostile CHECK (title <> 'hostile')"
	control POST options '{"page_max_bytes":12000}' >/dev/null
	edit '"op":"create","body":{"id":"hostile1","summary":"hostile",
		"start":{"dateTime":"2026-11-10T10:00:00Z"},"end":{"dateTime":"2026-11-10T11:00:00Z"}}'
	truth_holds=0
}
run_pages() { run_sync "$@"; }
resume_pages() { call sync; }
again_pages() { :; }

# Events created, moved, changed, cancelled and deleted since the last sync.
world_changes() { world 40:2 && first_come=1; }
given_changes() {
	local ids other
	synced
	mapfile -t ids < <(some_ids 4)
	other=$(sql "SELECT key FROM sync_state WHERE kind = 'events' AND key <> '$ana' LIMIT 1")
	edit '"op":"create","body":{"id":"created1","summary":"New",
		"start":{"dateTime":"2026-11-10T10:00:00Z"},"end":{"dateTime":"2026-11-10T11:00:00Z"},
		"organizer":{"email":"'$ana'","self":true},
		"attendees":[{"email":"'$ana'","self":true,"organizer":true,"responseStatus":"accepted"},
			{"email":"new.face@example.org","displayName":"New Face","responseStatus":"accepted"}]}'
	edit "\"op\":\"update\",\"id\":\"${ids[0]}\",\"body\":{\"summary\":\"Renamed\"}"
	edit "\"op\":\"update\",\"id\":\"${ids[1]}\",\"body\":{
		\"start\":{\"dateTime\":\"2026-11-11T10:00:00Z\"},\"end\":{\"dateTime\":\"2026-11-11T11:00:00Z\"}}"
	edit "\"op\":\"cancel\",\"id\":\"${ids[2]}\""
	edit "\"op\":\"move\",\"id\":\"${ids[3]}\",\"to\":\"$other\""
	edit "\"op\":\"cancel\",\"id\":\"$(sql "SELECT source_id FROM artifacts WHERE stream_key = '$ana'
		AND metadata->>'recurrence_kind' = 'master' ORDER BY source_id LIMIT 1")\""
}
run_changes() { run_sync "$@"; }
resume_changes() { call sync; }
again_changes() { :; }

# The sync token has expired, and some events are gone without a trace: the
# walk that follows sweeps them.
world_resync() { world 30:1; }
given_resync() {
	local id
	synced
	for id in $(some_ids 3); do
		edit "\"op\":\"purge\",\"id\":\"$id\""
	done
	expire sync_tokens
}
run_resync() { run_sync "$@"; }
resume_resync() { call sync; }
again_resync() { :; }

# So many are gone that samples are read before the sweep goes on.
world_breaker() { world 140:1; }
given_breaker() {
	local id
	synced
	for id in $(some_ids 60); do
		edit "\"op\":\"purge\",\"id\":\"$id\""
	done
	expire sync_tokens
}
run_breaker() { run_sync "$@"; }
resume_breaker() { call sync; }
again_breaker() { :; }

# Nothing is gone, the provider only lists nothing: the sweep is held back.
world_held() { world 140:1; }
given_held() {
	synced
	expire sync_tokens
	control POST fault '{"kind":"body_patch","match":"/calendars/primary/events",
		"not_query":"syncToken","patch":{"items":[]}}' >/dev/null
	truth_holds=0
}
run_held() { run_sync "$@"; }
resume_held() { call sync; }
again_held() { :; }

# The access token dies in the middle of the run; the refresh token rotates,
# and the old one lives until the new one is used.
world_tokens() { world 20:1; }
given_tokens() {
	synced
	edit '"op":"create","body":{"id":"created1","summary":"New",
		"start":{"dateTime":"2026-11-10T10:00:00Z"},"end":{"dateTime":"2026-11-10T11:00:00Z"}}'
	expire access_tokens
	control POST options '{"rotate":true,"rotate_grace":true}' >/dev/null
	control POST grants '{"op":"save"}' >/dev/null
}
run_tokens() { run_sync "$@"; }
resume_tokens() { call sync; }
again_tokens() { control POST grants '{"op":"restore"}' >/dev/null; }

# One calendar has come, another has gone.
world_streams() { world 30:3 && first_come=1; }
given_streams() {
	local key
	synced
	key=$(sql "SELECT key FROM sync_state WHERE kind = 'events' AND key <> '$ana' ORDER BY key LIMIT 1")
	control POST calendar "{\"account\":\"$ana\",\"calendar\":\"$key\",\"op\":\"remove\"}" >/dev/null
	control POST calendar "{\"account\":\"$ana\",\"calendar\":\"added@group.calendar.google.com\",\"op\":\"add\",\"events\":6}" >/dev/null
}
run_streams() { run_sync "$@"; }
resume_streams() { call sync; }
again_streams() { :; }

# A mailbox whose listing was begun, and what happened to messages known and
# unknown since: the changes come first, then the rest of its pages, threads
# among them. Nothing is known of the messages that were not read.
world_mail() {
	start_emulator --seed 12 --now 2026-11-20T08:00:00Z --mailbox "$ana:16:3"
	connector=gmail first_come=1
	mail_option '{"mail_page_max":6}'
}
mail_option() { control POST options "$1" >/dev/null; }
mail() { control POST mail "{\"account\":\"$ana\",$1}" >/dev/null; }
given_mail() {
	local known unknown
	# the first page is stored, the second one is not to be had
	control POST fault '{"kind":"status","status":403,"reason":"accessNotConfigured",
		"info":"SERVICE_DISABLED","match":"/messages","query":"pageToken="}' >/dev/null
	call sync
	mapfile -t known < <(sql "SELECT source_id FROM artifacts WHERE deleted_at IS NULL ORDER BY source_id LIMIT 5")
	mapfile -t unknown < <(control GET "mail?account=$ana&ids=1" | tail -n 2)
	mail "\"op\":\"trash\",\"id\":\"${known[0]}\""
	call sync # which tells of the trash alone
	control DELETE fault >/dev/null
	is 'mail: known, unknown and in the trash' "$(sql "SELECT (count(*) > 3) || ' ' ||
		count(*) FILTER (WHERE source_id = ANY ('{${unknown[0]},${unknown[1]}}')) || ' ' ||
		count(*) FILTER (WHERE deleted_at IS NOT NULL AND source_id = '${known[0]}') FROM artifacts")" 'true 0 1'
	mail "\"op\":\"labels\",\"id\":\"${known[1]}\",\"add\":[\"STARRED\"]"
	mail "\"op\":\"delete\",\"id\":\"${known[2]}\""
	mail "\"op\":\"untrash\",\"id\":\"${known[0]}\""
	mail "\"op\":\"delete\",\"id\":\"${unknown[0]}\""
	mail '"op":"add","from":"New Face <new.face@example.org>","subject":"New","text":"Hi"'
}
run_mail() { run_sync "$@"; }
resume_mail() { call sync; }
again_mail() { :; }
# The ids, threads and labels that a perfect client holds.
difference_mail() {
	truth_from "mail?account=$ana"
	sql "SELECT 'missing ' || count(*) FILTER (WHERE a.source_id IS NULL) ||
		' extra ' || count(*) FILTER (WHERE j IS NULL) ||
		' other ' || count(*) FILTER (WHERE j->>'threadId' <> a.thread_id
			OR ${labels_hold:-true} AND NOT (a.labels @> l.labels AND a.labels <@ l.labels))
	FROM crash.truth CROSS JOIN LATERAL (SELECT ARRAY(
		SELECT jsonb_array_elements_text(j->'labelIds')) AS labels) l
	FULL JOIN (SELECT * FROM artifacts WHERE type = 'email' AND deleted_at IS NULL) a ON a.source_id = j->>'id'"
	sql 'DROP TABLE crash.truth'
}

# A worker takes what is due of two accounts of one consent, one run after the
# other: a calendar's changes, new mail, and, in the lane of its own, the rest of
# the old mail. When nothing is due any more it is told to stop, and drains. After
# its death another worker of this host, or a cron line, takes over at once,
# whatever time its lease still has.
world_worker() {
	start_emulator --seed 13 --now 2026-11-20T08:00:00Z --account "$ana:12:1" --mailbox "$ana:7:3"
	connector=google first_come=1
	mail_option '{"mail_page_max":4}'
}
given_worker() {
	# of the mailbox the first page is stored, the second one is not to be had
	control POST fault '{"kind":"status","status":403,"reason":"accessNotConfigured",
		"info":"SERVICE_DISABLED","match":"/messages","query":"pageToken="}' >/dev/null
	call sync
	call sync
	control DELETE fault >/dev/null
	is 'worker: a mailbox of which a part is here' "$(sql "SELECT string_agg(state, ' ') FROM sync_state
		WHERE kind = 'backfill'")" walking
	edit '"op":"create","body":{"id":"created1","summary":"New",
		"start":{"dateTime":"2026-11-10T10:00:00Z"},"end":{"dateTime":"2026-11-10T11:00:00Z"}}'
	mail '"op":"add","from":"New Face <new.face@example.org>","subject":"New","text":"Hi"'
	sql "UPDATE sluice.schedule SET next_run_at = sluice.clock(), not_before = NULL,
		backfill_at = CASE WHEN provider = 'gmail' THEN sluice.clock() END"
	sql 'UPDATE sync_state SET not_before = NULL'
}
run_worker() {
	with_steps_begin "$1" "$2" worker --runs 1 --workers 1 --poll 60s
	drain_worker
	with_steps_end
}
# It has begun, nothing is due, nothing is under way: SIGTERM.
drain_worker() {
	local i
	for ((i = 0; i < 4000; i++)); do
		kill -0 "$steps_pid" || return 0
		grep -q worker-started "$work/err" || {
			sleep 0.02
			continue
		}
		ask "SELECT count(*) FROM sluice.schedule WHERE lease_until IS NOT NULL
			OR least(next_run_at, backfill_at) <= sluice.clock() OR resync_no > resync_done_no"
		[ "$answer" != 0 ] || break
		sleep 0.01
	done
	kill -TERM "$steps_pid"
} 2>&"$quiet_stderr"
resume_worker() {
	if [ $((${killed:-0} % 2)) = 0 ]; then
		call sync --due
	else
		run_worker '' 0
	fi
}
again_worker() { :; }
difference_worker() { # of both
	local mail
	mail=$(difference_mail)
	[ "$(difference_calendar)" = "$mail" ] && echo "$mail"
}

# A member's archive, of which a newer one takes a connection away: three
# tables, one of them of two chunks, a row that cannot be read, a sweep.
# Another stop in it is another step of the same walk.
world_import() {
	start_emulator --seed 11 --now 2026-11-20T08:00:00Z
	truth_holds=0
}
given_import() {
	local n dir=$work/archive person=https://www.linkedin.com/in
	mkdir -p "$dir"
	printf '%s\n' 'Email Address,Confirmed,Primary,Updated On' "$ana,Yes,Yes,x" >"$dir/Email Addresses.csv"
	{
		echo 'First Name,Last Name,URL,Email Address,Company,Position,Connected On'
		for n in 1 2 3; do echo "P$n,Q,$person/p-$n,p$n@example.org,C,D,0$n Mar 2024"; done
		echo 'No,Date,,,,,x'
	} >"$dir/Connections.csv"
	import_archive "$dir" 11-10-2026
	sed -i -e '/^P3/d' -e '/^No/d' -e '2s/,C,/,E,/' "$dir/Connections.csv"
	{
		echo 'CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER'
		for ((n = 0; n < 505; n++)); do
			echo "2-t$((n % 3)),,P,$person/p-$((n % 2 + 1)),Ana,$person/ana,2026-11-10 10:$((n / 60 + 10)):$((n % 60 / 10))$((n % 10)) UTC,,text $n,INBOX"
		done
		echo '2-t1,,P,too,short'
	} >"$dir/messages.csv"
	(cd "$dir" && printf '%s\n' Connections.csv 'Email Addresses.csv' messages.csv) |
		"$build/tests/integration/make_zip" "$work/11-19-2026.zip" "$dir"
}
import_archive() { # DIR DAY
	(cd "$1" && find . -type f -printf '%P\n' | LC_ALL=C sort) |
		"$build/tests/integration/make_zip" "$work/$2.zip" "$1"
	call import linkedin "$work/$2.zip" --user $ana
	[ "$status" = 0 ] || not_ok "$name: first import" "$out $err"
}
run_import() { with_steps "$1" "$2" import linkedin "$work/11-19-2026.zip" --user $ana; }
resume_import() { call import linkedin "$work/11-19-2026.zip" --user $ana; }
repeat_import() { resume_import; }
again_import() { :; }

# Consent, and all that it stores.
world_connect() { world 12:1; }
given_connect() { truth_holds=0; }
run_connect() {
	status=0
	with_steps_begin "$1" "$2" connect google_calendar --no-browser --user $ana
	{
		until url=$(grep -m 1 '^http' "$work/out") ||
			! kill -0 "$steps_pid" 2>/dev/null; do
			sleep 0.02
		done
	} 2>&"$quiet_stderr"
	[ -z "$url" ] || curl -sSL -m 20 -o "$work/page" "$url" 2>>"$work/browser.err"
	with_steps_end
}
resume_connect() {
	connect $ana
	forget "$connect_pid"
}
again_connect() { :; }

# The first sync of a member of LinkedIn: the changes since the consent, and
# every domain of the snapshot.
world_member() {
	start_emulator --seed 7 --member "$ana:8:12:3:2:1"
	connector=linkedin first_come=2
	export SLUICE_QUOTA=off # a pace of our own would be waited for
}
member() { control POST linkedin "{\"account\":\"$ana\",\"op\":$1}" >/dev/null; }
given_member() { member "\"consent\",\"at\":\"$(date -u -d '-20 days' +%FT%TZ)\""; }
run_member() { run_sync "$@"; }
resume_member() { call sync; }
again_member() { :; }
# Messages by second, thread and text (advertisements are HTML there),
# connections by day and profile; the profiles of closed members are not told.
difference_member() {
	truth_from "linkedin?account=$ana&what=messages"
	sql 'ALTER TABLE crash.truth RENAME TO messages'
	truth_from "linkedin?account=$ana&what=connections"
	sql "INSERT INTO crash.truth SELECT j FROM crash.messages; DROP TABLE crash.messages"
	sql "WITH advertised AS (
		SELECT DISTINCT j->>'thread' AS thread FROM crash.truth WHERE j->>'kind' = 'sponsored'
	), own AS (
		SELECT h.value_norm FROM contact_handles h
		JOIN contacts c ON c.id = h.contact_id WHERE c.is_self_contact
	), want AS (
		SELECT to_timestamp((j->>'second')::bigint)::text AS at, j->>'thread' AS what,
			CASE WHEN j->>'kind' = 'sponsored' THEN '' ELSE coalesce(j->>'text', '') END AS text
		FROM crash.truth WHERE j->>'type' = 'linkedin_message' AND NOT (j->>'deleted')::boolean
		UNION ALL
		SELECT j->>'date', sluice.handle_norm(j->>'url'), ''
		FROM crash.truth WHERE j->>'type' = 'linkedin_connection'
			AND NOT (j->>'deleted')::boolean AND j->>'url' IS NOT NULL
	), have AS (
		SELECT occurred_at::text AS at, thread_id AS what,
			CASE WHEN thread_id IN (SELECT thread FROM advertised) THEN '' ELSE coalesce(content, '') END AS text
		FROM artifacts WHERE type = 'linkedin_message' AND deleted_at IS NULL
		UNION ALL
		SELECT start_date::text, (SELECT min(p.value_norm) FROM artifact_participants p
			WHERE p.artifact_id = a.id AND p.kind = 'handle'
				AND p.value_norm NOT IN (SELECT value_norm FROM own)), ''
		FROM artifacts a WHERE type = 'linkedin_connection' AND deleted_at IS NULL
	)
	SELECT 'missing ' || (SELECT count(*) FROM (TABLE want EXCEPT ALL TABLE have) x) ||
		' extra ' || (SELECT count(*) FROM (TABLE have EXCEPT ALL TABLE want) x) || ' other 0'"
	sql 'DROP TABLE crash.truth'
}

# A week later: messages came, were edited and deleted, three connections are
# lost, and the snapshot is read in full again.
world_member_changes() { world_member && first_come=0; }
given_member_changes() {
	local known url
	given_member
	sql "UPDATE user_integrations SET settings = settings || '{\"domains\":\"connections,inbox\"}'"
	synced
	mapfile -t known < <(control GET "linkedin?account=$ana&what=messages" |
		grep '"deleted": *false' | grep '"kind": *"pair"' | grep changelog |
		sed -n 's/.*"resource": *"\([^"]*\)".*/\1/p')
	is 'member_changes: messages to edit and delete' $((${#known[@]} > 2)) 1
	member "\"edit\",\"message\":\"${known[0]}\",\"text\":\"Another text\""
	member "\"delete\",\"message\":\"${known[1]}\",\"content\":false"
	mapfile -t url < <(control GET "linkedin?account=$ana&what=connections" |
		grep '"deleted": *false' | sed -n 's/.*"url": *"\([^"]*\)".*/\1/p')
	member "\"receive\",\"person\":\"${url[3]}\",\"text\":\"Lunch on Friday?\""
	member "\"send\",\"person\":\"${url[3]}\",\"text\":\"With pleasure\""
	member "\"disconnect\",\"person\":\"${url[0]}\""
	member "\"disconnect\",\"person\":\"${url[1]}\""
	member "\"disconnect\",\"person\":\"${url[2]}\""
	sql "UPDATE sync_state SET checked_at = checked_at - interval '7 days', cursor = cursor || jsonb_build_object(
			'at', (cursor ->> 'at')::bigint - 7 * 86400000::bigint,
			'max', (cursor ->> 'max')::bigint - 7 * 86400000::bigint,
			'snapshots', (cursor ->> 'snapshots')::bigint - 7 * 86400000::bigint)
		WHERE kind = 'changelog'"
	sleep 0.6 # until LinkedIn has processed it
}
run_member_changes() { run_sync "$@"; }
resume_member_changes() { call sync; }
again_member_changes() { :; }
difference_member_changes() { difference_member; }

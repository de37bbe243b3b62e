#!/usr/bin/env bash
# One member by two roads: what the API and the archive both carry is the same
# in the tables whichever of them brought it, in whatever order, an older
# archive last, killed at points drawn at random on the way.
#
#   SEED=n           the same kill points again
#   MEMBER=C:M       so many connections and messages [1000:8000; THOROUGH=1,
#                    as in make torture: 5000:40000]
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
member=${MEMBER:-${THOROUGH:+5000:40000}}
member=${member:-1000:8000}
seed=${SEED:-$((($(date +%s) ^ $$) % 32768))}
RANDOM=$seed
echo "# seed $seed"
export SLUICE_QUOTA=off LC_ALL=C
steps=$build/tests/crash/steps.so
[ -f "$steps" ] || {
	echo "Bail out! no $steps: make tests-build"
	exit 1
}
export connector=linkedin
start_emulator --seed 7 --member "$ana:$member"
redirect=http://127.0.0.1:$(free_port)/callback
control POST options "{\"linkedin_redirect_uris\":\"$redirect\",\"linkedin_scopes\":\"openid profile email r_dma_portability_3rd_party\",\"linkedin_page_rows\":500}" >/dev/null
(umask 077 && printf 'WPL_AP1.emu/secret+=.x==\n' >"$work/secret")
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
changes() { control POST linkedin "{\"account\":\"$ana\",$1}" >/dev/null; }
archive() { # FILE STYLE [AT]
	curl -fsS -o "$1" "$google/_control/archive?account=$ana&style=$2${3:+&at=$3}"
}
ago() { date -u -d "-$1" +%FT%TZ; } # 20 days

# --- what there is at LinkedIn ----------------------------------------------
changes "\"op\":\"consent\",\"at\":\"$(ago '20 days')\""
archive "$work/older.zip" no_preamble "$(ago '10 days')"
changes '"op":"random","count":200,"seed":3'
archive "$work/newer.zip" complete
for what in messages connections invitations; do
	control GET "linkedin?account=$ana&what=$what" >"$work/truth.$what"
done

# --- what is in the tables --------------------------------------------------
fresh() { # NAME: a database with the truth in it, and the user
	migrated_database "roads_$1"
	sluice user add --email $ana >/dev/null
	sluice setup linkedin --client-id emu-linkedin-app --client-secret-file "$work/secret" --redirect-uri "$redirect" >/dev/null 2>&1
	sql 'CREATE TABLE truth (j jsonb)' 2>/dev/null
	cat "$work"/truth.* | psql -Xq -v ON_ERROR_STOP=1 -c \
		"COPY truth FROM STDIN (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"
	sql "CREATE TABLE all_times AS
		SELECT j ->> 'type' AS type, CASE j ->> 'type' WHEN 'linkedin_connection'
				THEN extract(epoch FROM (j ->> 'date')::date)::bigint
			WHEN 'linkedin_invitation' -- both roads tell the minute
				THEN (j ->> 'second')::bigint / 60 * 60
				ELSE (j ->> 'second')::bigint END AS second,
			coalesce(j ->> 'thread', '') AS thread,
			coalesce(sluice.handle_norm(coalesce(j ->> 'counterpart', j ->> 'url')), '') AS who,
			CASE WHEN j ->> 'kind' = 'sponsored' THEN '' -- HTML there
				ELSE coalesce(j ->> 'text', '') END AS text,
			(j ->> 'deleted')::boolean IS NOT TRUE
				AND j -> 'roads' @> '[\"snapshot\", \"archive\"]' AS by_both
		FROM truth
		WHERE j -> 'url' IS DISTINCT FROM 'null'" # of members who hide
	sql 'CREATE TABLE both_roads AS SELECT type, second, thread, who, text FROM all_times WHERE by_both'
	sql "CREATE TABLE once AS SELECT type, second, thread, who, count(*) AS n
		FROM all_times GROUP BY type, second, thread, who"
}
# The same of the tables: the one other person, if there is one.
project() {
	sql "SET enable_nestloop = off; DROP TABLE IF EXISTS here; CREATE TABLE here AS
		WITH own AS MATERIALIZED (
			SELECT h.value_norm FROM contact_handles h
			JOIN contacts c ON c.id = h.contact_id WHERE c.is_self_contact
		), others AS MATERIALIZED (
			SELECT p.artifact_id, count(DISTINCT coalesce(l.profile, p.value_norm)) AS n,
				min(coalesce(l.profile, p.value_norm)) AS who
			FROM artifact_participants p
			LEFT JOIN sluice.handle_links l ON l.handle = p.value_norm
			WHERE p.kind = 'handle' AND p.value_norm NOT IN (SELECT value_norm FROM own)
			GROUP BY p.artifact_id
		)
		SELECT a.type, CASE a.type WHEN 'linkedin_connection'
				THEN extract(epoch FROM a.start_date)::bigint
				ELSE extract(epoch FROM a.occurred_at)::bigint END AS second,
			coalesce(a.thread_id, '') AS thread,
			CASE WHEN o.n = 1 THEN o.who ELSE '' END AS who,
			CASE WHEN EXISTS (SELECT FROM truth t WHERE t.j ->> 'kind' = 'sponsored'
					AND t.j ->> 'thread' = a.thread_id) THEN ''
				ELSE coalesce(a.content, '') END AS text
		FROM artifacts a LEFT JOIN others o ON o.artifact_id = a.id
		WHERE a.deleted_at IS NULL"
}
# holds TITLE: all that both roads carry is here, once, as it is there; what
# else is here is told by type.
holds() {
	project
	is "$1: what both roads carry is here" "$(sql 'SELECT type, second, thread, who, text
		FROM both_roads EXCEPT ALL SELECT type, second, thread, who, text FROM here LIMIT 3')" ''
	extra=$(sql 'SELECT string_agg(type || chr(32) || n, chr(44)) FROM (SELECT type, count(*) AS n FROM (
		SELECT type, second, thread, who, text FROM here
		EXCEPT ALL SELECT type, second, thread, who, text FROM both_roads) x GROUP BY type ORDER BY type) y')
	echo "# $1: of one road alone: ${extra:-nothing}"
	is "$1: nothing that never was, none twice" "$(sql "SELECT h.* FROM here h
		LEFT JOIN once o USING (type, second, thread, who)
		GROUP BY h.type, h.second, h.thread, h.who, h.text, o.n
		HAVING o.n IS NULL OR count(*) > o.n LIMIT 3")" ''
}
# run_killed ARGS...: sluice, killed at steps drawn at random, until it is done
killed=0
run_killed() {
	local got pid
	for _ in 1 2 3; do
		got=0
		env LD_PRELOAD="$steps" STEPS_DO=kill STEPS_AT=$((100 + RANDOM % 900)) STEPS_LOG=/dev/null \
			sluice "$@" >"$work/out" 2>>"$work/run.err" </dev/null &
		pid=$!
		# bash tells of a killed one on its own stderr
		{ wait "$pid" || got=$?; } 2>>"$work/shell.err"
		[ "$got" = 137 ] || return "$got"
		killed=$((killed + 1))
	done
	timeout 300 sluice "$@" >"$work/out" 2>>"$work/run.err" </dev/null
}
by_api() { # TITLE
	connect $ana
	is "$1: connect" "$status" 0
	run_killed sync --provider linkedin || not_ok "$1: sync" "$(cat "$work/out" "$work/run.err")"
}
by_archive() { # TITLE ARCHIVE
	run_killed import linkedin "$work/$2.zip" --user $ana ||
		not_ok "$1: import" "$(cat "$work/out" "$work/run.err")"
}

fresh api
by_api 'the API alone'
holds 'the API alone'
is 'the API alone: nothing else' "$extra" ''
fresh archive
by_archive 'the archive alone' newer
holds 'the archive alone'
is 'the archive alone: nothing else' "$extra" ''
by_archive 'an older one last' older
holds 'the archive alone, an older one last'
unlike 'the archive alone, an older one last: no connection comes back' "$extra" connection
fresh archive_api
by_archive 'the archive first' newer
by_api 'the API after it'
holds 'the archive, then the API'
is 'the archive, then the API: nothing else' "$extra" ''
fresh api_archive
by_api 'the API first'
by_archive 'the archive after it' newer
holds 'the API, then the archive'
is 'the API, then the archive: nothing else' "$extra" ''
by_archive 'an older one last' older
holds 'both, an older one last'
unlike 'both, an older one last: no connection comes back' "$extra" connection
echo "# killed $killed times"
summary

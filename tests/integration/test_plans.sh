#!/usr/bin/env bash
# With 100,000 integrations and a million artifacts no statement of the gateway
# scans a table: every file of state/sql is planned, as unnamed statements are
# (by its values) and as cached ones are (by none), and all that its functions
# and triggers run is planned where they are called. Exempt are those named here.
#
# The rows are a hundredth; the files of tables and indexes are made as long as
# all rows would make them (sparse, pages without a row), and the counts are
# multiplied. The planner asks for nothing else.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$here" || exit 1
database=plans_$$
psql -Xqc "CREATE DATABASE $database" || exit 1
export PGDATABASE=$database
unset SLUICE_DATABASE_URL SLUICE_DIRECT_URL
sql() { psql -XAtq -v ON_ERROR_STOP=1 "$@"; }
sluice migrate >"$work/migrate" 2>&1 || not_ok 'migrations' "$(cat "$work/migrate")"
sql -f tests/integration/plans.sql

# --- as long as it would be ----------------------------------------------------
times=100
sql -c "DO \$\$ DECLARE t regclass; BEGIN
	FOR t IN SELECT c.oid FROM pg_class c WHERE c.relkind = 'r'
		AND c.relnamespace IN ('public'::regnamespace, 'sluice'::regnamespace)
	LOOP EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', t); END LOOP;
END \$\$" -c ANALYZE
data=$(sql -c 'SHOW data_directory')
grown="c.relnamespace IN ('public'::regnamespace, 'sluice'::regnamespace)
	AND c.relkind IN ('r', 'i') AND EXISTS (
		SELECT FROM pg_class t LEFT JOIN pg_index x ON x.indrelid = t.oid
		WHERE t.reltuples > 500 AND c.oid IN (t.oid, x.indexrelid))"
sql -c 'CHECKPOINT'
sql -c "SELECT pg_relation_filepath(c.oid), pg_relation_size(c.oid) * $times
	FROM pg_class c WHERE $grown" | while IFS='|' read -r file size; do
	truncate -s "$size" "$data/$file"
done
sql -c "UPDATE pg_class c SET reltuples = reltuples * $times, relpages = relpages * $times WHERE $grown"
is 'there are a million artifacts, for the planner' \
	"$(sql -c "SELECT (reltuples / 1e5)::integer FROM pg_class WHERE oid = 'public.artifacts'::regclass")" 10

# --- every statement ------------------------------------------------------------
# What is not planned, and why.
cat >"$work/exempt" <<'LIST'
pg_replan       forgets plans, and has none
listen          waits for news, and has no plan
export_next     goes on with a cursor
export_close    ends it
migrate_adopt   the owner's: a table of some dozen rows
migrate_forget  the owner's
migrate_record  the owner's
run_targets     a person asked for all accounts; the fleet's are taken by take_due
status_list     a person asked for all accounts
LIST

{
	echo 'SET search_path = pg_catalog, pg_temp;'
	for f in state/sql/*.sql; do
		name=$(basename "$f" .sql)
		case $name in audit_* | sweep_*) continue ;; esac
		grep -q "^$name " "$work/exempt" && continue
		echo "PREPARE \"$name\" AS"
		sed '/^--/d' "$f"
		echo ';'
	done
	cat tests/integration/plans_explain.sql
} >"$work/plans.sql"
psql -XAtq -f "$work/plans.sql" >"$work/out" 2>"$work/err"
is 'every statement can be planned' "$(grep -h ERROR "$work/err"; grep '^error ' "$work/out")" ''
is 'none scans a table that grows' "$(grep '^scan ' "$work/out")" ''
exempt=$(wc -l <"$work/exempt")
of_audit=$(find state/sql -name 'audit_*.sql' -o -name 'sweep_*.sql' | wc -l)
all=$(find state/sql -name '*.sql' | wc -l)
is 'and every file was planned, or is named as exempt' \
	"$(sed -n 's/^planned //p' "$work/out")" "$((all - exempt - of_audit))"
while read -r name _; do
	[ -e "state/sql/$name.sql" ] || not_ok 'what is exempt is there' "$name"
done <"$work/exempt"

# --- what a run at rest does within its functions ---------------------------------
nested() { # WHAT SQL...: as the gateway for user 6, whose run is leased
	local what=$1 found
	shift
	{
		echo "LOAD 'auto_explain';
			SET auto_explain.log_min_duration = 0;
			SET auto_explain.log_nested_statements = on;
			SET auto_explain.log_format = json;
			SET client_min_messages = log;
			BEGIN;
			SELECT set_config('request.jwt.claims', json_build_object('sub', md5('u6')::uuid)::text, true);
			SET LOCAL ROLE sluice_gateway;"
		printf '%s;\n' "$@"
		echo 'ROLLBACK;'
	} >"$work/nested.sql"
	psql -XAt -f "$work/nested.sql" >"$work/nested" 2>&1
	unlike "$what: no error" "$(grep -m 3 ERROR "$work/nested")" .
	found=$(grep -A6 '"Node Type": "Seq Scan"' "$work/nested" |
		grep -oE '"Relation Name": "[a-z_]+"' | sort -u |
		grep -vE '"(oauth_clients|quota_limits|artifact_processing_config|settings_private|retention)"')
	is "$what: nothing is scanned" "$found" ''
	below "$what: its statements were planned" 3 "$(grep -c '"Query Text"' "$work/nested")"
}
run="md5('u6')::uuid, md5('i6')::uuid, 0, md5('r6')::uuid"
nested 'a run begins' "SELECT sluice.begin_run($run, 60000000, '{calendars,other}', '{a,b}',
	'{events}', '{9}', 100)" \
	"SELECT a.status FROM sluice.run_account(md5('u6')::uuid, md5('i6')::uuid) a" \
	"SELECT s.id FROM sluice.run_streams(md5('u6')::uuid, md5('i6')::uuid, '2026a') s"
end="SELECT sluice.end_quiet_run($run, 'schedule', 'incremental', now(), now(), 1, 0, 1, 0, 0, 2,
	NULL, false, NULL, NULL, NULL, NULL, false, ARRAY[md5('s06'), md5('s16')]::uuid[], '{\"\",c1}',
	'{NULL,NULL}', '{NULL,NULL}', '{f,f}', 'rule')"
nested 'a quiet end that is none' "$end"
nested 'a quiet end' "DELETE FROM sluice.people_judged" "$end"
like 'which is one' "$(cat "$work/nested")" '^done$'
nested 'a look that finds nothing' "SELECT sluice.is_idle('{google_calendar,gmail}', 'h', 'k1', 0)" \
	'SELECT FROM sluice.clock()' 'SELECT FROM sluice.clock()'
nested 'a batch is leased' "SELECT count(*) FROM sluice.take_due('{google_calendar,gmail}',
	'{64,64}', 64, 48, 'no', '{\"host\":\"h\"}', 60000000, 0)"
nested 'a batch of one user is leased' "SELECT count(*) FROM sluice.take_due_of(md5('u6')::uuid,
	'{google_calendar,gmail}', '{64,64}', 64, 48, true, '{\"host\":\"h\"}', 60000000, 0)"

cd / || exit 1
psql -Xqd postgres -c "DROP DATABASE $database" || not_ok 'the database goes' ''
summary

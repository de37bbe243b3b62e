#!/usr/bin/env bash
# Migrations that are killed anywhere, and runs beside them; schemas of another
# release.
#
#   STEP=n   kill at every n-th command of a migration that the server runs, and
#            at every n-th message that the client sends (default 40 and 8)
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

journal=sluice.sys_table_migrations
dump() { pg_dump -s "$PGDATABASE" | grep -vE '^(--|\\(un)?restrict)' | grep -v 'killer'; }
shape() { # how many migrations are applied, and the schema without times
	local count
	count=$(sql "SELECT count(*) FROM $journal" 2>/dev/null || echo 0)
	echo "$count $(sql "SELECT md5(string_agg(x, ',' ORDER BY x)) FROM (
		SELECT format('%s %s %s', c.oid::regclass, c.relkind, c.relacl) FROM pg_class c
		WHERE c.relnamespace::regnamespace::text IN ('public', 'sluice', 'auth')
		UNION ALL SELECT p.oid::regprocedure::text FROM pg_proc p
		WHERE p.pronamespace::regnamespace::text IN ('public', 'sluice', 'auth')
		UNION ALL SELECT format('%s %s', polrelid::regclass, polname) FROM pg_policy) s (x)")"
}

# --- 31: killed halfway -----------------------------------------------------
# attempts STEP COMMAND: run it with 1, 1 + STEP, ... until it ends well, from 1
# again when a migration went through; one that did not leaves the schema as it
# was.
attempts() {
	local at=1 step=$1 before now changed=0
	killed=0
	now=$(shape)
	while [ $killed -lt 2000 ]; do
		before=$now
		status=0
		"$2" $at >"$work/out" 2>"$work/err" || status=$?
		[ $status = 0 ] && break
		killed=$((killed + 1))
		now=$(shape)
		if [ "${now% *}" != "${before% *}" ]; then
			at=1
			continue
		fi
		[ "$now" = "$before" ] || changed=$((changed + 1))
		at=$((at + step))
	done
	is "31: $killed kills, and each left the schema as it was" "$status $changed" '0 0'
}

new_database mig_whole
works '31: undisturbed' migrate
whole=$(dump)

new_database mig_server
sql "CREATE SCHEMA killer; CREATE SEQUENCE killer.n; CREATE TABLE killer.target (n bigint); INSERT INTO killer.target VALUES (0)"
sql "CREATE FUNCTION killer.count() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN
	IF nextval(''killer.n'') = (SELECT n FROM killer.target) THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; END'"
sql "CREATE EVENT TRIGGER killer_count ON ddl_command_end EXECUTE FUNCTION killer.count()"
kill_server_at() {
	psql -Xq -c "UPDATE killer.target SET n = $1" -c "SELECT setval('killer.n', 1, false)" >/dev/null
	sluice migrate
}
attempts "${STEP:-40}" kill_server_at
echo "# the server killed the session $killed times"
sql 'DROP EVENT TRIGGER killer_count; DROP SCHEMA killer CASCADE'
is '31: the same schema in the end' "$(md5sum <<<"$(dump)")" "$(md5sum <<<"$whole")"
is '31: nothing was left by an index built concurrently' \
	"$(sql 'SELECT count(*) FROM pg_index WHERE NOT indisvalid')" 0

if has strace && ! sanitized; then
	new_database mig_client
	kill_client_at() { strace -qq -o /dev/null -e trace=sendto -e "inject=sendto:signal=KILL:when=$1" sluice migrate; }
	attempts "${STEP:-8}" kill_client_at 2>/dev/null
	echo "# the client was killed $killed times"
	is '31: the same schema in the end, too' "$(md5sum <<<"$(dump)")" "$(md5sum <<<"$whole")"
else
	skip '31: the client killed' 'needs strace, and no leak sanitizer under it'
fi

# --- 32: schema and binary of different releases --------------------------------
installed schema 400:3 --latency-ms 5
works 'a first run' sync
before=$(requests)
sql "INSERT INTO $journal (version, name) VALUES ('29990101000000', 'future')"
refuse '32: the schema is newer' 3 'newer than this binary: it does not know migration 29990101000000' sync
sql "DELETE FROM $journal WHERE version LIKE '2999%'"
newest=$(sql "SELECT max(version) FROM $journal")
row=$(sql "DELETE FROM $journal WHERE version = '$newest' RETURNING quote_literal(version) || ', ' || quote_literal(name) || ', ' || quote_literal(checksum) || ', ' || duration_ms")
refuse '32: the schema is older' 3 '1 migration is pending: run .sluice migrate' sync
sql "INSERT INTO $journal (version, name, checksum, duration_ms) VALUES ($row)"
is '32: no request left' "$(requests)" "$before"

# --- 33: runs while a migration runs ---------------------------------------------
change 30
control POST options '{"latency_ms":60}' >/dev/null
started 2 sync
psql -Xq -c 'BEGIN; LOCK TABLE artifacts, sync_state; SELECT pg_sleep(1.5); COMMIT' >/dev/null
ended 30
is '33: a run waits for the locks of a migration' "$status" 0
same '33: locks'
bad=''
for round in 1 2 3; do
	change 30
	begun sync
	holds_lease
	works "33: down and up beside a run ($round)" migrate down 1
	works "33: up again ($round)" migrate
	ended 60
	case $status in
	0 | 1 | 3) ;;
	*) bad+="$status: $err; " ;;
	esac
done
is '33: the runs end as they should' "$bad" ''
is '33: none ends as a bug' "$(sql "SELECT string_agg(error_text, '; ') FROM sync_logs WHERE error_class = 'bug'")" ''
control POST options '{"latency_ms":5}' >/dev/null
good '33: migrations'
summary

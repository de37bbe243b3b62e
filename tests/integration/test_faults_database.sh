#!/usr/bin/env bash
# What a database server may be to a run: away, frozen, slow, full. The page is
# rolled back, the next run makes good.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

installed database 1200:4 --latency-ms 10
works 'a first run' sync
postmaster=$(sql "SELECT pg_read_file('postmaster.pid')" | head -n 1)

# --- 22: down at the start ---------------------------------------------------
control POST expire "{\"account\":\"$ana\",\"what\":\"access_tokens\"}" >/dev/null
sql "UPDATE sluice.grants SET access_expires_at = now()"
control POST stats/reset >/dev/null
real=$SLUICE_DATABASE_URL
SLUICE_DATABASE_URL=${real/:$PGPORT/:1} refuse '22: down at the start' 3 'cannot connect to the database: .*refused; Is .*[(]is SLUICE_DATABASE_URL right[?] .sluice doctor. looks closer[)]$' sync
SLUICE_DATABASE_URL=${real/:$PGPORT/:1} refuse '22: --due, too' 3 'cannot connect to the database: .*refused' sync --due
kill -STOP "$postmaster" # takes connections, answers nothing
began=$(millis)
PGCONNECT_TIMEOUT=2 refuse '23: a server that takes connections and is silent' 3 'cannot connect to the database: .*timeout expired' sync
below '23: is given up' $(($(millis) - began)) 6000
kill -CONT "$postmaster"
is '22, 23: no call of the API, no refresh' "$(requests)" 0
good '22: back again'

# --- 23: frozen in the middle ------------------------------------------------
# The kernel answers for a frozen backend, so neither keepalives nor timeouts
# of the server end the wait: ours does, ten seconds after the statement's.
backends() { sql "SELECT pid FROM pg_stat_activity WHERE usename = 'sluice_app'"; }
role "SET statement_timeout = '1s'"
change 40
control POST options '{"latency_ms":300}' >/dev/null
started 2 sync
frozen=$(backends)
# shellcheck disable=SC2086  # one word a process
kill -STOP $frozen
began=$(millis)
settle 30 sh -c "psql -XAtqc \"SELECT count(*) FROM pg_stat_activity WHERE usename = 'sluice_app' AND pid NOT IN (${frozen//$'\n'/, })\" | grep -qv '^0'"
took=$(($(millis) - began))
# shellcheck disable=SC2086
kill -CONT $frozen
ended 40
control POST options '{"latency_ms":10}' >/dev/null
is '23: frozen in the middle: new connections carry the run on' "$status" 0
below '23: after the time limit of a statement, and ten seconds' $took 14000
role 'RESET statement_timeout'
good '23: frozen'

# --- 24: statements that take too long ----------------------------------------
# A page of so many rows takes too long here; a half or a quarter of it does not.
control POST event "{\"account\":\"$ana\",\"op\":\"random\",\"count\":240}" >/dev/null
sql "CREATE FUNCTION crawl() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_catalog.pg_sleep(0.008); RETURN NEW; END';
	CREATE TRIGGER crawl BEFORE INSERT ON artifacts FOR EACH ROW EXECUTE FUNCTION crawl()"
role "SET statement_timeout = '500ms'"
call sync --json
is '24: a slow database takes the page in pieces' "$status $err" '0 '
before=$(cursors)
sql "CREATE OR REPLACE FUNCTION crawl() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_catalog.pg_sleep(1); RETURN NEW; END'"
control POST event "{\"account\":\"$ana\",\"calendar\":\"primary\",\"op\":\"random\",\"count\":20}" >/dev/null
call sync --json
is '24: too slow for any page: not well' "$status" 1
like '24: said' "$out" '"class":"retry".*the database did not store a page of [0-9]+ items in time|57014'
is '24: the cursor stays' "$(cursors)" "$before"
role 'RESET statement_timeout'
sql 'DROP TRIGGER crawl ON artifacts'
good '24: slow'

# --- 11: the disk of the database is full ------------------------------------------
small=$(mktemp -d "${TMPDIR:-/tmp}/sluice-small.XXXXXX")
server=$(stat -c %u "$(sql 'SHOW data_directory')")
if mount -t tmpfs -o "size=8m,mode=700,uid=$server" none "$small" 2>/dev/null; then
	trap 'umount -l "$small"; rmdir "$small"; finish' EXIT
	sql "CREATE TABLESPACE small LOCATION '$small'"
	sql 'ALTER TABLE artifacts SET TABLESPACE small'
	head -c 8m /dev/zero >"$small/other" 2>/dev/null
	control POST event "{\"account\":\"$ana\",\"calendar\":\"primary\",\"op\":\"random\",\"count\":240}" >/dev/null
	before=$(cursors)
	rows=$(sql 'SELECT count(*) FROM artifacts')
	call sync --max-time 3s
	is '11: the disk is full: not well' "$status" 1
	like '11: said, with what to do' "$out" 'error: database error 53100: .*No space left.*make room'
	is '11: rolled back, the cursor stays, the lease is free' \
		"$(cursors) $(sql 'SELECT count(*) FROM artifacts') $(leases)" "$before $rows 0"
	rm "$small/other"
	good '11: room again'
	sql 'ALTER TABLE artifacts SET TABLESPACE pg_default'
	sql 'DROP TABLESPACE small'
else
	rmdir "$small"
	skip '11: a full disk' 'needs the right to mount a tmpfs'
fi
summary

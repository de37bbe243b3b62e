#!/usr/bin/env bash
# sluice migrate: started several times at once, changed files, newer schemas,
# other tools, down and up.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

dump() { pg_dump -s "$PGDATABASE" | grep -vE '^(--|\\(un)?restrict)'; }
journal='sluice.sys_table_migrations'

new_database mig_many
pids=()
for i in 1 2 3 4; do
	sluice migrate >"$work/out.$i" 2>&1 &
	pids+=($!)
done
bad=0
for pid in "${pids[@]}"; do wait "$pid" || bad=$((bad + 1)); done
is 'four at once all end well' "$bad" 0
count=$(sql "SELECT count(*) FROM $journal")
is 'each migration was applied once' "$(cat "$work"/out.[1-4] | grep -c '^applied')" "$count"
is 'all have checksum and duration' "$(sql "SELECT count(*) FROM $journal WHERE checksum ~ '^[0-9a-f]{64}$' AND duration_ms IS NOT NULL")" "$count"
works 'again' migrate
like 'nothing to do' "$out" 'nothing to do'
first=$(dump)
sql 'GRANT sluice_gateway, sluice_operator TO sluice_app'

refuse 'the login of every day may not' 3 'denied.*owns the schema.*SLUICE_DIRECT_URL' \
	migrate status --direct-url "$SLUICE_DATABASE_URL"
works 'status' migrate status
is 'one line a migration, and a head' "$(wc -l <"$work/out")" "$((count + 1))"
works 'status --json' migrate status --json
is 'one object a migration' "$(grep -c '"state":"applied"' "$work/out")" "$count"
works 'plan of nothing' migrate plan
is 'is empty' "$out" ''

newest=$(sql "SELECT max(version) FROM $journal")
works 'down' migrate down
is 'one less' "$(sql "SELECT count(*) FROM $journal")" "$((count - 1))"
works 'plan' migrate plan
like 'shows what up would run' "$out" "^-- migration ${newest}_"
refuse 'pending: others refuse' 3 '1 migration is pending' status
works 'down 2' migrate down 2
is 'two less' "$(sql "SELECT count(*) FROM $journal")" "$((count - 3))"
works 'down all' migrate down all
is 'nothing of it is left' "$(sql "SELECT count(*) FROM pg_namespace WHERE nspname = 'sluice'")" 0
works 'down of nothing' migrate down
like 'says so' "$out" 'nothing to revert'
works 'up again' migrate up
is 'up, down, up gives the same schema' "$(md5sum <<<"$(dump)")" "$(md5sum <<<"$first")"

sql "UPDATE $journal SET checksum = repeat('0', 64) WHERE version = '$newest'"
refuse 'a changed file' 3 "migration ${newest}_[a-z_]+ was applied from another file" migrate
call migrate status
like 'status shows it' "$out" "$newest .* changed"
sql "UPDATE $journal SET checksum = NULL"
call migrate status
like 'applied by another tool' "$out" "$newest .* adopted"
works 'is adopted' migrate
is 'with checksums' "$(sql "SELECT count(*) FROM $journal WHERE checksum IS NULL")" 0
sql "INSERT INTO $journal (version, name) VALUES ('29990101000000', 'future')"
refuse 'a newer schema: migrate' 3 'newer than this binary.*29990101000000' migrate
refuse 'a newer schema: down' 3 'newer than this binary' migrate down
refuse 'a newer schema: the others' 3 'newer than this binary' status
sql "DELETE FROM $journal WHERE version LIKE '2999%'"

# The files as they are, through psql.
new_database mig_psql
for f in "$(dirname "$0")"/../../migrations/*.sql; do
	psql -Xq1 -v ON_ERROR_STOP=1 -f "$f" >/dev/null || not_ok "psql -f $f"
done
is 'psql applies the files and they record themselves' "$(sql "SELECT count(*) FROM $journal")" "$count"
works 'migrate then has nothing to do' migrate
is 'but to fill in checksums' "$(sql "SELECT count(*) FROM $journal WHERE checksum IS NOT NULL")" "$count"
is 'the same schema' "$(md5sum <<<"$(dump)")" "$(md5sum <<<"$first")"

# A run holds a lock that a migration needs: it is waited for.
works 'down under a lock: prepare' migrate down
psql -Xq -c 'BEGIN; LOCK TABLE public.artifacts; SELECT pg_sleep(6); COMMIT' >/dev/null 2>&1 &
children+=($!)
sleep 0.5
works 'a lock is waited for' migrate

# Who may not migrate.
new_database mig_poor
SLUICE_DIRECT_URL=$SLUICE_DATABASE_URL refuse 'a login without power' 3 'migration [0-9]+_foundation' migrate
is 'leaves nothing behind' "$(sql "SELECT count(*) FROM pg_namespace WHERE nspname = 'sluice'")" 0
summary

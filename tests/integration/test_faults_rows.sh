#!/usr/bin/env bash
# Rows that no release writes: an identity that is missing, a flipped bit, a
# cursor of rubbish, a database out of an old backup.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

installed rows 400:3 --latency-ms 5
works 'a first run' sync

# --- 34: no identity ----------------------------------------------------------------
# Tables that hold no rows of users, or are claimed from, are exempt by name; of
# the audit log the rows that are no user's are seen.
for claims in '' '{}' '{"sub":""}' '{"sub":null}' '{"sub":"nonsense"}' 'nonsense'; do
	seen=$(PGUSER=sluice_app PGPASSWORD=p4ss-canary psql -XAtq -v ON_ERROR_STOP=1 <<-SQL 2>&1
		BEGIN;
		SELECT set_config('role', 'sluice_gateway', true) \\g /dev/null
		SELECT set_config('request.jwt.claims', '$claims', true) \\g /dev/null
		SET LOCAL client_min_messages = notice;
		DO \$do\$
		DECLARE r regclass; n bigint;
		BEGIN
			FOR r IN SELECT c.oid FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v')
				AND c.relnamespace::regnamespace::text IN ('public', 'sluice')
				AND c.relname !~ '^(schedule|quota_.*|sys_table_migrations|oauth_clients|retention|master_keys|secret_audit_logs|artifact_processing_config)\$'
				AND has_schema_privilege(c.relnamespace, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
			LOOP
				BEGIN
					EXECUTE 'SELECT count(*) FROM ' || r INTO n;
					IF n > 0 THEN RAISE NOTICE '% shows % rows', r, n; END IF;
				EXCEPTION WHEN OTHERS THEN NULL;
				END;
			END LOOP;
			BEGIN
				UPDATE public.artifacts SET title = 'mine';
				GET DIAGNOSTICS n = ROW_COUNT;
				IF n > 0 THEN RAISE NOTICE 'changed % rows', n; END IF;
			EXCEPTION WHEN OTHERS THEN NULL;
			END;
		END \$do\$;
	SQL
	)
	is "34: without an identity (claims '$claims') the gateway sees and changes nothing" "$seen" ''
done

# --- 35: rows that rotted -------------------------------------------------------------
ben=ben@example.org
control POST account "{\"spec\":\"$ben:30:1\"}" >/dev/null
works '35: another user' user add --email $ben
connect $ben --account $ben
works '35: both are well' sync
of_ana="(SELECT user_id FROM user_integrations WHERE account = '$ana')"
flip() { sql "UPDATE sluice.user_secrets SET ciphertext = set_bit(ciphertext, 13, 1 - get_bit(ciphertext, 13)) WHERE user_id = $of_ana AND purpose = '$1'"; }
for purpose in access_token refresh_token; do
	[ $purpose = refresh_token ] && sql "UPDATE sluice.grants SET access_expires_at = now() WHERE user_id = $of_ana"
	change 5
	flip $purpose
	began=$(sql 'SELECT now()')
	control POST stats/reset >/dev/null
	call sync --json
	is "35: a bit of the $purpose flipped: not well" "$status" 1
	like "35: $purpose: said" "$out" '"status":"failed".*does not open'
	like "35: $purpose: the other account is" "$out" "\"account\":\"$ben\",.*\"status\":\"ok\""
	is "35: $purpose: nothing was asked for the one" "$(sql "SELECT count(*) FROM sync_state s JOIN user_integrations i ON i.id = s.integration_id WHERE i.account = '$ana' AND s.checked_at > '$began'")" 0
	flip $purpose
done
good '35: flipped back'

for cursor in '{}' '{"v":1}' '[]' '"x"' '{"v":99}' '{"v":1,"token":7}' '{"v":1,"token":"garbage"}' '{"v":1,"page":"garbage"}' '{"v":1,"n":-4}' '{"v":1,"since":"yesterday"}'; do
	change 5
	sql "UPDATE sync_state SET cursor = '$cursor' WHERE kind = 'events' AND key = '$ana'" 2>"$work/refused" || {
		like "35: the cursor $cursor cannot be stored" "$(cat "$work/refused")" 'violates check constraint'
		continue
	}
	works "35: the cursor is $cursor: a new walk" sync
	same "35: cursor $cursor"
	change 2 # a page of changes shows that the new cursor is good: refused
	works '35: changes follow' sync # cursors are counted from there again
done
for pending in '[]' '{}' '"x"' '[{"id":5}]' '[{}]' '[7]'; do
	change 5
	sql "UPDATE sync_state SET pending = '$pending' WHERE kind = 'events' AND key = '$ana'" 2>"$work/refused" || {
		like "35: pending $pending cannot be stored" "$(cat "$work/refused")" 'violates check constraint'
		continue
	}
	works "35: pending is $pending" sync
	same "35: pending $pending"
done

# --- 36: an old backup -------------------------------------------------------------------
backup() { pg_dump -Fc -f "$work/backup" "$PGDATABASE"; }
restore() { # DATABASE: the backup becomes it
	new_database "$1"
	pg_restore -d "$1" "$work/backup" >/dev/null 2>"$work/restore.err" || not_ok '36: pg_restore' "$(head -5 "$work/restore.err")"
}
backup
change 60
works '36: after the backup' sync
change 20
restore restored
good '36: an old backup: old cursors are played forward'
backup
change 40
works '36: after the second backup' sync
control POST expire "{\"account\":\"$ana\",\"what\":\"sync_tokens\"}" >/dev/null
restore expired
good '36: older than its cursors: walked anew'
backup
control POST options '{"rotate":true}' >/dev/null
control POST expire "{\"account\":\"$ana\",\"what\":\"access_tokens\"}" >/dev/null
works '36: the refresh token is replaced after the third backup' sync
restore dead
call sync
is '36: its token is dead: not well' "$status" 1
like '36: says who must do what' "$out" "sluice connect google_calendar --user"
control POST options '{"rotate":false}' >/dev/null
connect $ana
is '36: connected again' "$status" 0
good '36: connected again'
summary

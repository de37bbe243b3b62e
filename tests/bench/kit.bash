# shellcheck shell=bash
# What the benchmarks share: a seeded account behind the emulator, and the floor
# of the database: the same rows upserted by one psql script under the
# gateway's role. Sourced by calendar.sh, gmail.sh and import.sh, inside
# pg_virtualenv.
set -euo pipefail

build=$PWD/${1:-build/release}
sluice=$build/sluice
who=ana@example.com
seed=${SEED:-7}
work=$(mktemp -d)
servers=()
finish() {
	local pid
	for pid in "${servers[@]}"; do kill "$pid" 2>/dev/null || true; done
	if [ -n "${KEEP:-}" ]; then
		echo "kept: $work"
	else
		rm -rf "$work"
	fi
}
trap finish EXIT
trap 'exit 130' INT TERM

die() {
	echo "bench: $*" >&2
	exit 1
}

now_ms() { echo $(($(date +%s%N) / 1000000)); }
# field NAME FILE: a number of the JSON that sluice printed
field() {
	grep -oE "\"$1\": ?[0-9]+" "$2" | head -n 1 | grep -oE '[0-9]+$'
}
# seconds, CPU seconds and peak resident KiB as /usr/bin/time -v tells them
elapsed() {
	sed -n 's/.*Elapsed .*: \([0-9:.]*\)$/\1/p' "$1" |
		awk -F: '{ s = 0; for (i = 1; i <= NF; i++) s = s * 60 + $i; print s }'
}
cpu() {
	sed -nE 's/.*(User|System) time \(seconds\): ([0-9.]*)$/\2/p' "$1" |
		awk '{ s += $1 } END { print s }'
}
resident() { sed -n 's/.*Maximum resident set size.*: \([0-9]*\)$/\1/p' "$1"; }

# start_emulator OPTION...: sets $base
start_emulator() {
	"$build/sluice-emulator" --port 0 --port-file "$work/port" --seed "$seed" \
		--quiet --client-id bench-client --client-secret bench-secret \
		"$@" >"$work/emulator.log" 2>&1 &
	servers+=($!)
	for _ in $(seq 100); do
		[ -s "$work/port" ] && break
		kill -0 "${servers[0]}" 2>/dev/null ||
			die "$(cat "$work/emulator.log")"
		sleep 0.1
	done
	[ -s "$work/port" ] || die "the emulator does not start"
	base=http://127.0.0.1:$(cat "$work/port")
	export SLUICE_GOOGLE_AUTH_URL=$base/o/oauth2/v2/auth
	export SLUICE_GOOGLE_TOKEN_URL=$base/token
	export SLUICE_GOOGLE_REVOKE_URL=$base/revoke
	export SLUICE_GOOGLE_USERINFO_URL=$base/v1/userinfo
	export SLUICE_GOOGLE_CALENDAR_URL=$base/calendar/v3
	export SLUICE_GMAIL_URL=$base/gmail/v1
}

# set_up CONNECTOR: an installation in a fresh database, its one user connected
set_up() {
	local connect
	export SLUICE_QUOTA=off # what is measured is sluice, not Google's limits
	export SLUICE_KEY_FILE=$work/keys
	createdb sluice_bench
	export PGDATABASE=sluice_bench
	unset SLUICE_DATABASE_URL SLUICE_DIRECT_URL
	(umask 077 && "$sluice" keys generate >"$work/keys")
	cat >"$work/client.json" <<-JSON
		{"installed": {"client_id": "bench-client", "project_id": "bench",
		 "client_secret": "bench-secret", "redirect_uris": ["http://localhost"]}}
	JSON
	{
		"$sluice" migrate
		"$sluice" setup google --client-file "$work/client.json"
		"$sluice" user add --email "$who"
	} >"$work/setup.log" 2>&1 || die "$(cat "$work/setup.log")"
	"$sluice" connect "$1" --user "$who" --no-browser \
		>"$work/url" 2>"$work/connect.log" &
	connect=$!
	for _ in $(seq 100); do
		grep -q '^http' "$work/url" && break
		sleep 0.1
	done
	curl -sS -L -o "$work/consent.html" "$(grep -m1 '^http' "$work/url")" ||
		die "no consent: $(cat "$work/connect.log")"
	wait "$connect" || die "connect: $(cat "$work/connect.log")"
}

# timed_sync NAME: $work/NAME.json, .log and .time
timed_sync() {
	/usr/bin/time -v -o "$work/$1.time" \
		"$sluice" sync --user "$who" --json >"$work/$1.json" 2>"$work/$1.log" ||
		die "$1: $(tail -n 3 "$work/$1.log") $(cat "$work/$1.json")"
}

count_of() { psql -XAtc "SELECT count(*) FROM public.$1"; }

columns() { # table -> its columns that can be inserted, comma-separated
	psql -XAtc "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
		FROM pg_attribute WHERE attrelid = 'public.$1'::regclass
		AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
		AND has_column_privilege('sluice_gateway', attrelid, attnum, 'INSERT')"
}
changes() { # table -> "a = excluded.a, ..." of what may be updated
	psql -XAtc "SELECT string_agg(format('%1\$I = excluded.%1\$I', attname), ', ')
		FROM pg_attribute WHERE attrelid = 'public.$1'::regclass
		AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
		AND attname NOT IN ('id', 'user_id', 'created_at')
		AND has_column_privilege('sluice_gateway', attrelid, attnum, 'UPDATE')"
}
# floor TABLE...: the rows that sluice stored, by one psql script into a
# database like it; sets $upsert_ms
floor() {
	local rows=("$@") table user began n m list
	for table in "${rows[@]}"; do
		psql -Xqc "\\copy public.$table TO '$work/$table.rows'"
	done
	psql -Xqc "\\copy (SELECT id, email FROM auth.users) TO '$work/users.rows'"
	psql -Xqc "\\copy (SELECT id, user_id, provider, account, account_subject FROM public.user_integrations) TO '$work/integrations.rows'"
	user=$(psql -XAtc 'SELECT user_id FROM public.user_integrations LIMIT 1')
	createdb sluice_floor
	export PGDATABASE=sluice_floor
	"$sluice" migrate >>"$work/setup.log" 2>&1
	psql -Xqc "\\copy auth.users (id, email) FROM '$work/users.rows'"
	psql -Xqc "\\copy public.user_integrations (id, user_id, provider, account, account_subject) FROM '$work/integrations.rows'"

	local -A key=(
		[artifacts]='user_id, integration_id, stream_key, source_id'
		[artifact_participants]='artifact_id, position'
		[contacts]='id'
		[contact_emails]='user_id, address_norm'
		[contact_handles]='user_id, kind, value_norm'
		[artifact_aliases]='user_id, alias_kind, alias'
		[calendar_series]='artifact_id'
		[calendar_occurrences]='user_id, artifact_id, starts_at'
	)
	local -A differs=(
		[artifacts]='t.content_hash IS DISTINCT FROM excluded.content_hash'
		[artifact_participants]='t.value IS DISTINCT FROM excluded.value OR t.response IS DISTINCT FROM excluded.response'
		[contacts]='t.display_name IS DISTINCT FROM excluded.display_name'
		[contact_emails]='t.last_seen_at < excluded.last_seen_at'
		[contact_handles]='t.last_seen_at < excluded.last_seen_at'
		[artifact_aliases]='t.artifact_id <> excluded.artifact_id'
		[calendar_series]='t.basis IS DISTINCT FROM excluded.basis'
		[calendar_occurrences]='t.ends_at IS DISTINCT FROM excluded.ends_at'
	)
	{
		echo '\set ON_ERROR_STOP 1'
		echo 'BEGIN;'
		for table in "${rows[@]}"; do
			echo "CREATE TEMP TABLE new_$table (LIKE public.$table);"
			echo "\\copy new_$table FROM '$work/$table.rows'"
			echo "GRANT SELECT ON new_$table TO sluice_gateway;"
		done
		echo 'SET LOCAL ROLE sluice_gateway;'
		echo "SELECT set_config('request.jwt.claim.sub', '$user', true),
			set_config('request.jwt.claims', '{\"sub\":\"$user\"}', true);"
		for table in "${rows[@]}"; do
			list=$(columns "$table")
			echo "INSERT INTO public.$table AS t ($list)
				SELECT $list FROM new_$table
				ON CONFLICT (${key[$table]}) DO UPDATE
				SET $(changes "$table") WHERE ${differs[$table]};"
		done
		echo 'COMMIT;'
	} >"$work/floor.sql"
	began=$(now_ms)
	psql -Xq -f "$work/floor.sql" >"$work/floor.log" 2>&1 ||
		die "floor: $(tail -n 5 "$work/floor.log")"
	export upsert_ms=$(($(now_ms) - began))
	for table in "${rows[@]}"; do
		n=$(psql -XAtc "SELECT count(*) FROM public.$table")
		m=$(wc -l <"$work/$table.rows")
		[ "$n" -eq "$m" ] || die "floor: $table has $n rows, not $m"
	done
}

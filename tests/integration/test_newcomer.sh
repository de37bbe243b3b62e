#!/usr/bin/env bash
# A big account comes to an installation whose statistics know a small one
# alone: its rows are found one by one, not by reading all the others.
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
ben=ben@example.org

rows_read() { # by all scans of all tables
	settle 20 alone
	sql "SELECT sum(coalesce(idx_tup_fetch, 0) + seq_tup_read) FROM pg_stat_user_tables"
}

start_emulator --seed 33 --account $ana:500:mix --account $ben:5000:1 --mailbox $ana:300 --mailbox $ben:3000
migrated_database newcomer
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys" SLUICE_QUOTA=off
client_file "$work/client.json"
works 'setup' setup google --client-file "$work/client.json"
works 'a small account' user add --email $ana
connector=google connect $ana --account $ana
works 'is synced' sync --user $ana
sql 'ANALYZE'
works 'a big one' user add --email $ben
connector=google connect $ben --account $ben
is 'is connected' "$status" 0
for provider in google_calendar gmail; do
	before=$(rows_read)
	works "$provider: synced" sync --user $ben --provider $provider
	read_=$(($(rows_read) - before))
	items=$(sql "SELECT sum(fetched) FROM sync_logs l JOIN user_integrations i ON i.id = l.integration_id
		WHERE i.account = '$ben' AND i.provider = '$provider'")
	is "$provider: all of it" "$((items > 2000))" 1
	echo "# $provider: $read_ rows read for $items items"
	below "$provider: some rows are read for an item, not all of the user's" "$((read_ / items))" 500
done
summary

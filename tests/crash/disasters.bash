# What happens to the database, the disk and the clocks in a storm. What
# stands (a refusal, a full disk, a wrong clock) is mended by server_is_well or
# all_is_well. Sourced by storm.sh.
# shellcheck shell=bash disable=SC2034,SC2154  # pooled, work, picked are the storm's

cluster() { # start, stop, restart
	pg_ctlcluster "${PGVERSION:-15}" regress "$@" >>"$work/cluster.log" 2>&1
}
answers() { psql -XAtqc 'SELECT 1'; }
role() { sql "ALTER ROLE sluice_app $1"; }
throw_out() {
	sql "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE usename = 'sluice_app' AND random() < $1" >/dev/null
}

# The database's clock, of all sessions at once, and the host's.
config=$(sql 'SHOW config_file')
database_clock() { # OFFSET
	sed -i '/^sluice.clock_offset/d' "$config"
	[ -z "$1" ] || echo "sluice.clock_offset = '$1'" >>"$config"
	sql 'SELECT pg_reload_conf()' >/dev/null
}
faketime=''
if [ "$way" = plain ] && command -v faketime >/dev/null; then
	faketime=$(faketime -m -f +0 printenv LD_PRELOAD)
fi
host_clock() { echo "$1" >"$work/clock"; }
host_clock +0

# A disk of its own for what grows, where a tmpfs may be mounted.
disk=''
small_disk() {
	[ "$(id -u)" -eq 0 ] || return 0
	disk=$(mktemp -d "${TMPDIR:-/tmp}/sluice-storm.XXXXXX")
	if ! mount -t tmpfs -o "size=24m,mode=700,uid=$(stat -c %u "$(sql 'SHOW data_directory')")" none "$disk" 2>/dev/null; then
		rmdir "$disk"
		disk=''
		return 0
	fi
	trap '[ -z "$disk" ] || umount -l "$disk"; finish' EXIT
	sql "CREATE TABLESPACE storm LOCATION '$disk'"
	sql 'ALTER TABLE artifacts SET TABLESPACE storm; ALTER TABLE sync_state SET TABLESPACE storm'
}
no_small_disk() {
	[ -n "$disk" ] || return 0
	use_database crash_storm
	sql 'ALTER TABLE artifacts SET TABLESPACE pg_default; ALTER TABLE sync_state SET TABLESPACE pg_default'
	sql 'CHECKPOINT'
	sql 'DROP TABLESPACE storm'
	umount -l "$disk" && rmdir "$disk"
	disk=''
}

new_pooler() {
	[ "$pooled" = 1 ] || return 0
	kill -9 "$pooler_pid"
	wait "$pooler_pid"
	forget "$pooler_pid"
	run_pooler
} 2>>"$work/disasters.err"

disaster() {
	local pid
	pick restart immediate killed away backend backend9 refuses limit read_only \
		slow locked full pooler database_clock host_clock lapse
	echo "# seed $seed: $picked" >>"$work/storm.err"
	case $picked in
	restart) cluster restart -m fast ;;
	immediate) cluster restart -m immediate ;;
	killed)
		kill -9 "$(head -n 1 "$(sql 'SHOW data_directory')/postmaster.pid")"
		settle 20 cluster start
		;;
	away)
		pick fast immediate
		cluster stop -m "$picked"
		sleep "0.$((RANDOM % 10))"
		cluster start
		;;
	backend) throw_out 0.5 ;;
	backend9)
		pid=$(sql "SELECT pid FROM pg_stat_activity WHERE usename = 'sluice_app' LIMIT 1")
		[ -z "$pid" ] || kill -9 "$pid"
		;;
	refuses)
		role NOLOGIN
		throw_out 0.7
		;;
	limit)
		role "CONNECTION LIMIT $((RANDOM % 3))"
		throw_out 0.7
		;;
	read_only)
		role 'SET default_transaction_read_only = on'
		throw_out 0.7
		;;
	slow)
		role "SET statement_timeout = '$((RANDOM % 60 + 1))ms'"
		throw_out 0.7
		;;
	locked) # somebody else has the rows for a while
		role "SET lock_timeout = '$((RANDOM % 200 + 1))ms'"
		throw_out 0.5
		psql -XAtqc "BEGIN; SELECT id FROM sync_state FOR UPDATE; SELECT id FROM artifacts FOR UPDATE;
			SELECT pg_sleep(0.3); COMMIT" >/dev/null 2>&1 &
		children+=($!)
		;;
	full) [ -z "$disk" ] || head -c 24m /dev/zero >"$disk/other" 2>/dev/null ;;
	pooler)
		new_pooler
		;;
	database_clock)
		pick '1 year' '-1 year' '3 hours' '-3 hours' '10 minutes'
		database_clock "$picked"
		;;
	host_clock)
		pick +400d -400d +3h -3h +0
		host_clock "$picked"
		;;
	lapse) lapse ;;
	esac
} 2>>"$work/disasters.err"

server_is_well() { # what stands longer than a wave may bear
	settle 30 answers || cluster start
	role 'LOGIN CONNECTION LIMIT -1'
	role 'RESET ALL'
	[ -z "$disk" ] || rm -f "$disk/other"
	# A pooler's sessions keep what was set when they began.
	[ "$pooled" = 0 ] || throw_out 2
	settle 30 psql -Xqd "$SLUICE_DATABASE_URL" -c 'SELECT 1' ||
		echo "# seed $seed: no way to the server" >>"$work/storm.err"
}
all_is_well() {
	server_is_well
	database_clock ''
	host_clock +0
	reconnect
}
a_week_later() {
	database_clock '8 days'
	control POST clock '{"advance_s":691200}' >/dev/null
}

#!/usr/bin/env bash
# What a host may be like: full disks, nothing writable, clocks that are wrong
# or jump, the hour that summer time takes, files planted by others.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

installed host 600:4

# --- 12: no room for what is printed ---------------------------------------
status=0
sluice sync --log-level debug >"$work/out" 2>/dev/full || status=$?
is '12: log to a full disk: the sync goes on' "$status" 0
same '12: log to a full disk'
mkdir "$work/small"
change 5
status=0
sluice sync --json >/dev/full 2>"$work/err" || status=$?
is '12: the result to a full disk: said once' \
	"$status $(wc -l <"$work/err")" '1 1'
like '12: and what is wrong' "$(cat "$work/err")" '^sluice: cannot write all of the result: is the disk full'
same '12: the result to a full disk: the work was done'

if mount -t tmpfs -o size=64k none "$work/small" 2>/dev/null; then
	trap 'umount -l "$work/small"; finish' EXIT
	head -c 64k /dev/zero >"$work/small/full" 2>/dev/null
	control POST fault '{"kind":"latency","ms":200,"match":"/calendar/v3"}' >/dev/null
	control POST stats/reset >/dev/null
	sluice sync --full --log-level debug >"$work/run.out" 2>"$work/small/log" </dev/null &
	: >"$work/run.err"
	run_pid=$!
	children+=("$run_pid")
	settle 20 enough 3
	rm "$work/small/full"
	ended 20
	control DELETE fault >/dev/null
	is '12: no room for the log, then room again: the sync went on' "$status" 0
	like '12: lines that were lost are told, once' "$(tail -n 1 "$work/small/log")" \
		'^sluice: [0-9]+ lines? of the log could not be written: is the disk full'
	same '12: no room for the log'
else
	skip '12: a disk that the log fills' 'needs the right to mount a tmpfs'
fi

# --- 13: nothing to write to, nothing to read ------------------------------
change 5
mkdir "$work/gone" && cd "$work/gone" && rmdir "$work/gone" || exit 1
HOME=/nonexistent TMPDIR=/nonexistent works '13: no home, no /tmp, no current directory' sync
cd / || exit 1
same '13: no directories'
before=$(requests)
SLUICE_KEY_FILE=$work/nowhere/keys refuse '13: the directory of the keys is missing' 3 "$work/nowhere/keys does not exist: create one with" sync
mkfifo -m 600 "$work/fifo"
SLUICE_KEY_FILE=$work/fifo refuse '13: a fifo in place of the keys' 3 "$work/fifo is not a regular file" sync
SLUICE_KEY_FILE=/dev/zero refuse '13: a device in place of the keys' 3 '/dev/zero' sync
is '13: no request left for it' "$(requests)" "$before"

# --- 14, 15: the clock ------------------------------------------------------
# at WHEN COMMAND...: with the host's clock there, the monotonic one as it is
at() {
	local FAKETIME=$1 LD_PRELOAD=$faketime FAKETIME_DONT_FAKE_MONOTONIC=1
	export FAKETIME LD_PRELOAD FAKETIME_DONT_FAKE_MONOTONIC
	shift
	"$@"
}
has faketime && faketime=$(faketime -m -f +0 printenv LD_PRELOAD)
until_expiry() { sql 'SELECT round(extract(epoch FROM access_expires_at - now()) / 60) FROM sluice.grants'; }
one_hour() { # WHAT: tokens end when they end by the database's time
	local left
	left=$(until_expiry)
	if [ "$left" -ge 50 ] && [ "$left" -le 61 ]; then
		ok "$1"
	else
		not_ok "$1" "$left minutes"
	fi
}
if ! has faketime || sanitized; then
	skip '14, 15: clocks' 'needs faketime, and no sanitizer beside it'
else
	for offset in +400d -400d; do
		change 3
		control POST expire "{\"account\":\"$ana\",\"what\":\"access_tokens\"}" >/dev/null
		sql "UPDATE sluice.grants SET access_expires_at = now() - interval '1 minute'"
		at $offset works "14: the host's clock is off by $offset" sync
		same "14: $offset"
		one_hour "14: $offset: a token is valid for an hour, not for a year"
		is "14: $offset: the lease and the next run are by the database's time" "$(sql "SELECT lease_until IS NULL
			AND next_run_at BETWEEN now() AND now() + interval '10 minutes' FROM sluice.schedule")" t
		at $offset works "14: $offset: a token in the database is used" sync --log-level info
		unlike "14: $offset: and not refreshed for nothing" "$err" 'token-refreshed'
	done
	at +400d call doctor
	like '14: doctor tells it' "$out" 'warn +clock'

	# The clock jumps while a run is under way: the offset is read from a file.
	for jump in '-400d +400d' '+400d -400d' '+0 +3h' '+0 -3h'; do
		change 20
		control POST fault '{"kind":"latency","ms":300,"match":"/calendar/v3"}' >/dev/null
		echo "${jump% *}" >"$work/clock"
		control POST stats/reset >/dev/null
		(
			export LD_PRELOAD=$faketime
			export FAKETIME_TIMESTAMP_FILE="$work/clock" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
			exec sluice sync --full --json
		) >"$work/run.out" 2>"$work/run.err" </dev/null &
		run_pid=$!
		children+=("$run_pid")
		settle 20 enough 2
		echo "${jump#* }" >"$work/clock"
		ended 30
		control DELETE fault >/dev/null
		is "15: the clock jumps ($jump) in the middle of a run" "$status $err" '0 '
		same "15: $jump"
		is "15: $jump: the log row is of today, and short" "$(sql "SELECT started_at BETWEEN now() - interval '2 minutes' AND now()
			AND finished_at BETWEEN started_at AND now() AND duration_ms < 60000
			FROM sync_logs ORDER BY created_at DESC LIMIT 1")" t
	done
fi

# The database's clock was a year ahead, as the provider set a deadline, and is
# set right.
sql "ALTER DATABASE host SET sluice.clock_offset = '1 year'"
control POST fault '{"kind":"status","status":429,"reason":"rateLimitExceeded","headers":{"Retry-After":"3600"},"match":"/calendar/v3"}' >/dev/null
call sync
is "15: a deadline, by a clock that is a year ahead" "$status $(sql "SELECT not_before > now() + interval '300 days' FROM sluice.schedule")" '1 t'
control DELETE fault >/dev/null
sql "ALTER DATABASE host RESET sluice.clock_offset"
change 5
good "15: the clock is set right: nobody waits for a year"

# --- 16: summer time ---------------------------------------------------------
# The database's clock is set to the moment, too; cron fires every five minutes.
if ! has faketime || sanitized; then
	skip '16: summer time' 'needs faketime, and no sanitizer beside it'
else
	sql "ALTER DATABASE host SET timezone = 'Europe/Berlin'"
	export TZ=Europe/Berlin
	for moment in '2026-03-29 00:50:00Z' '2026-10-25 00:20:00Z'; do
		sql "ALTER DATABASE host SET sluice.clock_offset = '$(($(date -d "$moment" +%s) - $(date +%s))) seconds'"
		# what a clock that went back brings about, is not what is counted
		TZ=Europe/Berlin at "@$(date -d "$moment" +'%F %T')" call sync
		sql "UPDATE sluice.schedule SET next_run_at = sluice.clock() - interval '1 second'"
		ran=0
		for minute in 0 5 10 15 20 25; do
			now=$(date -ud "$moment + $minute minutes" +'%F %T')
			sql "ALTER DATABASE host SET sluice.clock_offset = '$(($(date -ud "$now" +%s) - $(date +%s))) seconds'"
			for _ in 1 2; do # cron, too, may fire twice
				TZ=Europe/Berlin at "@$(date -d "$now UTC" +'%F %T')" call sync --due --json
				ran=$((ran + $(wc -l <"$work/out")))
			done
		done
		is "16: six runs in six intervals around $moment" "$ran" 6
	done
	unset TZ
	sql "ALTER DATABASE host RESET timezone; ALTER DATABASE host RESET sluice.clock_offset"
fi

# --- 19: files --------------------------------------------------------------
# Nothing is written anywhere, so that nothing can be planted in its place.
if ! has strace || sanitized; then
	skip '19: files' 'needs strace, and no sanitizer under it'
else
	change 5
	for command in sync status logs streams doctor migrate 'keys generate' connectors 'user list' \
		"setup google --client-file $work/client.json"; do
		# shellcheck disable=SC2086  # a command and its words
		strace -f -qq -o "$work/strace" -e trace=%file,mknod,mknodat sluice $command >"$work/out" 2>"$work/err" </dev/null
		is "19: sluice $command creates, writes and changes no file" \
			"$(grep -E 'O_(WRONLY|RDWR|CREAT|TRUNC)|(unlink|rename|link|mkdir|mknod|chmod|chown|truncate)[a-z0-9]*\(' "$work/strace" |
				grep -vE '"/dev/(null|tty)"|readlink' | head -3)" ''
	done
	ln -s "$work/keys" "$work/link"
	SLUICE_KEY_FILE=$work/link works '19: a link to the key file is followed, for its target is what is checked' sync
fi
good 'after all that'
summary

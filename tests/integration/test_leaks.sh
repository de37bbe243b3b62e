#!/usr/bin/env bash
# No secret gets out: the whole life of a credential, well and ill, at the
# highest verbosity. What was printed, logged and stored is looked through when
# it is over (cli_kit.bash, scripts/check-leaks --cluster), here what a process
# shows of itself while it lives and when it crashes.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

export SLUICE_LOG_LEVEL=debug
installed leaks 30:2
key=$(cut -d: -f2 "$SLUICE_KEY_FILE")
fault() { control POST fault "{\"kind\":\"status\",$1,\"count\":1}" >/dev/null; }
sealed() { "$build/tests/integration/vault_rows" tell "$SLUICE_KEY_FILE" | sed -n "s/^$1 //p" | head -n 1; }
told() { echo_=$1; }
expire() { control POST expire "{\"account\":\"$ana\",\"what\":\"access_tokens\"}" >/dev/null; }

# --- all that a log may hear of ---------------------------------------------------
for SLUICE_LOG_FORMAT in text json; do
	export SLUICE_LOG_FORMAT
	works "$SLUICE_LOG_FORMAT: sync" sync --full
	expire
	control POST options '{"rotate":true}' >/dev/null
	works "$SLUICE_LOG_FORMAT: a refresh that rotates" sync
	like "$SLUICE_LOG_FORMAT: it is in the log" "$err" 'token-refreshed'
	# A provider that tells the secrets back.
	expire
	told "you sent $(sealed refresh_token), really"
	fault "\"match\":\"/token\",\"status\":400,\"body\":\"{\\\"error\\\":\\\"invalid_request\\\",\\\"error_description\\\":\\\"$echo_\\\"}\",\"type\":\"application/json\""
	call sync
	is "$SLUICE_LOG_FORMAT: the token endpoint tells the tokens back" "$status" 1
	works "$SLUICE_LOG_FORMAT: well again" sync
	for code in 400 401 403 404 429 500; do
		told "you sent $(sealed access_token)"
		fault "\"match\":\"/calendars/\",\"status\":$code,\"message\":\"$echo_\""
		call sync --max-time 2s
	done
	told "you sent $(sealed access_token)"
	fault "\"match\":\"/calendars/\",\"status\":502,\"body\":\"<html>$echo_</html>\",\"type\":\"text/html\""
	call sync --max-time 2s
	works "$SLUICE_LOG_FORMAT: well after all that" sync
done
export SLUICE_LOG_FORMAT=text
for command in status logs streams doctor connectors 'user list' 'keys status' audit 'sync --dry-run --full' "explain $ana" 'logs --json'; do
	# shellcheck disable=SC2086  # words of a command
	call $command
done
SLUICE_GOOGLE_TOKEN_URL="$google/nowhere" call sync --full
control POST options '{"client_secret":"another"}' >/dev/null
expire
call sync
is 'a client that is refused' "$status" 1
control POST options '{"client_secret":"GOCSPX-emulator-secret"}' >/dev/null
control POST options '{"deny":true}' >/dev/null
connect $ana --account $ana
control POST options '{"deny":false}' >/dev/null
connect nobody@example.com
control POST expire "{\"account\":\"$ana\",\"what\":\"grants\"}" >/dev/null
expire
call sync
connect $ana --account $ana
is 'connect again' "$status" 0
works 'and the sync goes on' sync

# --- a living process ------------------------------------------------------------------
control POST options '{"latency_ms":1500}' >/dev/null
begun sync --full
settle 30 holds_lease
for file in cmdline environ; do
	shown=$(tr '\0' '\n' <"/proc/$run_pid/$file")
	[ -n "$shown" ] || not_ok "4: /proc/PID/$file can be read"
	printf '%s\n' "$shown" >"$work/proc.$file"
	unlike "4: the master key is not in $file" "$shown" "${key//+/[+]}"
done
is '5: no core may be written' "$(sed -nE 's/^Max core file size +([^ ]+) +([^ ]+).*/\1 \2/p' "/proc/$run_pid/limits")" '0 0'
kill -ABRT "$run_pid"
ended 20
is '5: it crashed' "$status" 134
is '5: and left no core' "$(find . "$work" -maxdepth 1 -name 'core*' -type f)" ''
control POST options '{"latency_ms":0}' >/dev/null

# As another user than root, where the kernel's own rules count.
if [ "$(id -u)" = 0 ] && has setpriv && ! sanitized; then
	mkdir "$work/cores"
	chmod 755 "$work" && chmod 777 "$work/cores"
	cp "$SLUICE_KEY_FILE" "$work/nobody.keys" && chown nobody "$work/nobody.keys"
	control POST options '{"latency_ms":1500}' >/dev/null
	control POST stats/reset >/dev/null
	(
		cd "$work/cores" || exit
		ulimit -c unlimited
		SLUICE_KEY_FILE=$work/nobody.keys exec setpriv --reuid nobody --clear-groups \
			sluice sync --full >"$work/run.out" 2>"$work/run.err" </dev/null
	) &
	run_pid=$!
	children+=("$run_pid")
	settle 30 enough 1 # the lease may still be that of the run before
	is '5: not dumpable: what belongs to it is root'"'"'s' "$(stat -c %U "/proc/$run_pid/mem")" root
	kill -ABRT "$run_pid"
	ended 20
	is '5: it crashed, with cores allowed' "$status" 134
	is '5: no core' "$(ls -A "$work/cores")" ''
	control POST options '{"latency_ms":0}' >/dev/null
else
	skip '5: cores of another user' 'needs root and setpriv, and no sanitizer'
fi
works 'the next run is well' sync

# --- the other ways out -------------------------------------------------------------------
unlike '6: the master key was not printed' "$(cat "$work/everything" "$work"/*.err)" "${key//+/[+]}"
like '6: the log was at its most talkative' "$(cat "$work/everything")" 'page-committed'
unlike '1: the master key is not in a dump' "$(pg_dump "$PGDATABASE")" "${key//+/[+]}"
# The look at the end can fail: what is planted where a leak would be is found.
printf 'token=ya29.emu-1-00' >"$work/planted"
if "$kit/../../scripts/check-leaks" "$work/planted" >/dev/null; then not_ok '6: a planted token is found'; else ok '6: a planted token is found'; fi
rm "$work/planted"
said=$("$kit/../../scripts/check-leaks" --cluster | sed '/^# /d')
is '1: no secret in the files, the log and the dumps of the cluster' "$said" ''
summary

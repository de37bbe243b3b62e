#!/usr/bin/env bash
# The vault from outside: a key file that does not fit, keys that are rotated
# while runs go on and processes are killed, and a key that is lost.
# EVERY=n: a rotation is killed after every nth step only.
# shellcheck source=tests/integration/fault_kit.bash
. "$(dirname "$0")/fault_kit.bash"

many=${SECRETS:-10000}
every=${EVERY:-13}
case $build in */san) many=${SECRETS:-1000} ;; esac
ben=ben@example.org
installed vault 30:1
works 'a first run' sync
works 'and a cron line: from now on it has nothing to do' sync --due
key1=$(cut -d: -f1 "$SLUICE_KEY_FILE")
key_of() { sed -n "${2:-1}{s/:.*//;p}" "$1"; }
new_line() { sluice keys generate; }
put_on_top() { # a new key; the file is replaced in one step
	(umask 077 && { new_line; cat "$SLUICE_KEY_FILE"; } >"$work/keys.new")
	mv "$work/keys.new" "$SLUICE_KEY_FILE"
}
all_open() { # WHAT: everything that is sealed opens
	like "$1: every secret opens" "$("$build/tests/integration/vault_rows" open "$SLUICE_KEY_FILE" 2>&1)" '^([0-9]+) of \1$'
}
left() { sql "SELECT count(*) FROM (SELECT key_id FROM sluice.user_secrets UNION ALL SELECT key_id FROM sluice.revocations
	UNION ALL SELECT secret_key_id FROM sluice.oauth_clients) AS all_ WHERE key_id <> '$(key_of "$SLUICE_KEY_FILE")'"; }
events() { sql "SELECT count(*) FROM sluice.secret_audit_logs WHERE event = '$1'"; }

# --- a key file that does not fit -------------------------------------------------
# Not a byte of the database changes, and nobody is asked for anything.
is 'the key was met at setup' "$(sql 'SELECT id FROM sluice.master_keys')" "$key1"
dump() { pg_dump --no-comments "$PGDATABASE" | grep -v '^\\\(un\)\?restrict'; }
dump >"$work/before"
before=$(requests)
mkdir "$work/bad"
(
	umask 077
	cd "$work/bad" || exit
	right=$SLUICE_KEY_FILE
	{ printf '%s:' "$key1" && head -c 32 /dev/zero | base64 -w0 && echo; } >wrong-bytes
	new_line >other-key
	{ new_line && cat wrong-bytes; } >wrong-old-key
	cp "$right" group-reads && chmod 640 group-reads
	cp "$right" all-read && chmod 604 all-read
	cp "$right" all-write && chmod 602 all-write
	: >empty
	head -c 40 "$right" >./cut
	printf '%s' "$(cut -d: -f2 "$right")" >key-alone
	mkdir directory
	mkfifo fifo
	ln -s nowhere link
)
client_file "$work/client2.json"
for file in "$work"/bad/* "$work/missing"; do
	SLUICE_KEY_FILE=$file refuse "36: key file $(basename "$file")" 3 'key' sync
done
for name in wrong-bytes other-key all-read; do
	for command in 'sync --due' 'sync --dry-run' audit "connect google --user $ana --no-browser" \
		"setup google --client-file $work/client2.json" 'keys rotate'; do
		# shellcheck disable=SC2086  # words of a command
		SLUICE_KEY_FILE=$work/bad/$name refuse "36: key file $name: $command" 3 'key' $command
	done
done
is '36: no request was made' "$(requests)" "$before"
dump >"$work/after"
if cmp -s "$work/before" "$work/after"; then ok '36: not a byte of the database changed'; else
	not_ok '36: not a byte of the database changed' "$(diff "$work/before" "$work/after" | head -20)"
fi
SLUICE_KEY_FILE=$work/bad/wrong-bytes call sync
like '36: the wrong key is named, and what to do' "$err" "$key1 is not the key of that id.*put the right line back"
SLUICE_KEY_FILE=$work/bad/other-key call keys status
is '36: a key that is missing: status looks at it' "$status" 1
like '36: and tells what it costs' "$out" "$key1 .*missing .*without it 2 tokens of 1 user, 1 client secret cannot be opened"
SLUICE_KEY_FILE=$work/bad/wrong-bytes call keys status
is '36: a wrong key: status says so' "$status" 3
# A database from before keys were remembered: tried on what it sealed.
sql 'DELETE FROM sluice.master_keys'
SLUICE_KEY_FILE=$work/bad/wrong-bytes refuse '36: a wrong key that was never met' 3 'is not the key of that id' sync
is '36: is not remembered' "$(sql 'SELECT count(*) FROM sluice.master_keys')" 0
works '36: the right key again' sync
is '36: is remembered' "$(sql 'SELECT id FROM sluice.master_keys')" "$key1"

# --- a ciphertext in another row ------------------------------------------------------
control POST account "{\"spec\":\"$ben:10:1\"}" >/dev/null
works '2: another user' user add --email $ben
connect $ben --account $ben
works '2: both are well' sync
id_of() { sql "SELECT user_id FROM user_integrations WHERE account = '$1'"; }
ana_id=$(id_of $ana) ben_id=$(id_of $ben)
mine() { echo "user_id = '$1' AND purpose = '$2'"; }
copy() { # FROM TO PURPOSE: and it is gone from where it was
	sql "CREATE TABLE moved AS SELECT * FROM sluice.user_secrets WHERE $(mine "$1" "$3")"
	sql "CREATE TABLE kept AS SELECT * FROM sluice.user_secrets WHERE $(mine "$2" "$3")"
	sql "DELETE FROM sluice.user_secrets WHERE $(mine "$1" "$3")"
	sql "UPDATE sluice.user_secrets s SET ciphertext = m.ciphertext, iv = m.iv, key_id = m.key_id FROM moved m WHERE s.$(mine "$2" "$3" | sed 's/ purpose/ s.purpose/')"
}
back() { # PURPOSE
	sql "UPDATE sluice.user_secrets s SET ciphertext = k.ciphertext, iv = k.iv, key_id = k.key_id FROM kept k WHERE s.id = k.id"
	sql 'INSERT INTO sluice.user_secrets SELECT * FROM moved; DROP TABLE moved, kept'
}
like '3: a copy that stays where it was is refused by the index' "$(sql "UPDATE sluice.user_secrets s SET iv = o.iv, ciphertext = o.ciphertext
	FROM sluice.user_secrets o WHERE s.user_id = '$ben_id' AND o.user_id = '$ana_id' AND s.purpose = o.purpose" 2>&1)" 'user_secrets_key_id_iv_key'
for purpose in access_token refresh_token; do
	[ $purpose = access_token ] || sql "UPDATE sluice.grants SET access_expires_at = now() WHERE user_id = '$ben_id'"
	copy "$ana_id" "$ben_id" $purpose
	call sync --user $ben --json
	is "2: ana's $purpose in ben's row: ben's run fails" "$status" 1
	like "2: $purpose: because it does not open" "$out" 'does not open'
	is "2: $purpose: it is in the audit log" "$(sql "SELECT count(*) FROM sluice.secret_audit_logs WHERE event = 'open_failed' AND user_id = '$ben_id' AND detail LIKE '$purpose does not open%'")" 1
	back $purpose
	works "2: $purpose: put back" sync
	is "2: $purpose: nothing of ana came to ben" "$(sql "SELECT count(*) FROM artifacts a JOIN user_integrations i ON i.id = a.integration_id
		WHERE a.user_id = '$ben_id' AND i.account <> '$ben'")" 0
done

# --- rotation while runs go on ------------------------------------------------------------
"$build/tests/integration/vault_rows" fill "$SLUICE_KEY_FILE" $((many / 2)) || not_ok 'fill'
all_open 'before'
scans() {
	settle 20 alone
	sql "SELECT seq_scan FROM pg_stat_user_tables WHERE relid = 'auth.users'::regclass"
}
before=$(scans)
works 'a user among thousands' status --user $ana
below 'is not looked for once for each of them' "$(($(scans) - before))" 10
# Each refresh replaces the refresh token at once: one that was overwritten
# with an older one would be dead.
control POST options '{"rotate":true,"rotate_grace":false,"latency_ms":20}' >/dev/null
expire_tokens() { control POST expire "{\"account\":\"$1\",\"what\":\"access_tokens\"}" >/dev/null; }
runs() { # ACCOUNT: full runs with new tokens, one after the other, until told
	local n=0
	while [ ! -e "$work/enough" ]; do
		expire_tokens "$1"
		sluice sync --full --user "$1" >>"$work/runs.$1" 2>&1 </dev/null || echo "status $? in run $n" >>"$work/bad_runs"
		n=$((n + 1))
		echo $n >"$work/count.$1"
	done
}
: >"$work/bad_runs"
runs $ana &
children+=($!)
runs $ben &
children+=($!)
settle 60 test -s "$work/count.$ana" -a -s "$work/count.$ben"
put_on_top
key2=$(key_of "$SLUICE_KEY_FILE")
began=$(millis)
call_for_long() {
	status=0
	timeout 300 sluice "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	out=$(cat "$work/out") err=$(cat "$work/err")
}
call_for_long keys rotate
took=$(($(millis) - began))
is "98: rotation of $many secrets while runs go on" "$status" 0
like '98: says how many' "$out" 'secrets sealed anew with key '"$key2"
like '98: says that the old key may go' "$out" "key $key1 seals nothing any more: its line may go"
# Runs that began with the old file follow the new one: a few more of both.
for account in $ana $ben; do
	have=$(cat "$work/count.$account")
	settle 60 sh -c "test \"\$(cat '$work/count.$account')\" -gt $((have + 2))"
done
touch "$work/enough"
wait "${children[@]: -2}" 2>/dev/null
children=()
is '98: no run failed' "$(cat "$work/bad_runs" && grep -hE '^sluice:|failed' "$work"/runs.* | head -5)" ''
all_open '98: after the rotation'
is '98: nothing is left under the old key' "$(left)" 0
is '98: no IV under two secrets' "$(sql 'SELECT count(*) - count(DISTINCT (key_id, iv)) FROM sluice.user_secrets')" 0
echo "# $many secrets in $took ms beside $(cat "$work/count.$ana") and $(cat "$work/count.$ben") runs"
is '98: each is in the audit log' "$(sql "SELECT sum(split_part(detail, ' ', 1)::int) >= $many FROM sluice.secret_audit_logs WHERE event = 'resealed' AND detail LIKE '% to $key2'")" t
call keys status --json
like '98: status: the new key' "$out" "\"id\":\"$key2\",\"state\":\"current\""
like '98: status: the old one may go' "$out" "\"id\":\"$key1\",\"state\":\"old\".*\"may_go\":true"
sed -i "/^$key1:/d" "$SLUICE_KEY_FILE"
works '98: without the line of the old key' sync
all_open '98: without the old key'

# A process that was started before the new key came, and refreshes after the
# rotation: it follows the file.
control POST options '{"latency_ms":400}' >/dev/null
expire_tokens $ana
started 1 sync --full --user $ana
put_on_top
call_for_long keys rotate
is '98: a rotation under a run that has begun' "$status" 0
expire_tokens $ana
control POST options '{"latency_ms":0}' >/dev/null
ended 60
is '98: that run is well' "$status" 0
all_open '98: both'
is '98: nothing under the older key' "$(left)" 0

# --- killed at each step --------------------------------------------------------------------
sql "DELETE FROM auth.users WHERE email LIKE 'vault%'; DELETE FROM sluice.revocations"
"$build/tests/integration/vault_rows" fill "$SLUICE_KEY_FILE" 6
steps=$build/tests/crash/steps.so
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0"
killed=0
for ((n = 1; n < 2000; n += every)); do
	put_on_top
	sed -i '3,$d' "$SLUICE_KEY_FILE"
	{ LD_PRELOAD=$steps STEPS_DO=kill STEPS_AT=$n sluice keys rotate >/dev/null 2>&1; } 2>/dev/null
	status=$?
	[ $status = 0 ] && break
	killed=$((killed + 1))
	opened=$("$build/tests/integration/vault_rows" open "$SLUICE_KEY_FILE" 2>&1)
	call keys rotate
	[[ $status = 0 && $opened =~ ^([0-9]+)\ of\ ([0-9]+)$ && ${BASH_REMATCH[1]} = "${BASH_REMATCH[2]}" && $(left) = 0 ]] ||
		not_ok "98: killed after step $n" "opened: $opened; then status $status, $(left) left: $err"
done
[ $killed -gt 3 ] && ok "98: killed after every ${every}th step, $killed times: every secret opens, and it resumes" || not_ok '98: it was killed' "$killed times"
all_open '98: after all that'
works '98: and a run' sync

# --- a key that is lost ------------------------------------------------------------------------
lost=$(key_of "$SLUICE_KEY_FILE")
cost=$(sql "SELECT count(*) FROM sluice.user_secrets")
(umask 077 && new_line >"$work/new-keys")
export SLUICE_KEY_FILE=$work/new-keys
refuse 'lost: nothing runs' 3 "key $lost, which sealed $cost tokens of [0-9]+ users, 1 client secret, is not in" sync
refuse 'lost: setup waits, too' 3 "$lost" setup google --client-file "$work/client2.json"
refuse 'a key that is there is not forgotten' 2 'is in the key file' keys forget "$(key_of "$SLUICE_KEY_FILE")"
refuse 'a key that nobody used is not forgotten' 2 'nothing is sealed' keys forget k9
refuse 'which key?' 2 'needs the id' keys forget
works 'lost: forgotten' keys forget "$lost"
like 'lost: what that cost' "$out" "$cost tokens deleted. 8 grants need consent"
like 'lost: what to do' "$out" 'run sluice setup'
is 'lost: the accounts wait for their people' "$(sql 'SELECT string_agg(DISTINCT status, $$,$$) FROM user_integrations')" needs_reauth
is 'lost: each deleted token is in the audit log' "$(sql "SELECT count(*) >= $cost FROM sluice.secret_audit_logs WHERE event = 'deleted'")" t
refuse 'lost: nothing runs before setup' 3 "$lost, which sealed 1 client secret" sync
works 'lost: setup seals the client anew' setup google --client-file "$work/client2.json"
connect $ana --account $ana
is 'lost: connect again' "$status" 0
streams=$(sql "SELECT count(*) FROM sync_state WHERE user_id = '$ana_id' AND cursor IS NOT NULL")
[ "$streams" -gt 0 ] && ok 'lost: cursors were kept' || not_ok 'lost: cursors were kept'
works 'lost: and on it goes' sync --user $ana
same 'lost: nothing is missing'

is 'the log names no secret' "$(sql "SELECT count(*) FROM sluice.secret_audit_logs WHERE detail ~ 'ya29|1//|GOCSPX'")" 0
refuse 'a word that is none' 2 'what is what' keys what
refuse 'a word too many' 2 'what is now' keys rotate now
summary

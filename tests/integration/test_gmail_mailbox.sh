#!/usr/bin/env bash
# A large mailbox arrives whole, whatever happens on the way: the
# process is killed after steps drawn at random, the history expires in the
# middle of changes. Then a run makes one request and writes no artifact.
#
#   SEED=n      the same kill points again
#   MESSAGES=n  another size [40000; THOROUGH=1, as in make torture: 100000]
# shellcheck source=tests/integration/cli_kit.bash
. "$(dirname "$0")/cli_kit.bash"

ana=ana@example.com
messages=${MESSAGES:-${THOROUGH:+100000}}
messages=${messages:-40000}
seed=${SEED:-$((($(date +%s) ^ $$) % 32768))}
RANDOM=$seed
echo "# seed $seed"
export SLUICE_QUOTA=off LC_ALL=C
steps=$build/tests/crash/steps.so
[ -f "$steps" ] || {
	echo "Bail out! no $steps: make tests-build"
	exit 1
}

field() { sed -n "s/.*\"$2\":\"\{0,1\}\([^,\"}]*\).*/\1/p" <<<"$1"; }
requests() { control GET stats | sed 's/.*"requests":\([0-9]*\).*/\1/'; }
units() { control GET stats | sed "s/.*\"$ana\":{\"units\":\([0-9]*\).*/\1/"; }
expired() { control POST expire "{\"account\":\"$ana\",\"what\":\"history\"}" >/dev/null; }
changes() { # how many, seed
	control POST mail "{\"account\":\"$ana\",\"op\":\"random\",\"count\":$1,\"seed\":$2}" >/dev/null
}
ours() { sql "SELECT source_id FROM artifacts WHERE type = 'email' AND deleted_at IS NULL"; }
same() { # title
	ours | sort >"$work/ours"
	control GET "mail?account=$ana&ids=1" | sort >"$work/theirs"
	is "$1: what is here is what is there" \
		"$(comm -3 "$work/ours" "$work/theirs" | head -n 3)" ''
	is "$1: none twice" "$(uniq -d "$work/ours" | head -n 3)" ''
}
labelled() { # title: each in its thread, with its labels
	sql 'CREATE TABLE truth (j jsonb)'
	control GET "mail?account=$ana" | psql -Xq -v ON_ERROR_STOP=1 -c \
		"COPY truth FROM STDIN (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')"
	is "$1: each in its thread, with its labels" "$(sql "SET enable_nestloop = off; SELECT a.source_id FROM truth
		JOIN artifacts a ON a.source_id = j->>'id'
		WHERE a.deleted_at IS NULL AND (thread_id <> j->>'threadId'
			OR NOT (j->'labelIds' @> to_jsonb(a.labels) AND j->'labelIds' <@ to_jsonb(a.labels))) LIMIT 3")" ''
}
# Every artifact with the transaction that wrote it.
written() {
	sql "SELECT count(*) || ' ' || md5(string_agg(source_id || xmin::text, ',' ORDER BY source_id)) FROM artifacts"
}
killed=0
kill_at() { # steps: a run that is killed after so many
	local got=0 pid
	env LD_PRELOAD="$steps" STEPS_DO=kill STEPS_AT="$1" STEPS_LOG=/dev/null \
		sluice sync --provider gmail >/dev/null 2>>"$work/run.err" </dev/null &
	pid=$!
	# bash tells of a killed one on its own stderr
	{ wait "$pid" || got=$?; } 2>>"$work/shell.err"
	if [ "$got" = 137 ]; then
		killed=$((killed + 1))
	else
		not_ok "killed after step $1" "status $got: $(tail -n 1 "$work/run.err")"
	fi
}
run() { # title
	status=0
	out=$(sluice sync --provider gmail --json 2>"$work/run.err") || status=$?
	is "$1: ok" "$status $(field "$out" status)" '0 ok'
	[ "$status" = 0 ] || sed 's/^/# /' "$work/run.err"
}
at_rest() { # title
	local before rows_before
	before="$(requests) $(units)" rows_before=$(written)
	run "$1, once more"
	is "$1: once more is one request of 2 units" \
		"$(($(requests) - ${before% *})) $(($(units) - ${before#* }))" '1 2'
	is "$1: and writes no artifact" "$(written)" "$rows_before"
}

start_emulator --seed 77 --mailbox "$ana:$messages:1.6"
migrated_database mailbox
new_keys "$work/keys"
export SLUICE_KEY_FILE="$work/keys"
client_file "$work/client.json"
sluice setup google --client-file "$work/client.json" >/dev/null 2>&1
sluice user add --email $ana >/dev/null
connector=gmail connect $ana
is 'connected' "$status" 0

# --- the first walk, killed again and again ----------------------------------
began=$SECONDS
for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
	kill_at $((RANDOM % (messages / 12) + 40))
	changes 5 $((RANDOM + 1))
done
is 'it was killed that often' "$killed" 12
echo "# after 12 kills: $(ours | wc -l) messages, $((SECONDS - began)) s"
id=$(field "$(control POST mail "{\"account\":\"$ana\",\"op\":\"add\",
	\"from\":\"lee@example.org\",\"subject\":\"New\",\"text\":\"Hi\"}")" id)
kill_at 400 # by then the changes are read, and some of the old mailbox
is 'new mail comes before the old mailbox' \
	"$(ours | grep -c "^$id\$") $(($(ours | wc -l) < messages * 9 / 10))" '1 1'
run 'resumed'
echo "# whole: $(ours | wc -l) messages, $((SECONDS - began)) s, $(units) units"
same 'resumed'
labelled 'resumed'
at_rest 'resumed'

# --- the history expires in the middle of changes -----------------------------
# (Labels that changed in the gap stay as they were: docs/reliability.md, 64.)
changes 300 $((RANDOM + 1))
kill_at $((RANDOM % 40 + 40)) # some of them are read
changes 300 $((RANDOM + 1))
expired # and nobody will tell of these
changes 100 $((RANDOM + 1))
before=$(requests)
kill_at $((RANDOM % 200 + 40)) # in the middle of the walk that follows
changes 100 $((RANDOM + 1))
run 'the history has expired'
run 'what came meanwhile'
same 'the history has expired'
is 'no known message is read again' "$(($(requests) - before < messages / 500 + 700))" 1
at_rest 'the history has expired'
summary

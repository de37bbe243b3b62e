#!/usr/bin/env bash
# Kill what leaves after every single step, run it again, and demand the tables
# of an undisturbed one, receipt and counts included. See CONTRIBUTING.md.
#
#   leaving.sh BUILD [erase|disconnect...]   (default: both)
#   EVERY=n    after every nth step only
# shellcheck source=tests/crash/kit.bash
. "$(dirname "$0")/kit.bash"
shift
[ $# -gt 0 ] || set -- erase disconnect

every=${EVERY:-1}
ben=ben@example.org
world_leave() {
	start_emulator --seed 11 --now 2026-11-20T08:00:00Z --account "$ana:24:1" \
		--account "$ben:10:1" --mailbox "$ana:12"
	connector=google
}
given_leave() {
	synced
	call user add --email $ben
	connector=google_calendar connect $ben
	call sync
	sql "CREATE TABLE crash.users AS SELECT * FROM auth.users;
		INSERT INTO loops (user_id, contact_id, kind, title)
		SELECT user_id, id, 'ask', 'Intro' FROM contacts
		WHERE source = 'google_calendar' AND NOT is_self_contact
			AND user_id = (SELECT id FROM auth.users WHERE email = '$ana')
		ORDER BY display_name LIMIT 1"
	ana_id=$(sql "SELECT id FROM auth.users WHERE email = '$ana'")
}
again_leave() { :; }
erase_of() { # what an undisturbed one is, and any that goes on with it
	case $1 in
	erase) echo erase --user "$ana_id" --yes ;;
	disconnect) echo disconnect google_calendar --user "$ana_id" --erase ;;
	esac
}
begin_anew() {
	ask 'INSERT INTO auth.users SELECT * FROM crash.users ON CONFLICT DO NOTHING'
	fresh
}
# What is done already is told again, or is not found any more.
is_done() { [ "$status" = 0 ] || { [ "$what" = disconnect ] && grep -q 'has no account' <<<"$err"; }; }

scenario leave
for what in "$@"; do
	read -ra words <<<"$(erase_of "$what")"
	begin_anew
	with_steps '' 0 "${words[@]}"
	is "$what: undisturbed" "$status" 0
	total=$(wc -l <"$work/steps")
	gone_from_server
	measure
	wanted=$content
	dump_to "$work/undisturbed"
	like "$what: the receipt counts" "$(sql 'SELECT counts FROM sluice.erasures')" '"public.artifacts": [1-9]'
	like "$what: the other user is there" "$(sql "SELECT count(*) FROM artifacts a JOIN auth.users u ON u.id = a.user_id
		WHERE u.email = '$ben'")" '^[1-9]'
	killed=0
	for ((n = 1; n <= total; n += every)); do
		begin_anew
		with_steps kill "$n" "${words[@]}"
		[ "$status" = 137 ] && killed=$((killed + 1))
		step=$(tail -n 1 "$work/steps")
		gone_from_server
		call "${words[@]}"
		if ! is_done; then
			not_ok "$what: killed after step $step" "resumed: $status $out $err"
			continue
		fi
		gone_from_server
		measure
		before=$rows
		call "${words[@]}"
		gone_from_server
		first=$content
		measure
		if [ "$first $content $rows" = "$wanted $wanted $before" ] && is_done; then
			ok "$what: killed after step $step"
		else
			dump_to "$work/got"
			not_ok "$what: killed after step $step" "$(diff "$work/undisturbed" "$work/got" | cut -c1-600 | head -n 12)"
		fi
	done
	echo "# $what: $killed kill points of $total steps"
	[ "$killed" -gt $((total / every / 2)) ] || not_ok "$what: it was killed" "$killed times"
done
summary

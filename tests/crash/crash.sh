#!/usr/bin/env bash
# Kill a run after every single step, resume, and demand the tables of an
# undisturbed run; once more, and nothing is written. See CONTRIBUTING.md.
#
#   crash.sh BUILD [SCENARIO...]   (default: all but LinkedIn's)
#   EVERY=n    after every nth step only
#   POOLED=1   through PgBouncer in transaction mode
# shellcheck source=tests/crash/kit.bash
. "$(dirname "$0")/kit.bash"
shift
[ $# -gt 0 ] || set -- "${all_scenarios[@]}"

every=${EVERY:-1}
way=plain
case $build in */san) way=san ;; esac
[ "$pooled" = 0 ] || way=pooled
for name in "$@"; do
	scenario "$name"
	undisturbed
	# What comes before a run is claimed is the same in all: once is enough.
	case $name in
	walk | worker | connect) start=1 ;;
	*) start=$((startup + 1)) ;;
	esac
	killed=0 fewer=0 began=$SECONDS
	# Two workers: another run may have a few steps more.
	for ((n = start; n <= total + 20; n += every)); do
		fresh
		"run_$name" kill "$n"
		if [ "$status" = 137 ]; then
			killed=$((killed + 1))
		elif [ "$n" -gt "$total" ]; then
			break
		else
			fewer=$((fewer + 1))
		fi
		step=$(tail -n 1 "$work/steps")
		verify "$name: killed after step $step" || [ "$failed" -lt 5 ] || break 2
	done
	echo "# $name: $killed kill points, steps $start to $total, $((SECONDS - began)) s, $way"
	[ "$fewer" -eq 0 ] || echo "# $name: $fewer runs ended before their step came"
	[ "$killed" -gt "$fewer" ] || not_ok "$name: it was killed" "$killed times"
done
summary

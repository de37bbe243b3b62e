#!/usr/bin/env bash
# systemd's units: they are what systemd takes, as closed as they claim, and the
# daemon lives in them. Nothing here can start a unit: what the daemon asks of the
# kernel is written down, and held against what its unit lets through.
# shellcheck source=tests/integration/worker_kit.bash
. "$(dirname "$0")/worker_kit.bash"

root=$work/root units=$work/root/usr/lib/systemd/system
packaging=$kit/../../packaging/systemd
if ! has systemd-analyze || ! has strace; then
	skip 'the units' 'no systemd-analyze, or no strace'
	summary
fi

# --- as make install leaves them -----------------------------------------------
mkdir -p "$units" "$root/usr/bin"
make -s -C "$kit/../.." install-units DESTDIR="$root" PREFIX=/usr >/dev/null 2>"$work/make.err"
is 'installed' "$(ls "$units" | tr '\n' ' ')" 'sluice-sync.service sluice-sync.timer sluice-worker.service '
for unit in sluice-worker.service sluice-sync.service; do
	like "$unit runs what is installed" "$(grep ^ExecStart= "$units/$unit")" '^ExecStart=/usr/bin/sluice (worker|sync --due)$'
	sed -i "s|/usr/bin/sluice|$build/sluice|; /^Documentation=/d" "$units/$unit"
done
for unit in "$units"/*; do
	sed -i '/^Documentation=/d' "$unit"
	said=$(systemd-analyze verify --man=no "$unit" 2>&1 | grep -F "${unit##*/}")
	is "systemd takes ${unit##*/}" "$said" ''
done
for unit in sluice-worker.service sluice-sync.service; do
	below "the exposure of $unit, in tenths" \
		"$(systemd-analyze security --offline=true --no-pager "$units/$unit" |
			sed -n 's/.*exposure level.*: \([0-9]*\)\.\([0-9]\).*/\1\2/p')" 20
done
grace=$(sed -n 's/^#define GRACE_US *(\([0-9]*\) .*/\1/p' "$kit/../../cli/cmd_worker.c")
below 'it waits longer than what is under way may take' "${grace:-999}" \
	"$(sed -n 's/^TimeoutStopSec=//p' "$packaging/sluice-worker.service")"

# --- what the daemon asks of the kernel -------------------------------------------
set_of() { # @SET... -> names
	local word
	for word in "$@"; do
		case $word in
		@*)
			# shellcheck disable=SC2046  # words
			set_of $(systemd-analyze syscall-filter --no-pager "$word" |
				sed -n 's/^    \([@a-z0-9_-]*\)$/\1/p')
			;;
		*) echo "$word" ;;
		esac
	done
}
filter() { sed -n "s/^SystemCallFilter=$1//p" "$packaging/sluice-worker.service"; }
# shellcheck disable=SC2046  # words
set_of $(filter '\(@\)' | sed 's/^/@/') | sort -u >"$work/some"
# shellcheck disable=SC2046
set_of $(filter '~') | sort -u >"$work/not"
comm -23 "$work/some" "$work/not" >"$work/allowed"
below 'the filter lets enough through to be one' 100 "$(wc -l <"$work/allowed")"

export SLUICE_QUOTA=off
installed units 30:2
# What it was told to do to itself before it began is not the unit's.
traced() { exec strace -f -qq -o "$1" -s 0 -e signal=none sluice "${@:2}"; }
SLUICE_NOTIFY_COMMAND=true traced "$work/trace.1" worker --poll 1s --log-level info \
	>"$work/traced.out" 2>"$work/traced.err" </dev/null &
tracer=$!
children+=("$tracer")
settle 30 ran 1 && ok 'a worker that is watched syncs' || not_ok 'a worker that is watched syncs' "$(cat "$work/traced.err")"
kill -TERM "$(pgrep -P "$tracer" -x sluice)"
worker_ended 20 "$tracer"
is 'and ends well' "$status" 0
due
(traced "$work/trace.2" sync --due) >"$work/traced.out" 2>&1 </dev/null
is 'so does a cron line' "$?" 0
cat "$work"/trace.[12] >"$work/trace"
sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' "$work/trace" | sort -u >"$work/asked"
is 'every call is let through' "$(comm -23 "$work/asked" "$work/allowed" | tr '\n' ' ')" ''
is 'no memory is writable and executable, or becomes executable' \
	"$(grep -cE 'PROT_WRITE\|PROT_EXEC|(mprotect|pkey_mprotect)\(.*PROT_EXEC' "$work/trace")" 0
families=$(sed -n 's/^RestrictAddressFamilies=//p' "$packaging/sluice-worker.service")
is 'no socket of another family' "$(grep -oE 'socket(pair)?\(AF_[A-Z0-9]*' "$work/trace" | sort -u |
	sed 's/.*(//' | grep -vwE "${families// /|}")" ''
is 'no file is written' "$(grep -E '(openat|open|creat)\(.*(O_WRONLY|O_RDWR|O_CREAT)' "$work/trace" |
	grep -v '/dev/null\|O_TMPFILE' | head -n 3)" ''
summary

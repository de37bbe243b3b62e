# shellcheck shell=bash
# A throw-away PostgreSQL cluster on a unix socket. Sourced, not run.
#
#   cluster_start SUPERUSER   exports PGHOST PGPORT PGUSER PGDATABASE
#   cluster_stop              stops it and removes everything
#
# PostgreSQL refuses to run as root: then the server belongs to user postgres
# (CLUSTER_USER), while clients stay what they are. CLUSTER_BIN names the
# server's bin directory, the newest installed major unless given.

cluster_dir=

cluster_as_server() {
	if [ "$(id -u)" = 0 ]; then
		runuser -u "${CLUSTER_USER:-postgres}" -- "$@"
	else
		"$@"
	fi
}

cluster_bin() {
	if [ -n "${CLUSTER_BIN:-}" ]; then
		echo "$CLUSTER_BIN"
		return
	fi
	local dir newest=
	for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V); do
		[ -x "$dir/initdb" ] && newest=$dir
	done
	[ -n "$newest" ] || newest=$(dirname "$(command -v initdb)")
	echo "$newest"
}

cluster_start() {
	local superuser=$1 bin attempt
	bin=$(cluster_bin)
	cluster_dir=$(mktemp -d "${TMPDIR:-/tmp}/sluice-pg.XXXXXX")
	chmod 0755 "$cluster_dir"
	[ "$(id -u)" != 0 ] || chown "${CLUSTER_USER:-postgres}" "$cluster_dir"
	if ! (cd / && cluster_as_server "$bin/initdb" -D "$cluster_dir/data" \
		-U "$superuser" -A trust -E UTF8 --locale=C.UTF-8 --no-sync) \
		>"$cluster_dir.log" 2>&1; then
		cat "$cluster_dir.log" >&2
		return 1
	fi
	cat >>"$cluster_dir/data/postgresql.conf" <<-CONF
		listen_addresses = '${CLUSTER_LISTEN:-}'
		unix_socket_directories = '$cluster_dir'
		wal_level = logical
		fsync = off
		full_page_writes = off
		synchronous_commit = off
		max_connections = 40
		timezone = 'UTC'
	CONF
	# The port matters for the name of the socket and for CLUSTER_LISTEN.
	for attempt in 1 2 3 4 5; do
		PGPORT=$((20000 + (RANDOM * 7 + $$ + attempt) % 40000))
		if (cd / && cluster_as_server "$bin/pg_ctl" -D "$cluster_dir/data" \
			-o "-p $PGPORT" -l "$cluster_dir/server.log" -w -t 60 start) \
			>>"$cluster_dir.log" 2>&1; then
			export PGPORT PGHOST=$cluster_dir PGUSER=$superuser PGDATABASE=postgres
			return 0
		fi
	done
	cat "$cluster_dir/server.log" >&2
	return 1
}

cluster_stop() {
	[ -n "$cluster_dir" ] || return 0
	(cd / && cluster_as_server "$(cluster_bin)/pg_ctl" -D "$cluster_dir/data" \
		-m immediate -w stop) >/dev/null 2>&1 || true
	rm -rf "$cluster_dir" "$cluster_dir.log"
	cluster_dir=
}

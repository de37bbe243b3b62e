#!/usr/bin/env bash
# A mailbox through sluice into PostgreSQL: scripts/bench. Gmail's answers are
# canned (canned.c) and handed out by nginx on the same cores; the consent is
# the emulator's. MESSAGES and MEAN (of a thread: 1.6 or 3) say how many.
# shellcheck source=tests/bench/kit.bash
. tests/bench/kit.bash

messages=${MESSAGES:-10000} mean=${MEAN:-1.6}

gcc -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -o "$work/canned" \
	tests/bench/canned.c -ljansson
mkdir "$work/www"
"$work/canned" "$work/www" "$messages" "$mean" >"$work/canned.out"
read -r messages threads optimum <"$work/canned.out"

# One answer for whatever does not depend on an id.
cat >"$work/www/profile.json" <<-JSON
	{"emailAddress": "$who", "messagesTotal": $messages,
	 "threadsTotal": $threads, "historyId": "9000001"}
JSON
echo '{"historyId": "9000001"}' >"$work/www/history.json"
echo '{"labels": [{"id": "INBOX", "name": "INBOX", "type": "system"}]}' \
	>"$work/www/labels.json"
echo "{\"sendAs\": [{\"sendAsEmail\": \"$who\", \"isPrimary\": true}]}" \
	>"$work/www/sendAs.json"

# start_nginx: sets $web
start_nginx() {
	local port
	for _ in 1 2 3 4 5; do
		port=$((RANDOM % 20000 + 20000))
		cat >"$work/nginx.conf" <<-CONF
			daemon off;
			user root;
			worker_processes 1;
			pid $work/nginx.pid;
			error_log $work/nginx.log error;
			events { worker_connections 64; }
			http {
				log_format what '\$request_uri';
				access_log $work/asked.log what buffer=64k flush=1s;
				default_type application/json;
				keepalive_requests 100000000;
				open_file_cache max=10000 inactive=600s;
				sub_filter_once off;
				sub_filter_types application/json;
				client_body_temp_path $work;
				proxy_temp_path $work;
				fastcgi_temp_path $work;
				uwsgi_temp_path $work;
				scgi_temp_path $work;
				map \$arg_pageToken \$page { "" 0; default \$arg_pageToken; }
				server {
					listen 127.0.0.1:$port;
					root $work/www;
					location = /gmail/v1/users/me/profile { rewrite ^ /profile.json break; }
					location = /gmail/v1/users/me/history { rewrite ^ /history.json break; }
					location = /gmail/v1/users/me/labels { rewrite ^ /labels.json break; }
					location = /gmail/v1/users/me/settings/sendAs { rewrite ^ /sendAs.json break; }
					location = /gmail/v1/users/me/messages { rewrite ^ /list/\$page.json break; }
					location ~ "^/gmail/v1/users/me/(?<kind>messages)/(?<t>[0-9a-f]{9})(?<p>[0-9a-f]{3})(?<c>[0-9a-f]{4})\$" {
						sub_filter '#THREAD##' \$t;
						sub_filter '#P#' \$p;
						rewrite ^ /\$kind/\$c.json break;
					}
					location ~ "^/gmail/v1/users/me/(?<kind>threads)/(?<t>[0-9a-f]{9})(?<p>[0-9a-f]{3})(?<c>[0-9a-f]{2})00\$" {
						sub_filter '#THREAD##' \$t;
						sub_filter '#P#' \$p;
						rewrite ^ /\$kind/\$c.json break;
					}
				}
			}
		CONF
		/usr/sbin/nginx -p "$work" -c "$work/nginx.conf" 2>>"$work/nginx.log" &
		servers+=($!)
		web=http://127.0.0.1:$port
		for _ in $(seq 50); do
			curl -fsS -o /dev/null "$web/gmail/v1/users/me/profile" \
				2>/dev/null && return 0
			kill -0 "${servers[-1]}" 2>/dev/null || break
			sleep 0.1
		done
	done
	die "nginx does not start: $(tail -n 3 "$work/nginx.log")"
}

start_emulator --mailbox "$who:1"
start_nginx
export SLUICE_GMAIL_URL=$web/gmail/v1
set_up gmail
echo "gmail: $messages messages in $threads threads (mean $mean), $(nproc) cores"

timed_sync full
timed_sync poll
artifacts=$(count_of artifacts)
participants=$(count_of artifact_participants)
people=$(count_of contact_emails)
[ "$artifacts" -eq "$messages" ] ||
	die "$artifacts artifacts for $messages messages: $(cat "$work/full.json")"
sleep 1.5 # nginx writes what it has buffered once a second
units=$(awk -F'[/?]' '$6 == "messages" && length($7) == 16 { n += 20 }
	$6 == "threads" { n += 40 }
	END { print n + 0 }' "$work/asked.log")

floor artifacts artifact_participants contacts contact_emails

awk -v artifacts="$artifacts" -v participants="$participants" \
	-v people="$people" -v full="$(elapsed "$work/full.time")" \
	-v cpu="$(cpu "$work/full.time")" -v rss="$(resident "$work/full.time")" \
	-v requests="$(field requests "$work/full.json")" \
	-v bytes="$(field bytes "$work/full.json")" \
	-v poll="$(elapsed "$work/poll.time")" \
	-v poll_requests="$(field requests "$work/poll.json")" \
	-v units="${units:-0}" -v optimum="$optimum" \
	-v upsert="$upsert_ms" 'BEGIN {
	upsert /= 1000
	printf "rows       %d artifacts, %d participants, %d people\n",
		artifacts, participants, people
	printf "sluice     %7.2f s  %8.0f messages/s   %d requests, %.1f MB\n",
		full, artifacts / full, requests, bytes / 1e6
	printf "floor      %7.2f s  %8.0f messages/s   the same rows by one psql script\n",
		upsert, artifacts / upsert
	printf "ratio      %7.2f    sluice / floor; goal 2\n", full / upsert
	printf "CPU        %7.3f ms a message; goal 0.1\n", cpu * 1000 / artifacts
	printf "memory     %7.1f MiB peak resident; goal under 64\n", rss / 1024
	if (units > 0)
		printf "quota      %7.2f units a message, optimum %.2f: %+.1f %%; goal 5 %%\n",
			units / artifacts, optimum / artifacts,
			100 * (units - optimum) / optimum
	printf "poll       %7.2f s  nothing changed: %d request(s)\n", poll,
		poll_requests
}'

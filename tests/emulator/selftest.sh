#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Checks the emulator itself, from outside. usage: selftest.sh EMULATOR
set -u
emulator=${1:?usage: selftest.sh EMULATOR}
dir=$(mktemp -d)
passed=0
failed=0

finish() {
	[ -n "${pid:-}" ] && kill "$pid" 2>/dev/null && wait "$pid"
	rm -rf "$dir"
}
trap finish EXIT

# check NAME COMMAND...: the command must succeed
check() {
	local name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
		echo "ok $((passed + failed)) - $name"
	else
		failed=$((failed + 1))
		echo "not ok $((passed + failed)) - $name"
		echo "# status $status rc $rc body $(head -c 300 "$dir/body" |
			tr -d '\0')"
	fi
}

# get / post: body in $dir/body, head in $dir/head, $status, curl's $rc
status=0 rc=0
call() {
	: >"$dir/body"
	status=$(curl -s -m 20 -o "$dir/body" -D "$dir/head" \
		-w '%{http_code}' "$@")
	rc=$?
}
api() {
	call -H "Authorization: Bearer $token" -A 'selftest (gzip)' "${@:2}" \
		"$base/calendar/v3$1"
}
control() { call -d "$2" "$base/_control/$1"; }
uncontrol() { call -X DELETE "$base/_control/fault"; }

is() { [ "$1" = "$2" ]; }
status_is() { [ "$status" = "$1" ]; }
rc_is() { [ "$rc" = "$1" ]; }
body_has() { grep -qaF -- "$1" "$dir/body"; }
body_lacks() { ! grep -qaF -- "$1" "$dir/body"; }
field() { grep -ao "\"$1\": *\"[^\"]*\"" "$dir/body" | head -1 |
	sed 's/^[^:]*: *"//; s/"$//'; }
ids() { grep -ao '"kind":"calendar#event","etag":"[^,]*,"id":"[^"]*"' |
	sed 's/.*"id":"//; s/"$//'; }
count_ids() { ids <"$dir/body" | wc -l; }

start() {
	rm -f "$dir/port"
	"$emulator" --port 0 --port-file "$dir/port" --quiet "$@" &
	pid=$!
	for _ in $(seq 200); do
		[ -s "$dir/port" ] && break
		sleep 0.05
	done
	base=http://127.0.0.1:$(cat "$dir/port")
}
stop() {
	kill "$pid"
	wait "$pid"
	exit_code=$?
	pid=
}
mint() {
	control token "{\"account\":\"$1\"}"
	token=$(field access_token)
	refresh=$(field refresh_token)
}

# all pages of a list into $dir/all; the last sync token into $sync
walk() {
	local path=$1 page='' more=()
	: >"$dir/all"
	pages=0
	[ -n "${2:-}" ] && more=(--data-urlencode "syncToken=$2")
	while :; do
		api "$path" -G "${more[@]}" \
			${page:+--data-urlencode "pageToken=$page"}
		[ "$status" = 200 ] || return 1
		cat "$dir/body" >>"$dir/all"
		echo >>"$dir/all"
		pages=$((pages + 1))
		page=$(field nextPageToken)
		[ -n "$page" ] || break
		[ "$pages" -lt 300 ] || return 1
	done
	sync=$(field nextSyncToken)
}

scope=https://www.googleapis.com/auth/calendar.readonly
verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk
challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM
client=emu-client.apps.googleusercontent.com
secret=GOCSPX-emulator-secret
redirect=http://127.0.0.1:45678/callback

consent() {
	call -G "$base/o/oauth2/v2/auth" --data-urlencode "client_id=$client" \
		--data-urlencode "redirect_uri=${redirect_uri:-$redirect}" \
		-d response_type=code --data-urlencode "scope=openid email $scope" \
		-d access_type=offline -d prompt=consent -d state=a%2Fb \
		-d code_challenge=$challenge -d code_challenge_method=S256 "$@"
	code=$(grep -i '^location:' "$dir/head" |
		sed 's/.*[?&]code=\([^&]*\).*/\1/' | tr -d '\r')
}
exchange() {
	call "$base/token" -d grant_type=authorization_code -d "code=$code" \
		--data-urlencode "client_id=$client" \
		--data-urlencode "redirect_uri=$redirect" "$@"
}
renew() {
	call "$base/token" -d grant_type=refresh_token \
		--data-urlencode "refresh_token=$refresh" \
		--data-urlencode "client_id=$client" -d "client_secret=$secret"
}

# Rotation by a patient provider: the old one is good until the new one is used.
grace() {
	local old_refresh=$refresh old_token=$token
	control options '{"rotate":true,"rotate_grace":true}'
	control token '{"account":"ben@example.org"}'
	refresh=$(field refresh_token)
	control grants '{"op":"save"}'
	renew
	renew
	check 'with grace the old refresh token is still good' status_is 200
	token=$(field access_token)
	call "$base/calendar/v3/users/me/calendarList" -H "Authorization: Bearer $token"
	renew
	check 'until the new access token was used' body_has invalid_grant
	control grants '{"op":"restore"}'
	renew
	check 'what was saved can be restored' status_is 200
	control options '{"rotate":false,"rotate_grace":false}'
	refresh=$old_refresh token=$old_token
}

test_oauth() {
	consent -d login_hint=ben@example.org
	check 'consent redirects' status_is 302
	check 'state comes back encoded' grep -qi 'state=a%2Fb' "$dir/head"
	check 'the code holds an encoded slash' grep -q '4%2F0A' "$dir/head"
	exchange -d "code_verifier=$verifier"
	check 'a secret is wanted' body_has 'client_secret is missing.'
	exchange -d "client_secret=wrong" -d "code_verifier=$verifier"
	check 'a wrong secret is 401' status_is 401
	exchange -d "client_secret=$secret" -d "code_verifier=${verifier}x"
	check 'PKCE is verified' body_has 'Invalid code verifier'
	redirect=http://127.0.0.1:1/other exchange -d "client_secret=$secret" \
		-d "code_verifier=$verifier"
	check 'redirect_uri must be equal' body_has redirect_uri_mismatch
	exchange -d "client_secret=$secret" -d "code_verifier=$verifier"
	check 'the code buys tokens' status_is 200
	check 'scopes come in their long form' body_has \
		'https://www.googleapis.com/auth/userinfo.email'
	token=$(field access_token)
	refresh=$(field refresh_token)
	check 'the refresh token looks like one' is "${refresh:0:7}" 1//emu-
	exchange -d "client_secret=$secret" -d "code_verifier=$verifier"
	check 'a code works once' body_has invalid_grant
	call "$base/v1/userinfo" -H "Authorization: Bearer $token"
	check 'userinfo tells the hinted account' body_has ben@example.org
	call "$base/v1/userinfo"
	check 'userinfo wants a token' status_is 401
	renew
	check 'refresh works' status_is 200
	check 'refresh gives no refresh token' body_lacks refresh_token
	control options '{"rotate":true}'
	renew
	check 'rotation gives one' body_has refresh_token
	renew
	check 'and kills the old one' body_has invalid_grant
	control options '{"rotate":false}'
	grace
	redirect_uri=https://evil.example.com/cb consent
	check 'foreign redirects are refused' body_has redirect_uri_mismatch
	control options '{"deny":true}'
	consent
	check 'denial redirects' grep -q 'error=access_denied' "$dir/head"
	control options '{"deny":false,"grant_scopes":"gmail.readonly"}'
	consent -d login_hint=ana@example.com
	exchange -d "client_secret=$secret" -d "code_verifier=$verifier"
	check 'partial consent drops a scope' body_lacks calendar.readonly
	token=$(field access_token)
	api /users/me/calendarList
	check 'a missing scope is 403' status_is 403
	check 'and says so' body_has ACCESS_TOKEN_SCOPE_INSUFFICIENT
	control options '{"grant_scopes":null,"userinfo_email":"x@example.com"}'
	call "$base/v1/userinfo" -H "Authorization: Bearer $token"
	check 'userinfo can lie' body_has x@example.com
	control options '{"userinfo_email":null}'
	mint ana@example.com
	call "$base/revoke" -d "token=$token"
	check 'revoke works' status_is 200
	renew
	check 'revoked means invalid_grant' body_has invalid_grant
	control options '{"expires_in":50}'
	mint ana@example.com
	control clock '{"advance_s":49}'
	api /users/me/calendarList
	check 'a token lives until its end' status_is 200
	control clock '{"advance_s":2}'
	api /users/me/calendarList
	check 'and not longer' body_has authError
	control options '{"expires_in":3599}'
	mint ana@example.com
}

test_calendar_list() {
	api /users/me/calendarList
	check 'hidden calendars are not listed' body_lacks 'Hidden'
	api '/users/me/calendarList?showHidden=true&maxResults=250'
	check 'unless asked for' body_has 'Hidden'
	check 'a holiday calendar is there' body_has \
		'en.example#holiday@group.v.calendar.google.com'
	api '/users/me/calendarList?maxResults=251'
	check 'maxResults has a limit' status_is 400
	walk '/users/me/calendarList?maxResults=3'
	check 'the list pages' is "$pages" 3
	list_sync=$sync
	walk '/users/me/calendarList?maxResults=3' "$list_sync"
	check 'nothing changed' grep -q '"items":\[\]' "$dir/body"
	control calendar '{"account":"ana@example.com","op":"add","calendar":
		"c_new@group.calendar.google.com","summary":"New","events":5}'
	walk '/users/me/calendarList?maxResults=3' "$list_sync"
	check 'an added calendar is told' body_has c_new@group
	control calendar '{"account":"ana@example.com","op":"remove",
		"calendar":"c_new@group.calendar.google.com"}'
	walk '/users/me/calendarList?maxResults=3' "$list_sync"
	check 'a removed one too' body_has '"deleted":true'
	api '/calendars/c_new%40group.calendar.google.com/events'
	check 'its events are 404' status_is 404
	api /users/me/calendarList -G -d minAccessRole=owner \
		--data-urlencode "syncToken=$list_sync"
	check 'minAccessRole excludes a sync token' status_is 400
	control expire '{"account":"ana@example.com","what":"list_token"}'
	api /users/me/calendarList -G --data-urlencode "syncToken=$list_sync"
	check 'an expired list token is 410' body_has fullSyncRequired
	api '/calendars/en.example%23holiday%40group.v.calendar.google.com/events'
	check 'ids with # work when encoded' status_is 200
}

truth() {
	call "$base/_control/truth?account=ana@example.com&calendar=primary"
	grep -o '"id":"[^"]*"' "$dir/body" | cut -d'"' -f4 | sort >"$dir/truth"
}

test_lists() {
	walk '/calendars/primary/events?maxResults=37'
	check 'a full list pages' test "$pages" -gt 3
	ids <"$dir/all" | sort >"$dir/ids"
	truth
	check 'it is the truth' cmp -s "$dir/ids" "$dir/truth"
	check 'no id comes twice' is "$(uniq "$dir/ids" | wc -l)" \
		"$(wc -l <"$dir/ids")"
	check 'cancelled instances are there' grep -q '"status":"cancelled"' \
		"$dir/all"
	check 'only the last page has a sync token' is \
		"$(grep -c nextSyncToken "$dir/all")" 1
	first=$(sed -n 1p "$dir/ids")
	second=$(sed -n 2p "$dir/truth")
	master=$(grep -o '"recurringEventId":"[^"]*"' "$dir/all" | head -1 |
		cut -d'"' -f4)
	full_sync=$sync
	walk '/calendars/primary/events?maxResults=37' "$full_sync"
	check 'nothing changed, no items' body_has '"items":[]'
	api '/calendars/primary/events?timeMin=2026-01-01T00:00:00Z' -G \
		--data-urlencode "syncToken=$full_sync"
	check 'timeMin excludes a sync token' status_is 400
	api '/calendars/primary/events?singleEvents=true' -G \
		--data-urlencode "syncToken=$full_sync"
	check 'frozen parameters are held' status_is 400
	api '/calendars/primary/events?syncToken=rubbish'
	check 'an invented token is 400' status_is 400
	api '/calendars/primary/events?maxResults=2501'
	check 'maxResults has a limit here too' status_is 400
	api '/calendars/primary/events?orderBy=startTime'
	check 'orderBy=startTime wants singleEvents' status_is 400
	api '/calendars/primary/events?eventTypes=focusTime&eventTypes=birthday'
	check 'types are filtered' body_lacks '"eventType":"default"'
	check 'and found' body_has '"eventType":"birthday"'
	api '/calendars/primary/events?fields=nextPageToken,items(id,status,etag)'
	check 'fields shorten' body_lacks '"start"'
	check 'a forgotten nextSyncToken is missing' body_lacks nextSyncToken
	api '/calendars/primary/events?timeMin=2026-11-01T00:00:00Z&maxResults=2500'
	check 'timeMin bounds' test "$(count_ids)" -lt "$(wc -l <"$dir/ids")"
	api '/calendars/nobody%40example.com/events'
	check 'an unknown calendar is 404' status_is 404
	api "/calendars/primary/events/$first"
	check 'get by id' body_has "\"id\":\"$first\""
	api "/calendars/primary/events/nothing"
	check 'get of nothing is 404' status_is 404
	walk "/calendars/primary/events/$master/instances?maxResults=10&timeMax=$(
		)2026-12-01T00:00:00Z"
	check 'instances expand' body_has "\"recurringEventId\":\"$master\""
	walk '/calendars/primary/events?singleEvents=true&maxResults=2500'
	check 'singleEvents expands' test "$(ids <"$dir/all" | wc -l)" -gt \
		"$(wc -l <"$dir/ids")"
	check 'and shows no master' body_lacks '"recurrence"'
}

test_changes() {
	control event '{"account":"ana@example.com","op":"create","body":
		{"summary":"Brand new","id":"brandnew1"}}'
	check 'an event is created' body_has '"id":"brandnew1"'
	control event "{\"account\":\"ana@example.com\",\"op\":\"update\",
		\"id\":\"$first\",\"body\":{\"summary\":\"Changed\"}}"
	control event "{\"account\":\"ana@example.com\",\"op\":\"update\",
		\"id\":\"$first\",\"body\":{\"summary\":\"Changed twice\"}}"
	control event "{\"account\":\"ana@example.com\",\"op\":\"cancel\",
		\"id\":\"brandnew1\"}"
	control event "{\"account\":\"ana@example.com\",\"op\":\"cancel\",
		\"id\":\"$master\"}"
	walk '/calendars/primary/events?maxResults=2' "$full_sync"
	check 'three events changed, each told once' is \
		"$(ids <"$dir/all" | sort -u | wc -l) $(ids <"$dir/all" |
			wc -l)" '3 3'
	check 'in two pages' is "$pages" 2
	check 'the latest state is told' grep -q 'Changed twice' "$dir/all"
	check 'a deleted event is a bare stub' grep -Eq \
		'\{"kind":"calendar#event","etag":"[^,]*,"id":"brandnew1","status":"cancelled"\}' \
		"$dir/all"
	walk '/calendars/primary/events?maxResults=250'
	ids <"$dir/all" | sort >"$dir/ids"
	truth
	check 'a full list still is the truth' cmp -s "$dir/ids" "$dir/truth"
	api "/calendars/primary/events/brandnew1"
	check 'get shows cancelled events' body_has cancelled
	after=$sync
	control event '{"account":"ana@example.com","op":"create","body":{
		"id":"serial","recurrence":["RRULE:FREQ=DAILY;COUNT=5"],"start":
		{"dateTime":"2026-03-27T09:00:00+01:00","timeZone":
		"Europe/Madrid"},"end":{"dateTime":"2026-03-27T10:00:00+01:00",
		"timeZone":"Europe/Madrid"}}}'
	control event '{"account":"ana@example.com","op":"cancel","id":
		"serial_20260328T080000Z"}'
	control event '{"account":"ana@example.com","op":"update","id":
		"serial_20260330T070000Z","body":{"summary":"Odd one"}}'
	check 'DST moves the stamp of an instance' body_has originalStartTime
	walk '/calendars/primary/events?maxResults=250' "$after"
	check 'a cancelled instance keeps its place' grep -q \
		'"status":"cancelled","recurringEventId":"serial"' "$dir/all"
	api /calendars/primary/events/serial/instances
	check 'four instances are left' is "$(grep -o '"originalStartTime"' \
		"$dir/body" | wc -l)" 4
	check 'the edited one among them' body_has 'Odd one'
	control event '{"account":"ana@example.com","op":"say","id":"serial",
		"text":"{\"id\":nil}"}'
	api /calendars/primary/events/serial
	check 'an event is sent as the text it was given' body_has '{"id":nil}'
	api /calendars/primary/events/serial -G --data-urlencode 'fields=id'
	check 'but in part as it is' body_has '"id":"serial"'
	control event '{"account":"ana@example.com","op":"update",
		"id":"serial","body":{}}'
	check 'until it changes again' body_lacks nil
	control event '{"account":"ana@example.com","op":"random","count":200,
		"seed":7,"calendar":"primary"}'
	check 'a storm passes' body_lacks failed
	control event "{\"account\":\"ana@example.com\",\"op\":\"purge\",
		\"id\":\"$second\"}"
	check 'purge works' status_is 200
	walk '/calendars/primary/events?maxResults=2500'
	ids <"$dir/all" | sort >"$dir/ids"
	truth
	check 'after the storm too it is the truth' cmp -s "$dir/ids" \
		"$dir/truth"
	check 'what was purged is gone' grep -vq "$second" "$dir/truth"
	control expire '{"account":"ana@example.com","what":"sync_tokens",
		"calendar":"primary"}'
	api /calendars/primary/events -G --data-urlencode "syncToken=$sync"
	check 'expired sync tokens are 410' status_is 410
	control expire '{"account":"ana@example.com","what":"access_tokens"}'
	api /users/me/calendarList
	check 'expired access tokens are 401' status_is 401
	renew
	token=$(field access_token)
	api /users/me/calendarList
	check 'a refresh heals' status_is 200
	control expire '{"account":"ana@example.com","what":"grant"}'
	renew
	check 'a dead grant does not' body_has invalid_grant
	mint ana@example.com
}

fault() {
	uncontrol
	control fault "$1"
}

# Of $whole bytes: something, and much less; where it ends is anybody's guess.
is_part() {
	local bytes
	bytes=$(wc -c <"$dir/body")
	[ "$bytes" -gt 0 ] && [ "$bytes" -lt $((whole * 3 / 4)) ]
}

test_faults() {
	local whole
	fault '{"match":"/events","kind":"status","status":429,"reason":
		"rateLimitExceeded","domain":"usageLimits","skip":1,"count":1,
		"headers":{"Retry-After":"7"}}'
	api /calendars/primary/events
	check 'skip lets one through' status_is 200
	api /calendars/primary/events
	check 'then it fires' status_is 429
	check 'with its header' grep -qi 'retry-after: 7' "$dir/head"
	api /calendars/primary/events
	check 'count ends it' status_is 200
	whole=$(wc -c <"$dir/body")
	fault '{"match":"/events","kind":"cut"}'
	api /calendars/primary/events
	check 'cut: curl sees a partial body' rc_is 18
	fault '{"match":"/events","kind":"cut_chunked"}'
	api /calendars/primary/events
	check 'cut_chunked: likewise' rc_is 18
	fault '{"match":"/events","kind":"cut_nolen"}'
	api /calendars/primary/events
	check 'cut_nolen: curl is content' rc_is 0
	check 'with half a document' is_part
	fault '{"match":"/events","kind":"cut_gzip"}'
	api /calendars/primary/events --compressed
	check 'cut_gzip: curl is content' rc_is 0
	check 'with a part of it' is_part
	fault '{"match":"/events","kind":"reset"}'
	api /calendars/primary/events
	check 'reset' rc_is 56
	fault '{"match":"/events","kind":"empty_reply"}'
	api /calendars/primary/events
	check 'empty_reply' rc_is 52
	fault '{"match":"/events","kind":"bad_header"}'
	api /calendars/primary/events
	check 'bad_header' rc_is 8
	fault '{"match":"/events","kind":"header_flood"}'
	api /calendars/primary/events
	check 'header_flood' test "$rc" != 0
	fault '{"match":"/events","kind":"gzip_bomb","mb":20}'
	api /calendars/primary/events --compressed
	check 'gzip_bomb unfolds' test "$(wc -c <"$dir/body")" -gt 20000000
	fault '{"match":"/events","kind":"endless"}'
	api /calendars/primary/events --max-filesize 100000000 -m 1
	check 'endless does not end' rc_is 28
	fault '{"match":"/events","kind":"slow","bytes_per_s":20}'
	api /calendars/primary/events --speed-limit 100 --speed-time 1
	check 'slow is slow' rc_is 28
	fault '{"match":"/events","kind":"hang","ms":3000}'
	api /calendars/primary/events -m 1
	check 'hang hangs' rc_is 28
	fault '{"match":"/events","kind":"html"}'
	api /calendars/primary/events
	check 'html' body_has '<html>'
	fault '{"match":"/events","kind":"redirect","location":"http://a/"}'
	api /calendars/primary/events
	check 'redirect' status_is 302
	fault '{"match":"/events","kind":"not_json"}'
	api /calendars/primary/events
	check 'not_json' body_has ',,'
	fault '{"match":"/events","kind":"bom"}'
	api /calendars/primary/events
	check 'bom' is "$(head -c 3 "$dir/body" | od -An -tx1 | tr -d ' ')" efbbbf
	fault '{"match":"/events","kind":"items","items":
		["{\"id\":\"hostile\",\"summary\":\"a\\u0000b\"}","{broken"]}'
	api '/calendars/primary/events?maxResults=4'
	check 'items are put in as they are' body_has \
		'},{"id":"hostile","summary":"a\u0000b"},{broken,{'
	fault '{"match":"/events","kind":"unknown_fields"}'
	api '/calendars/primary/events?maxResults=4'
	check 'unknown_fields' is "$(grep -o xFutureField "$dir/body" |
		wc -l)" 4
	fault '{"match":"/events","kind":"no_token"}'
	api '/calendars/primary/events?maxResults=2500'
	check 'no_token' body_lacks 'nextSyncToken'
	fault '{"match":"/token","kind":"status","status":503}'
	renew
	check 'the token endpoint fails in its own shape' body_has \
		'"error":"internal_failure"'
	uncontrol
	api /calendars/primary/events
	check 'DELETE heals all' status_is 200
}

page_token() {
	api '/calendars/primary/events?maxResults=20' -G \
		${1:+--data-urlencode "pageToken=$1"}
	field nextPageToken
}

test_token_faults() {
	fault '{"match":"/events","kind":"loop_token"}'
	one=$(page_token)
	check 'loop_token repeats itself' is "$(page_token "$one")" "$one"
	fault '{"match":"/events","kind":"loop_token","n":2}'
	one=$(page_token)
	two=$(page_token "$one")
	check 'loop_token goes A B A' is "$(page_token "$two")" "$one"
	check 'and A is not B' test "$one" != "$two"
	fault '{"match":"/events","kind":"endless_token"}'
	one=$(page_token)
	two=$(page_token "$one")
	check 'endless_token is always new' test "$one" != "$two"
	page_token "$two" >/dev/null
	check 'on empty pages' body_has '"items":[]'
	fault '{"match":"/events","kind":"empty_pages","n":2}'
	one=$(page_token)
	two=$(page_token "$one")
	page_token "$two" >/dev/null
	check 'empty_pages end after n' is "$(count_ids)" 20
	fault '{"match":"/events","kind":"dup_page"}'
	one=$(page_token)
	a=$(ids <"$dir/body")
	page_token "$one" >/dev/null
	check 'dup_page repeats a page' is "$a" "$(ids <"$dir/body")"
	uncontrol
	one=$(page_token)
	control expire '{"account":"ana@example.com","what":"page_tokens"}'
	page_token "$one" >/dev/null
	check 'page tokens expire' status_is 400
}

test_rest() {
	control options '{"quota_user":3,"quota_window_s":3600,
		"quota_status":429,"quota_retry_after":"11"}'
	for _ in 1 2 3 4; do api /users/me/calendarList; done
	check 'quota' status_is 429
	check 'quota has a Retry-After' grep -qi 'retry-after: 11' "$dir/head"
	control options '{"quota_user":0}'
	call "$base/_control/stats?last=3"
	check 'stats count' body_has '"token_refreshes"'
	check 'stats keep no token' body_lacks "$token"
	call -X POST "$base/_control/stats/reset"
	call "$base/_control/stats"
	check 'stats reset' body_has '"requests":0'
	control options '{"page_max_bytes":5000}'
	api '/calendars/primary/events?maxResults=2500'
	check 'pages can be short' test "$(count_ids)" -lt 30
	control options '{"page_max_bytes":0}'
	control options '{"nonsense":1}'
	check 'unknown options are refused' status_is 400
	control fault '{"kind":"nonsense"}'
	check 'unknown faults are refused' status_is 400
	mint empty@example.net
	api /calendars/primary/events
	check 'an empty account is empty' body_has '"items":[]'
	control account '{"spec":"late@example.com:50:2"}'
	mint late@example.com
	walk '/users/me/calendarList?maxResults=1'
	check 'an account can come later' is "$pages" 2
	call "$base/_control/people?account=late@example.com"
	check 'people are told' body_has '"attendees"'
	call "$base/calendar/v3/users/me/calendarList" --compressed \
		-H "Authorization: Bearer $token"
	check 'gzip is offered' grep -qi 'content-encoding: gzip' "$dir/head"
	check 'and unfolds' body_has calendarListEntry
}

# shellcheck source=tests/emulator/selftest_mail.bash
. "$(dirname "$0")/selftest_mail.bash"
# shellcheck source=tests/emulator/selftest_linkedin.bash
. "$(dirname "$0")/selftest_linkedin.bash"

digest() {
	mint ana@example.com
	walk '/calendars/primary/events?maxResults=250'
	sed 's/"next[A-Za-z]*Token":"[^"]*"//' "$dir/all" | sha256sum
}

start --now 2026-11-20T12:00:00Z
check 'it starts' test -s "$dir/port"
mint ana@example.com
test_oauth
test_calendar_list
test_lists
test_changes
test_faults
test_token_faults
test_rest
test_mail
test_linkedin
test_portability
test_archive
stop
check 'it ends cleanly' is "$exit_code" 0

start --now 2026-11-20T12:00:00Z --seed 5
one=$(digest)
letters=$(mail_digest)
life=$(li_digest)
stop
start --now 2026-11-20T12:00:00Z --seed 5
check 'a seed is a world' is "$(digest)" "$one"
check 'with its mail' is "$(mail_digest)" "$letters"
check 'and its archive' is "$(li_digest)" "$life"
stop
start --now 2026-11-20T12:00:00Z --seed 6
check 'another seed is another' test "$(digest)" != "$one"
stop

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# LinkedIn's OAuth, from outside; sourced by selftest.sh.
# shellcheck disable=SC2154 # status, base, dir are its own

li_uri=http://127.0.0.1:8765/callback
li_secret='WPL_AP1.emu/secret+=.x=='
li_auth() { # extra query
	call -G "$base/oauth/v2/authorization" -d response_type=code \
		--data-urlencode "redirect_uri=$li_uri" -d client_id=emu-linkedin-app \
		--data-urlencode "scope=${li_scope:-openid profile email}" -d state=S1 "$@"
}
li_code() {
	li_auth
	sed -n 's/^Location: .*[?&]code=\([^&]*\).*/\1/p' "$dir/head" | tr -d '\r'
}
li_post() { # path, fields...
	call "$base/oauth/v2/$1" -d client_id="${li_id:-emu-linkedin-app}" \
		--data-urlencode "client_secret=$li_secret" "${@:2}"
}
li_redeem() { # code, fields...
	li_post accessToken -d grant_type=authorization_code -d "code=$1" \
		--data-urlencode "redirect_uri=$li_uri" "${@:2}"
}
li_get() { call -H "Authorization: Bearer $token" "$base$1" "${@:2}"; }
head_has() { grep -qaF -- "$1" "$dir/head"; }

test_linkedin() {
	local code
	li_auth
	check 'linkedin: a code comes back' head_has "Location: $li_uri?state=S1&code="
	li_uri=http://127.0.0.1:9/other li_auth
	check 'linkedin: another redirect is shown to the person' status_is 401
	li_scope='openid w_everything' li_auth
	check 'linkedin: a scope that the app lacks' head_has 'error=unauthorized_scope_error'
	li_auth -d code_challenge=x
	control stats/reset '{}'
	code=$(li_code)
	li_redeem "$code" -d code_verifier=v
	check 'linkedin: a verifier makes it fail' body_has invalid_client
	check 'linkedin: and is counted' body_has 'Client authentication failed'
	li_uri=http://127.0.0.1:9/other li_redeem "$code"
	check 'linkedin: another redirect' body_has invalid_redirect_uri
	li_redeem "$code"
	token=$(field access_token)
	check 'linkedin: a token' status_is 200
	check 'linkedin: scopes are parted by commas' body_has 'openid,profile,email'
	check 'linkedin: no refresh token' body_lacks refresh_token
	li_redeem "$code"
	check 'linkedin: a code is good once' status_is 401
	check 'linkedin: and then unknown' body_has 'authorization code not found'
	li_get /v2/userinfo
	check 'linkedin: who it is' body_has '"email":"ana@example.com"'
	li_get /rest/memberAuthorizations -G -d q=memberAndApplication -H 'LinkedIn-Version: 202312'
	check 'linkedin: no portability scope' status_is 403
	call -H "Authorization: Bearer $token" "$base/v1/userinfo"
	check 'linkedin: Google does not know its tokens' status_is 401
	li_post introspectToken -d "token=$token"
	check 'linkedin: introspection' body_has '"active":true'
	li_id=other li_post introspectToken -d "token=$token"
	check 'linkedin: introspection by another client' status_is 400
	li_secret=wrong li_post introspectToken -d "token=$token"
	check 'linkedin: introspection with a wrong secret' status_is 401
	li_post introspectToken -d token=AQXnobody
	check 'linkedin: a token of another app' body_has '"active":false'
	li_post revoke -d "token=$token"
	check 'linkedin: revoked' status_is 200
	li_get /v2/userinfo
	check 'linkedin: and dead' body_has REVOKED_ACCESS_TOKEN
	control token '{"account":"ana@example.com","provider":"linkedin"}'
	token=$(field access_token)
	li_get /v2/userinfo
	check 'linkedin: a token of the portal may not ask userinfo' status_is 403
	li_get /rest/memberAuthorizations -G -d q=memberAndApplication
	check 'linkedin: a version is wanted' status_is 400
	li_get /rest/memberAuthorizations -G -d q=memberAndApplication -H 'LinkedIn-Version: 202312'
	check 'linkedin: the member' body_has 'urn:li:person:'
	control options '{"auth_error":"server_error","auth_description":"a b","auth_issuer":"https://x"}'
	li_auth
	check 'linkedin: an error by option' head_has 'iss=https%3A%2F%2Fx&error=server_error&error_description=a%20b'
	control options '{"auth_error":null,"auth_description":null,"auth_issuer":null}'
	token=''
}

# --- the portability APIs ------------------------------------------------

li_rest() { # path?query
	li_get "$1" -H "LinkedIn-Version: ${li_version:-202312}"
}
li_do() { control linkedin "{\"account\":\"ana@example.com\",$1}"; }
li_log() { li_rest "/rest/memberChangeLogs?q=memberAndApplication$1"; }
li_page() { li_rest "/rest/memberSnapshotData?q=criteria&domain=$1"; }
li_truth() { call "$base/_control/linkedin?account=ana@example.com&what=$1"; }
li_options() { control options "{$1}"; }
li_rows() { grep -aoF "\"$1\":" "$dir/body" | wc -l; }

# Every page of a domain into $dir/all; $pages of them.
li_walk() {
	pages=0
	: >"$dir/all"
	while li_page "$1&start=$pages" && [ "$status" = 200 ]; do
		cat "$dir/body" >>"$dir/all"
		echo >>"$dir/all"
		pages=$((pages + 1))
	done
}
# The changelog from $1 on into $dir/all, $2 at a time.
li_follow() {
	local start=0 n
	: >"$dir/all"
	while li_log "&startTime=$1&count=$2&start=$start" && [ "$status" = 200 ]; do
		n=$(li_rows activityId)
		[ "$n" -gt 0 ] || break
		cat "$dir/body" >>"$dir/all"
		echo >>"$dir/all"
		start=$((start + n))
	done
}
li_count() { grep -aoF -- "$1" "$dir/all" | wc -l; }

li_refusals() {
	li_version=202511 li_page PROFILE
	check 'linkedin: another version' body_has NONEXISTENT_VERSION
	check 'linkedin: another version is 426' status_is 426
	li_get '/rest/memberSnapshotData?q=criteria&domain=PROFILE'
	check 'linkedin: no version' status_is 400
	li_page connections
	check 'linkedin: a domain in the wrong case' status_is 400
	li_page 'PROFILE&offset=1'
	check 'linkedin: an unknown parameter' status_is 400
	li_page ADS_CLICKED
	check 'linkedin: a domain without data' body_has 'No data found for this domain and memberId.'
	check 'linkedin: which is 404' status_is 404
	li_log '&count=51'
	check 'linkedin: count above 50' status_is 400
	li_log '&count=0'
	check 'linkedin: count of 0' status_is 400
	li_log '&startTime=yesterday'
	check 'linkedin: a startTime that is none' status_is 400
	token=nonsense li_page PROFILE
	check 'linkedin: no token of ours' status_is 401
}

li_snapshots() {
	li_walk CONNECTIONS
	check 'linkedin: pages are counted, not rows' is "$pages" 2
	check 'linkedin: a row occurs twice' is "$(li_count '"First Name"')" 121
	li_page CONNECTIONS
	check 'linkedin: the total is less than there is' body_has '"total":1'
	check 'linkedin: links have no host' body_has '"href":"/rest/memberSnapshotData?count=10&domain=CONNECTIONS&q=criteria&start=1"'
	cp "$dir/body" "$dir/first"
	li_page CONNECTIONS
	check 'linkedin: rows lie in another order' bash -c "! cmp -s '$dir/first' '$dir/body'"
	li_page EMAIL_ADDRESSES
	check 'linkedin: a domain echoed in another case' body_has '"snapshotDomain":"Email_Addresses"'
	check 'linkedin: the own addresses' is "$(li_rows 'Email Address')" 3
	li_walk INBOX
	li_truth messages
	check 'linkedin: every message is in the inbox' is \
		"$(grep -ac '"snapshot"' "$dir/body")" "$(($(li_count '"CONTENT"') - pages / 3))"
	check 'linkedin: and in UTC' grep -qaE '"DATE":"20[0-9-]* [0-9:]* UTC"' "$dir/all"
	check 'linkedin: some of nobody' grep -qaF '"FROM":"LinkedIn Member"' "$dir/all"
	li_options '"linkedin_dates":"iso","linkedin_lists":"array"'
	li_page INBOX
	check 'linkedin: ISO dates by option' grep -qaE '"DATE":"20[0-9-]*T[0-9:]*Z"' "$dir/body"
	check 'linkedin: arrays by option' grep -qaF '"RECIPIENT PROFILE URLS":["https' "$dir/body"
	li_options '"linkedin_dates":"archive","linkedin_lists":"string","linkedin_links":"foreign"'
	li_page INBOX
	check 'linkedin: a foreign link by option' body_has '"href":"http://localhost:'
	li_options '"linkedin_links":"relative"'
	li_rest '/rest/memberSnapshotData?q=criteria&start=0'
	check 'linkedin: without a domain all of them' body_has '"snapshotDomain":"PROFILE"'
	li_rest '/rest/memberSnapshotData?q=criteria&start=3'
	check 'linkedin: one a page' body_has '"snapshotDomain":"CONNECTIONS"'
}

li_moods() {
	li_do '"op":"domain","domain":"INBOX","state":"not_ready","ready_in_s":3600'
	li_page INBOX
	check 'linkedin: not ready' status_is 404
	control clock '{"advance_s":3601}'
	li_page INBOX
	check 'linkedin: ready in time' status_is 200
	li_do '"op":"domain","domain":"INBOX","state":"blank"'
	li_page INBOX
	check 'linkedin: a page without rows' body_has '"snapshotData":[]'
	li_do '"op":"domain","domain":"INBOX","state":"fails","page":2,"status":503'
	li_page 'INBOX&start=1'
	check 'linkedin: half a walk' status_is 200
	li_page 'INBOX&start=2'
	check 'linkedin: and then an error' status_is 503
	li_do '"op":"domain","domain":"INBOX","state":"ends","page":1'
	li_page 'INBOX&start=1'
	check 'linkedin: an end that comes early' body_has 'No data found'
	li_do '"op":"domain","domain":"INBOX","state":"stuck","page":2'
	li_options '"linkedin_shuffle":false'
	li_page 'INBOX&start=2'
	grep -ao '"elements".*' "$dir/body" >"$dir/first"
	li_page 'INBOX&start=1000'
	check 'linkedin: a page that comes for ever' is "$(cat "$dir/first")" "$(grep -ao '"elements".*' "$dir/body")"
	li_options '"linkedin_shuffle":true'
	li_do '"op":"domain","domain":"INBOX","state":"ready"'
	control fault '{"kind":"items","match":"/rest/","items":["{\"First Name\":7,\"\\ud800\":[]}"]}'
	li_page CONNECTIONS
	check 'linkedin: foreign rows' body_has ',{"First Name":7,"\ud800":[]}]}]}'
	li_log ''
	check 'linkedin: foreign events' body_has '{"First Name":7,"\ud800":[]}]}'
	uncontrol
	control stats/reset '{}'
	li_rest '/rest/memberStrangeData?start=1'
	base=${base/127.0.0.1/localhost} li_page PROFILE
	call "$base/_control/stats"
	check 'linkedin: tokens that went astray are counted' body_has '"linkedin_strange_path":1'
	check 'linkedin: to another host, too' body_has '"linkedin_foreign_host":1'
	control fault '{"kind":"status","match":"/rest/","status":429,"message":"DAY limit","omit":["status","code"],"count":1}'
	li_page INBOX
	check 'linkedin: an error of Rest.li with parts missing' is \
		"$(cat "$dir/body")" '{"serviceErrorCode":0,"message":"DAY limit"}'
	uncontrol
	li_options '"linkedin_quota_day":1'
	li_page PROFILE
	li_page PROFILE
	check 'linkedin: a quota of the day' body_has 'DAY limit'
	control clock '{"advance_s":86400}'
	li_page PROFILE
	check 'linkedin: the next day' status_is 200
	li_options '"linkedin_quota_day":0'
}

li_story() {
	local resource thread
	li_do '"op":"receive","first":"Mira","last":"Vale, PhD","text":"One\ntwo  "'
	resource=$(field resource)
	thread=$(field thread)
	li_do "\"op\":\"send\",\"thread\":\"$thread\",\"text\":\"Three\""
	check 'linkedin: a message sent' body_has "\"thread\":\"$thread\""
	control clock '{"advance_s":60}'
	li_log "&startTime=$now_ms&count=50"
	check 'linkedin: its event' body_has '"fallback":"One\ntwo  "'
	check 'linkedin: names its thread' body_has "\"thread\":\"urn:li:messagingThread:$thread\""
	check 'linkedin: and no person by name' body_lacks Mira
	li_walk INBOX
	check 'linkedin: its row ends without white space' is "$(li_count '"CONTENT":"One\ntwo"')" 1
	li_do "\"op\":\"edit\",\"message\":\"$resource\",\"text\":\"Four\""
	li_do "\"op\":\"delete\",\"message\":\"$resource\",\"content\":false"
	control clock '{"advance_s":60}'
	li_log "&startTime=$now_ms&count=50"
	check 'linkedin: an edit' body_has '"method":"UPDATE"'
	check 'linkedin: an empty deletion' body_has '"activity":{}'
	li_truth messages
	check 'linkedin: it is known as deleted' grep -qaE '"text":"Four","deleted":true.*"roads":\["changelog"\]' "$dir/body"
	li_walk INBOX
	check 'linkedin: its row is gone' is "$(li_count '"CONTENT":"Four"')" 0
	check 'linkedin: its name is told by the inbox' grep -qaF '"TO":"Mira Vale, PhD"' "$dir/all"
	li_do '"op":"connect","first":"Neu","url":"https://www.linkedin.com/in/neu-1"'
	li_do '"op":"work","person":"neu-1","company":"Elsewhere"'
	li_walk CONNECTIONS
	check 'linkedin: a new connection at work' grep -qaF '"Company":"Elsewhere"' "$dir/all"
	li_do '"op":"disconnect","person":"https://www.linkedin.com/in/neu-1"'
	li_walk CONNECTIONS
	check 'linkedin: and gone' is "$(li_count neu-1)" 0
	li_do '"op":"invite","person":"neu-1","text":"Again?"'
	li_do '"op":"withdraw","person":"neu-1"'
	li_do '"op":"invited","first":"Kim","url":"https://www.linkedin.com/in/kim-1"'
	li_do '"op":"accept","person":"kim-1"'
	control clock '{"advance_s":60}'
	li_follow "$now_ms" 2
	check 'linkedin: an invitation' is "$(li_count verifyAndCreate)" 1
	check 'linkedin: withdrawn' is "$(li_count '"inviterActionType":"WITHDRAW"')" 1
	check 'linkedin: one accepted' is "$(li_count '"inviteeActionType":"ACCEPT"')" 1
	li_do '"op":"event","fails":true,"body":{"resourceName":"unheardOf","activity":{"a":1}}'
	control clock '{"advance_s":60}'
	li_follow "$now_ms" 50
	check 'linkedin: no replay before its time' is "$(li_count SUCCESSFUL_REPLAY)" 0
	control clock '{"advance_s":7300}'
	li_follow "$now_ms" 50
	check 'linkedin: a failure' is "$(li_count FAILURE)" 1
	check 'linkedin: and its replay' is "$(li_count SUCCESSFUL_REPLAY)" 1
}

# The world as of consent, and answers that take their time.
li_late() {
	local began
	li_do '"op":"receive","person":"kim-1","text":"Since consent"'
	control clock '{"advance_s":60}'
	li_walk INBOX
	check 'linkedin: a snapshot of now' is "$(li_count 'Since consent')" 1
	li_options '"linkedin_frozen":true'
	li_walk INBOX
	check 'linkedin: a snapshot of then' is "$(li_count 'Since consent')" 0
	li_options '"linkedin_frozen":false,"linkedin_slow_ms":40'
	began=$(date +%s%N)
	li_log '&count=35'
	check 'linkedin: big counts are slow' test $((($(date +%s%N) - began) / 1000000)) -ge 1000
	li_options '"linkedin_slow_ms":0'
}

li_window() {
	local all newest
	li_do '"op":"consent","at":"2026-09-01T00:00:00Z"'
	li_follow 0 50
	all=$(li_count '"activityId"')
	check 'linkedin: 28 days and no more' bash -c "[ $all -gt 200 ] && [ $all -lt 400 ]"
	check 'linkedin: other resources too' grep -qaF '"resourceName":"ugcPosts"' "$dir/all"
	li_follow 0 7
	check 'linkedin: in pages of another size' is "$(li_count '"activityId"')" "$all"
	li_truth messages
	check 'linkedin: no message is left out' is "$(grep -ac '"changelog"' "$dir/body")" \
		"$(grep -aoE '"activityStatus":"SUC[^}]*"resourceName":"messages","method":"CREATE"' "$dir/all" | wc -l)"
	li_log '&count=1'
	newest=$(grep -ao '"processedAt":[0-9]*' "$dir/body")
	li_options '"linkedin_newest_first":true,"linkedin_clump_ms":86400000'
	li_log '&count=1'
	check 'linkedin: newest first by option' test "$newest" != "$(grep -ao '"processedAt":[0-9]*' "$dir/body")"
	li_follow 0 10
	check 'linkedin: many of one moment' test "$(grep -ao '"processedAt":[0-9]*' "$dir/all" | sort | uniq -c | sort -n | tail -1 | awk '{print $1}')" -gt 5
	li_options '"linkedin_newest_first":false,"linkedin_clump_ms":0'
	li_do '"op":"random","count":200,"seed":3'
	check 'linkedin: a storm' body_has receive
	control clock '{"advance_s":86400}'
	li_follow 0 50
	li_truth messages
	check 'linkedin: told by both' grep -qaE '"deleted":true' "$dir/body"
}

test_portability() {
	local now_ms
	control token '{"account":"ana@example.com","provider":"linkedin"}'
	token=$(field access_token)
	li_rest '/rest/memberAuthorizations?q=memberAndApplication'
	now_ms=$(grep -ao '"regulatedAt": *[0-9]*' "$dir/body" | tr -dc 0-9)
	li_refusals
	li_snapshots
	li_moods
	li_story
	li_late
	li_window
	li_options '"linkedin_quota_day":0'
	token=''
}

# --- archives ------------------------------------------------------------

# A file of the archive $dir/body, into $dir/csv.
li_unzip() {
	perl -MIO::Uncompress::Unzip=unzip \
		-e 'unzip $ARGV[0] => "-", Name => $ARGV[1] or exit 1' \
		"$dir/body" "$1" >"$dir/csv"
}
li_archive() { # style, more of the query
	call "$base/_control/archive?account=ana@example.com&style=$1${2:-}"
}
li_csv_has() { grep -qaF -- "$1" "$dir/csv"; }
li_lines() { grep -acE -- "$1" "$dir/csv"; }

test_archive() {
	local made
	li_truth messages
	made=$(grep -ac '"archive"' "$dir/body")
	li_archive ''
	check 'linkedin: an archive' li_unzip messages.csv
	check 'linkedin: with every message' is "$(li_lines ',"No","No"$')" "$made"
	check 'linkedin: and a quoted header' li_csv_has '"IS MESSAGE DRAFT"'
	check 'linkedin: without a last newline' is "$(tail -c 1 "$dir/csv")" '"'
	li_unzip Connections.csv
	check 'linkedin: after a preamble' is "$(sed -n 4p "$dir/csv")" \
		'First Name,Last Name,URL,Email Address,Company,Position,Connected On'
	check 'linkedin: some with a date only' is "$(li_lines '^,,,,,,[0-9]')" \
		"$(li_truth connections; grep -c '"url":null' "$dir/body")"
	made=$(li_lines '[0-9]{2} [A-Z][a-z]{2} 20[0-9]{2}$')
	li_archive '' '&at=2025-01-01T00:00:00Z'
	li_unzip Connections.csv
	check 'linkedin: an older one has fewer' test \
		"$(li_lines '[0-9]{2} [A-Z][a-z]{2} 20[0-9]{2}$')" -lt "$made"
	li_archive basic,folder,unquoted,old_messages,drafts
	li_unzip "Basic_LinkedInDataExport_$(date -u -d "@$(li_now)" +%m-%d-%Y)/messages.csv"
	check 'linkedin: nine columns in a folder' is "$(head -1 "$dir/csv")" \
		'CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,DATE,SUBJECT,CONTENT,FOLDER'
	li_archive basic,drafts
	li_unzip messages.csv
	check 'linkedin: drafts' test "$(li_lines ',"Yes","No"$')" -ge 12
	li_archive excel
	li_unzip Connections.csv
	check 'linkedin: saved again' is "$(head -c 9 "$dir/csv" | od -An -c | tr -d ' \n')" '357273277Notes:'
	li_archive 'only=Connections'
	check 'linkedin: one file' bash -c "! grep -qa messages.csv '$dir/body'"
	li_archive climb
	check 'linkedin: a path that climbs' body_has ../../climbed
	li_archive broken
	check 'linkedin: no end record' bash -c "! grep -qaP 'PK\x05\x06' '$dir/body'"
	li_archive 'basic,bomb=1'
	check 'linkedin: a bomb of 1 GB' is "$(perl -MIO::Uncompress::Unzip=unzip -e \
		'unzip $ARGV[0] => "-", Name => "messages.csv" or exit 1' "$dir/body" | wc -c)" \
		"$(perl -e 'local $/; open my $f, "<", $ARGV[0]; $_ = <$f>; my $at = rindex $_, "messages.csv"; print unpack "Q<", substr $_, $at + 16, 8' "$dir/body")"
	li_archive basic,stored,twice
	check 'linkedin: an entry twice, as it is' is "$(grep -aoF Connections.csv "$dir/body" | wc -l)" 4
	check 'linkedin: not compressed' body_has 'First Name,Last Name,URL'
	li_archive basic,link
	check 'linkedin: a link' perl -0777 -ne 'exit !/\xff\xa1....Shares/s' "$dir/body"
	li_archive bad_sum
	cp "$dir/body" "$dir/first"
	li_archive lies
	check 'linkedin: lies of two kinds' bash -c "! cmp -s '$dir/body' '$dir/first'"
	li_archive nonsense
	check 'linkedin: no such style' status_is 400
	control archive "{\"account\":\"ana@example.com\",\"file\":\"$dir/a.zip\"}"
	li_archive ''
	check 'linkedin: the same as a file' cmp -s "$dir/body" "$dir/a.zip"
	"$emulator" --linkedin-archive "$dir/b.zip" --member b@example.com:10:3000 \
		--now 2026-11-20T12:00:00Z --style only=messages
	cp "$dir/b.zip" "$dir/body"
	li_unzip messages.csv
	check 'linkedin: without a server' is "$(li_lines ',"No","No"$')" 3000
}
li_now() { date -u -d "$(curl -s "$base/_control/clock" | sed 's/.*"now": *"\([^"]*\)".*/\1/')" +%s; }
li_digest() {
	li_archive '' '&at=2026-11-20T12:00:00Z'
	sha256sum <"$dir/body"
}

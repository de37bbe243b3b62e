# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Gmail, from outside; sourced by selftest.sh.
# shellcheck disable=SC2154 # token, status, base, dir are its own

gmail() {
	call -G -H "Authorization: Bearer $token" -A 'selftest (gzip)' \
		"$base/gmail/v1/users/me$1" "${@:2}"
}
# mail OP [FIELDS]: of ana's mailbox
mail() { control mail "{\"account\":\"ana@example.com\",\"op\":\"$1\"${2:+,$2}}"; }
mint_for() {
	control token "{\"account\":\"$1\",\"scopes\":\"$2\"}"
	token=$(field access_token)
}
count_of() { grep -o "$1" "$dir/body" | wc -l; }
# the ids of a whole list into $dir/ids, newest first
mail_ids() {
	local page='' seen=0
	: >"$dir/ids"
	while :; do
		gmail /messages "$@" ${page:+--data-urlencode "pageToken=$page"}
		[ "$status" = 200 ] || return 1
		grep -ao '{"id":"[0-9a-f]*"' "$dir/body" | cut -d'"' -f4 >>"$dir/ids"
		page=$(field nextPageToken)
		[ -n "$page" ] || return 0
		seen=$((seen + 1))
		[ "$seen" -lt 300 ] || return 1
	done
}
scope_q='q=-in:chats -in:draft -in:spam -in:trash'
mail_truth() { curl -s "$base/_control/mail?account=$1&ids=1${2:-}"; }
same_ids() { diff -q "$dir/ids" <(mail_truth "$@") >/dev/null; }
current() {
	gmail /profile
	field historyId
}
history_from() { gmail /history -d "startHistoryId=$1" "${@:2}"; }

mail_scopes() {
	mint_for ana@example.com openid
	gmail /profile
	check 'mail wants a scope of its own' body_has ACCESS_TOKEN_SCOPE_INSUFFICIENT
	check 'and refuses with 403' status_is 403
	mint_for ana@example.com https://www.googleapis.com/auth/gmail.metadata
	gmail /messages -d q=in:inbox
	check 'the metadata scope has no q' body_has "does not support 'q'"
	gmail "/messages/$1"
	check 'and no bodies' body_has "doesn't allow format FULL"
	gmail "/messages/$1" -d format=metadata
	check 'but headers' body_has '"headers"'
	mint_for ana@example.com https://mail.google.com/
	call -H "Authorization: Bearer $token" \
		"$base/gmail/v1/users/ana@example.com/profile"
	check 'the address may stand for me' body_has '"emailAddress":"ana@example.com"'
	call -H "Authorization: Bearer $token" \
		"$base/gmail/v1/users/ben@example.org/profile"
	check 'another address is refused' status_is 403
	control account '{"spec":"nomail@example.com:0:1"}'
	mint nomail@example.com
	gmail /profile
	check 'no mailbox is a failed precondition' body_has '"status":"FAILED_PRECONDITION"'
	mint ana@example.com
}

mail_lists() {
	check 'a list is walked' mail_ids -d maxResults=7 --data-urlencode "$scope_q"
	check 'it is the truth, newest first' same_ids ana@example.com
	check 'pages of 500 too' mail_ids -d maxResults=500 --data-urlencode "$scope_q"
	check 'and the truth again' same_ids ana@example.com
	check 'an epoch bounds it' mail_ids \
		--data-urlencode "$scope_q after:1794500000"
	check 'as it bounds the truth' same_ids ana@example.com '&since=1794500000'
	check 'and leaves something' test -s "$dir/ids"
	gmail /messages -d labelIds=SPAM -d fields=messages/id
	check 'labels select' body_has '{"id":"'
	check 'fields select' body_lacks threadId
	gmail /messages -d fields=nonsense
	check 'unknown fields are refused' status_is 400
	gmail /messages --data-urlencode q=from:ana
	check 'terms that nobody needs are noticed' status_is 400
	gmail /messages -d labelIds=NONSENSE
	check 'so are unknown labels' status_is 400
	gmail /messages -d maxResults=501
	check 'and more than 500' body_has '"reason":"invalidArgument"'
	gmail /messages -d q=before:1
	check 'an empty page has no messages' body_lacks '"messages"'
	gmail /messages -d maxResults=2
	page=$(field nextPageToken)
	check 'more to come is estimated badly' body_has '"resultSizeEstimate":201'
	gmail /messages -d maxResults=2 --data-urlencode "pageToken=$page" -d q=in:inbox
	check 'a page token is bound to the query' status_is 400
	control expire '{"account":"ana@example.com","what":"mail_pages"}'
	gmail /messages -d maxResults=2 --data-urlencode "pageToken=$page"
	check 'page tokens end' body_has 'Invalid pageToken'
	gmail /messages -d maxResults=2
	page=$(field nextPageToken)
	control options '{"mail_page_life_s":60}'
	gmail /messages -d maxResults=2 --data-urlencode "pageToken=$page"
	check 'while they live they serve' status_is 200
	control clock '{"advance_s":600}'
	gmail /messages -d maxResults=2 --data-urlencode "pageToken=$page"
	check 'and ten minutes later these do not' status_is 400
	control options '{"mail_page_life_s":0}'
	mint ana@example.com
}

# What arrives or goes while a list is read moves nothing else.
mail_arrivals() {
	local first page
	gmail /messages -d maxResults=3 -d q=in:anywhere
	page=$(field nextPageToken)
	first=$(grep -ao '{"id":"[0-9a-f]*"' "$dir/body" | cut -d'"' -f4)
	mail add '"text":"new","count":5'
	mail delete "\"id\":\"$(tail -1 <<<"$first")\""
	gmail /messages -d maxResults=3 -d q=in:anywhere \
		--data-urlencode "pageToken=$page"
	{
		echo "$first" | head -2
		grep -ao '{"id":"[0-9a-f]*"' "$dir/body" | cut -d'"' -f4
	} >"$dir/got"
	mail_truth ana@example.com '&q=in:anywhere' | sed -n 6,10p >"$dir/want"
	check 'arrivals and deletions move no page' cmp -s "$dir/got" "$dir/want"
}

mail_messages() {
	local id aid
	mail add '"from":"Lee <lee@example.org>","to":["ana@example.com"],
		"subject":"Hi","text":"it'"'"'s <me>","html":"<p>x",
		"attachments":[{"name":"a.pdf","type":"application/pdf","size":10}],
		"headers":{"List-Id":"x <x.example.org>","X-Two":["1","2"]}'
	id=$(field id)
	gmail "/messages/$id"
	check 'a message is told whole' body_has '"partId":"0.1","mimeType":"text/html"'
	check 'snippets are escaped' body_has '"snippet":"it&#39;s &lt;me&gt;"'
	check 'bodies are padded base64url' body_has '"data":"aXQncyA8bWU-"'
	check 'headers are a list' is "$(count_of '"name":"X-Two"')" 2
	aid=$(field attachmentId)
	gmail "/messages/$id"
	check 'attachment ids are never the same' test "$(field attachmentId)" != "$aid"
	gmail "/messages/$id/attachments/$aid"
	check 'any of them serves' body_has '"size":10,"data":"'
	gmail "/messages/$id" -d format=metadata -d metadataHeaders=list-id -d metadataHeaders=From
	check 'headers are chosen whatever their case' is "$(count_of '"name":')" 2
	check 'metadata has no parts' body_lacks '"parts"'
	gmail "/messages/$id" -d format=minimal
	check 'minimal has no payload' body_lacks '"payload"'
	gmail "/messages/$id" -d format=raw
	check 'raw is RFC 5322' grep -q '^Subject: Hi' <(field raw |
		tr -- '-_' '+/' | base64 -d 2>/dev/null)
	gmail "/messages/$id" -d format=odd
	check 'odd formats are refused' status_is 400
	gmail "/messages/$id" --data-urlencode 'fields=id,payload(headers/name,parts(partId))'
	check 'fields reach down' body_has '"parts":[{"partId":"0"},{"partId":"1"}]'
	check 'and leave out' body_lacks '"value"'
	gmail /messages --data-urlencode "q=rfc822msgid:$id@control.example.com"
	check 'a Message-ID is found' body_has "\"id\":\"$id\""
	mail add "\"text\":\"Re\",\"thread\":\"$id\",\"payload\":{\"mimeType\":7}"
	check 'an answer joins its thread' body_has "\"threadId\":\"$id\""
	gmail "/threads/$id" -d format=full
	check 'a thread has its members' is "$(count_of '"internalDate"')" 2
	check 'a payload is told verbatim' body_has '"payload":{"mimeType":7}'
	mail add '"text":"Re","thread":"nonsense"'
	check 'a thread is an id' status_is 400
	mail add '"text":"\u00fc","body_b64":"4PLy7vA=","charset":"koi8-r"'
	gmail "/messages/$(field id)"
	check 'octets are told as they are' body_has '"data":"4PLy7vA="'
	mail add '"text":"long ","text_bytes":5000000'
	gmail "/messages/$(field id)"
	check 'a long one is long' test "$(wc -c <"$dir/body")" -gt 4194304
	mail delete "\"id\":\"$id\""
	gmail "/messages/$id"
	check 'what was deleted is 404' status_is 404
	gmail /messages/xyz
	check 'what is no id is 400' status_is 400
	gmail /labels
	check 'labels are told' body_has '"id":"Label_1","name":"Clients"'
	mail alias '"address":"sales@example.com"'
	gmail /settings/sendAs
	check 'so are the addresses of the user' body_has '"sendAsEmail":"sales@example.com"'
}

# all records after $1, one a line, into $dir/records
mail_records() {
	local page=''
	: >"$dir/records"
	while :; do
		history_from "$1" -d maxResults=50 \
			${page:+--data-urlencode "pageToken=$page"}
		[ "$status" = 200 ] || return 1
		sed 's/{"id":"[0-9]*","messages"/\n&/g' "$dir/body" |
			grep '^{"id":"[0-9]*","messages"' >>"$dir/records"
		page=$(field nextPageToken)
		[ -n "$page" ] || return 0
	done
}

# What a client makes of $dir/before (JSON lines) and $dir/records: the ids
# that are in the default scope, sorted.
mail_fold() {
	awk '
	function take(list, on,   n, i, l) {
		n = split(list, l, /[",]+/)
		for (i = 1; i <= n; i++)
			if (l[i] ~ /^(SPAM|TRASH|CHAT|DRAFT)$/) out[id, l[i]] = on
	}
	function labels(text) {
		if (!sub(/.*"labelIds":\[/, "", text)) return ""
		sub(/\].*/, "", text)
		return text
	}
	function name(text) {
		sub(/.*"id":"/, "", text)
		return substr(text, 1, 16)
	}
	NR == FNR { id = name($0); have[id] = 1; take(labels($0), 1); next }
	{ id = name($0) }
	/messagesAdded/ { have[id] = 1; take(labels($0), 1) }
	/messagesDeleted/ { delete have[id] }
	/labelsAdded/ { take(labels($0), 1) }
	/labelsRemoved/ { take(labels($0), 0) }
	END {
		for (id in have)
			if (!out[id, "SPAM"] && !out[id, "TRASH"] &&
			    !out[id, "CHAT"] && !out[id, "DRAFT"])
				print id
	}' "$dir/before" "$dir/records" | sort
}

mail_history() {
	local start id draft
	start=$(current)
	history_from "$start"
	check 'nothing new is an id alone' is "$(cat "$dir/body")" "{\"historyId\":\"$start\"}"
	mail add '"text":"x"'
	id=$(field id)
	mail trash "\"id\":\"$id\""
	mail untrash "\"id\":\"$id\""
	mail mention "\"id\":\"$id\""
	mail labels "\"id\":\"$id\",\"add\":[\"Family\"],\"remove\":[\"UNREAD\",\"SPAM\"]"
	mail delete "\"id\":\"$id\""
	history_from "$start"
	check 'every change has a record' is "$(count_of '"messages":')" 8
	check 'added' is "$(count_of messagesAdded)" 1
	check 'labels' is "$(count_of 'labelsAdded\|labelsRemoved')" 5
	check 'deleted' is "$(count_of messagesDeleted)" 1
	history_from "$start" -d historyTypes=messageDeleted -d maxResults=2
	check 'a page may lack history' body_lacks '"history"'
	check 'and have a next one' body_has nextPageToken
	history_from "$start" -d labelId=Label_3
	check 'a label selects' is "$(count_of '"messages":')" 3
	mail draft '"text":"one"'
	draft=$(field draft) id=$(field id)
	mail draft "\"text\":\"two\",\"draft\":\"$draft\""
	check 'a draft keeps its id' is "$(field draft)" "$draft"
	check 'and changes its message' test "$(field id)" != "$id"
	mail draft_send "\"draft\":\"$draft\""
	gmail "/messages/$(field id)"
	check 'sent it is another' body_has '"labelIds":["SENT"]'
	start=$(current)
	curl -s "$base/_control/mail?account=ana@example.com&q=in:anywhere" >"$dir/before"
	mail random '"count":300,"seed":9'
	check 'a storm has records' mail_records "$start"
	check 'that tell what became of the mailbox' cmp -s <(mail_fold) \
		<(mail_truth ana@example.com | sort)
	check 'after a storm' mail_ids -d maxResults=100 --data-urlencode "$scope_q"
	check 'the list is the truth' same_ids ana@example.com
	control expire '{"account":"ana@example.com","what":"history"}'
	history_from "$start"
	check 'old history is gone' body_has '"reason":"notFound"'
	history_from 99999999999
	check 'the future has none' status_is 404
	history_from garbage
	check 'garbage is 400' status_is 400
	start=$(current)
	control fault '{"kind":"history_ahead","match":"/history","by":50,"count":1}'
	history_from "$start"
	check 'the id can run ahead' body_has "\"historyId\":\"$((start + 50))\""
	control fault '{"kind":"history_back","match":"/history","by":50,"count":1}'
	history_from "$start"
	check 'or fall back' body_has "\"historyId\":\"$((start - 50))\""
	uncontrol
}

mail_quota() {
	control stats/reset '{}'
	control clock '{"now":"2026-11-21T12:00:00Z"}'
	mint ana@example.com
	control options '{"mail_quota_user":45}'
	gmail "/threads/$1" -d format=minimal
	gmail /messages -d maxResults=1
	check 'forty and five are within 45' status_is 200
	gmail /profile
	check 'one more is not' status_is 429
	check 'and says what for' body_has RATE_LIMIT_EXCEEDED
	control clock '{"advance_s":61}'
	gmail /profile
	check 'a minute later it is' status_is 200
	control options '{"mail_quota_user":1,"mail_lock_s":900}'
	gmail /profile
	check 'a lock tells its end in the text' body_has \
		'User-rate limit exceeded.  Retry after 2026-11-21T12:16'
	control options '{"mail_quota_user":0}'
	gmail /profile
	check 'the lock outlives the quota' status_is 429
	control clock '{"advance_s":901}'
	gmail /profile
	check 'and ends' status_is 200
	control options '{"mail_lock_s":0,"mail_prices":2025}'
	gmail "/threads/$1" -d format=minimal
	call "$base/_control/stats"
	check 'units are counted' body_has '"ana@example.com":{"units":57,'
	check 'asking too early too' body_has '"mail_before_deadline":1'
	control options '{"mail_prices":2026,"mail_concurrency":1}'
	control fault '{"kind":"hang","match":"/labels","count":1}'
	curl -s -o /dev/null -H "Authorization: Bearer $token" \
		"$base/gmail/v1/users/me/labels" &
	hung=$!
	for _ in $(seq 400); do
		call "$base/_control/fault"
		body_has '"hits":1' && break
		sleep 0.05
	done
	gmail /profile
	check 'two at once are one too many' body_has 'Too many concurrent requests for user'
	kill "$hung"
	wait "$hung"
	uncontrol
	control options '{"mail_concurrency":0}'
	call "$base/_control/stats"
	check 'the peak is told' body_has '"peak_concurrent":2'
}

mail_faults() {
	control fault '{"kind":"status","status":403,"reason":"accessNotConfigured",
		"info":"SERVICE_DISABLED","domain":"usageLimits","match":"/gmail/","count":1}'
	gmail /profile
	check 'a disabled API is played' body_has '"reason":"SERVICE_DISABLED"'
	control fault '{"kind":"status","status":429,"reason":"rateLimitExceeded",
		"deadline_s":900,"match":"/gmail/","count":1}'
	gmail /profile
	check 'so is a deadline' grep -q 'exceeded.  Retry after 2026-11-21T12:..:' "$dir/body"
	control fault '{"kind":"loop_token","match":"/messages","count":1}'
	gmail /messages -d maxResults=2
	cp "$dir/body" "$dir/first"
	gmail /messages -d maxResults=2 --data-urlencode "pageToken=$(field nextPageToken)"
	check 'a page can come again' \
		is "$(head -c 120 "$dir/body")" "$(head -c 120 "$dir/first")"
	control fault '{"kind":"empty_pages","match":"/messages","count":1}'
	gmail /messages -d maxResults=2
	check 'or be empty' body_lacks '"messages"'
	check 'and go on' body_has nextPageToken
	control fault '{"kind":"items","items":["{\"id\":7}"],"match":"/messages","count":1}'
	gmail /messages -d maxResults=2
	check 'or hold something foreign' body_has '{"id":7}]'
	uncontrol
}

test_mail() {
	local id
	mint ana@example.com
	gmail /messages -d maxResults=1 -d q=in:inbox
	id=$(field id)
	mail_scopes "$id"
	mail_lists
	mail_arrivals
	mail_messages
	mail_history
	mail_quota "$(mail_truth ana@example.com '&q=in:anywhere' | tail -1)"
	mail_faults
}

mail_digest() {
	mint ben@example.org
	for id in $(mail_truth ben@example.org); do
		gmail "/messages/$id" -d 'fields=id,threadId,labelIds,snippet,payload/headers'
		cat "$dir/body"
	done | sha256sum
}

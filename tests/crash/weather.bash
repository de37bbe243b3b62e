# What the provider does in a storm: faults of every kind, now and then, and
# what a person does there meanwhile. Sourced by storm.sh.
# shellcheck shell=bash disable=SC2034,SC2154  # seed, picked and others are the storm's

# Kinds that end soon (a slow one takes 15 s to be given up).
faults=(cut cut cut_nolen cut_chunked cut_gzip two_lengths bad_header header_flood
	html not_json redirect bom reset empty_reply latency hang gzip_bomb endless
	no_token loop_token endless_token empty_pages dup_page unknown_fields
	history_ahead history_back items
	401 403 404 410 426 429 500 502 503 204)

rule() { # KIND MATCH: more fields of it, in $more
	more=''
	case $1 in
	[0-9]*)
		more=",\"status\":$1"
		case $1 in
		403) pick rateLimitExceeded userRateLimitExceeded quotaExceeded ;;
		404) picked=notFound ;;
		410) picked=fullSyncRequired ;;
		401) picked=authError ;;
		429)
			picked=rateLimitExceeded
			more+=",\"headers\":{\"Retry-After\":\"$((RANDOM % 3))\"}"
			;;
		*) picked=backendError ;;
		esac
		more+=",\"reason\":\"$picked\""
		;;
	hang | latency) more=",\"ms\":$((RANDOM % 300 + 50))" ;;
	gzip_bomb) more=',"mb":20' ;;
	items) more=',"items":["{}","7"]' ;;
	esac
}
weather() {
	local n kind match matches=(/calendar /messages /history /calendarList /threads /token)
	[ "$kinds" = google ] || matches=(/rest/ memberChangeLogs memberSnapshotData)
	control DELETE fault >/dev/null
	for ((n = RANDOM % 5; n > 0; n--)); do
		pick "${matches[@]}"
		match=$picked
		pick "${faults[@]}"
		kind=$picked
		# A body without end is a message too large: stored by its headers.
		case $kind,$match in gzip_bomb,/* | endless,/*)
			[ "$kinds" = google ] && match=/calendar ;;
		esac
		rule "$kind"
		case $kind in [0-9]*) kind=status ;; esac
		echo "# seed $seed: $kind of $match$more" >>"$work/storm.err"
		control POST fault "{\"kind\":\"$kind\",\"match\":\"$match\",
			\"probability\":0.$((RANDOM % 4 + 1)),\"seed\":$((RANDOM + 1))$more}" >/dev/null
	done
}

google_changes() {
	edit "\"op\":\"random\",\"count\":$((RANDOM % 12)),\"seed\":$((RANDOM + 1))"
	mail "\"op\":\"random\",\"count\":$((RANDOM % 12)),\"seed\":$((RANDOM + 1))"
	if chance 20; then expire sync_tokens; fi
	if chance 15; then expire page_tokens; fi
	if chance 15; then expire access_tokens; fi
	if chance 10; then expire list_token; fi
	if chance 10; then expire mail_pages; fi
	if chance 3; then expire grant; fi
	if chance 10; then
		# Labels that changed in the gap are as they were: a walk reads no
		# message that is known.
		expire history
		labels=NULL labels_hold=false
	fi
	if chance 10; then
		control POST calendar "{\"account\":\"$ana\",\"op\":\"add\",\"events\":$((RANDOM % 9)),
			\"calendar\":\"storm$RANDOM@group.calendar.google.com\"}" >/dev/null
	fi
}
linkedin_changes() {
	local domain
	member "\"random\",\"count\":$((RANDOM % 20)),\"seed\":$((RANDOM + 1))"
	member '"domain","state":"ready"'
	if chance 30; then
		pick CONNECTIONS INBOX INVITATIONS
		domain=$picked
		pick not_ready empty blank stuck ends fails
		member "\"domain\",\"domain\":\"$domain\",\"state\":\"$picked\",\"page\":$((RANDOM % 3))"
	fi
}
changes() { "${kinds}_changes"; }
fair_weather() {
	control DELETE fault >/dev/null
	[ "$kinds" = google ] || member '"domain","state":"ready"'
}

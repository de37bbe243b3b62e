-- Entries that were left out, and are known now, leave the ledger.
-- $1 uuid, $2 uuid, $3 text, $4 text  user, integration, stream kind and key
-- $5 text[]                           ids
DELETE FROM public.sync_items q
WHERE q.user_id = $1::uuid AND q.integration_id = $2::uuid
	AND q.stream_kind = $3::text AND q.stream_key = $4::text
	AND q.source_id = ANY ($5::text[]) AND q.state = 'filtered'

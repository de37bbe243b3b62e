-- What an API grants an OAuth client for all its users together, shared by the
-- processes of a fleet.

CREATE TABLE sluice.quota_usage (
	oauth_client_id uuid NOT NULL REFERENCES sluice.oauth_clients (id) ON DELETE CASCADE,
	api text NOT NULL CHECK (octet_length(api) <= 64 AND api <> ''),
	minute timestamptz NOT NULL,
	units bigint NOT NULL DEFAULT 0,
	backfill_units bigint NOT NULL DEFAULT 0,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (oauth_client_id, api, minute)
);
COMMENT ON TABLE sluice.quota_usage IS
	'Units of an API that processes have taken for a client, by minute. What was taken and not '
	'used is lost with the minute. Belongs to no user, so no row security.';
COMMENT ON COLUMN sluice.quota_usage.api IS 'Name of the connector.';
COMMENT ON COLUMN sluice.quota_usage.backfill_units IS 'Of the units: for walks.';
CALL sluice.protect_table('sluice.quota_usage',
	gateway => 'select, insert, update, delete', operator => 'select', rls => false);

CREATE TABLE sluice.quota_blocks (
	oauth_client_id uuid NOT NULL REFERENCES sluice.oauth_clients (id) ON DELETE CASCADE,
	api text NOT NULL CHECK (octet_length(api) <= 64 AND api <> ''),
	blocked_until timestamptz NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (oauth_client_id, api)
);
COMMENT ON TABLE sluice.quota_blocks IS
	'Until when a provider wants a client to ask an API nothing: a daily limit, a throttle of the '
	'whole client. Belongs to no user, so no row security.';
CALL sluice.protect_table('sluice.quota_blocks',
	gateway => 'select, insert, update, delete', operator => 'select', rls => false);

CREATE TABLE sluice.quota_limits (
	api text NOT NULL CHECK (octet_length(api) <= 64 AND api <> ''),
	since timestamptz NOT NULL DEFAULT '-infinity',
	client_per_minute double precision CHECK (client_per_minute > 0),
	client_per_day double precision CHECK (client_per_day > 0),
	user_per_minute integer CHECK (user_per_minute > 0),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (api, since)
);
COMMENT ON TABLE sluice.quota_limits IS
	'Quotas of this installation''s own where they are not the published ones. The row '
	'with the latest date that has come counts. Written by the operator of the database.';
COMMENT ON COLUMN sluice.quota_limits.client_per_minute IS 'Units; NULL: as published.';
COMMENT ON COLUMN sluice.quota_limits.client_per_day IS
	'Units in any 24 hours; NULL: no limit but the provider''s own word.';
COMMENT ON COLUMN sluice.quota_limits.user_per_minute IS
	'Units of one account; NULL: as published.';
CALL sluice.protect_table('sluice.quota_limits',
	gateway => 'select', operator => 'select', rls => false);

CREATE FUNCTION sluice.take_quota(client uuid, of_api text, published double precision,
	least_units bigint, most_units bigint, for_walks boolean, walks_percent integer)
RETURNS TABLE (units bigint, for_us bigint)
LANGUAGE plpgsql SET search_path = '' AS $fn$
#variable_conflict use_column
DECLARE
	t timestamptz := sluice.clock();
	this_minute timestamptz := date_trunc('minute', t);
	spent double precision := extract(epoch FROM t - this_minute) / 60; -- of the minute
	minute_left bigint := greatest(1, ((1 - spent) * 60e6)::bigint);
	per_minute double precision := nullif(published, 0);
	per_day double precision;
	blocked timestamptz;
	used bigint;
	used_for_walks bigint;
	used_today bigint;
	first_today timestamptz;
	room double precision;
	whole double precision;
	part double precision;
BEGIN
	SELECT b.blocked_until INTO blocked
	FROM sluice.quota_blocks b
	WHERE b.oauth_client_id = client AND b.api = of_api;
	-- further away than any of theirs: set by a wrong clock
	IF blocked > t AND blocked < t + interval '2 days' THEN
		RETURN QUERY SELECT 0::bigint,
			greatest(1, (extract(epoch FROM blocked - t) * 1000000)::bigint);
		RETURN;
	END IF;
	SELECT coalesce(l.client_per_minute, per_minute), l.client_per_day
	INTO per_minute, per_day
	FROM (SELECT) one
	LEFT JOIN LATERAL (
		SELECT o.client_per_minute, o.client_per_day
		FROM sluice.quota_limits o
		WHERE o.api = of_api AND o.since <= t
		ORDER BY o.since DESC
		LIMIT 1
	) l ON true;
	IF per_minute IS NULL AND per_day IS NULL THEN
		RETURN QUERY SELECT most_units, minute_left;
		RETURN;
	END IF;
	-- Who comes second waits here until the first has taken.
	INSERT INTO sluice.quota_usage AS u (oauth_client_id, api, minute)
	VALUES (client, of_api, this_minute)
	ON CONFLICT (oauth_client_id, api, minute) DO UPDATE SET units = u.units
	RETURNING u.units, u.backfill_units INTO used, used_for_walks;
	IF per_day IS NOT NULL THEN
		SELECT sum(u.units), min(u.minute) INTO used_today, first_today
		FROM sluice.quota_usage u
		WHERE u.oauth_client_id = client AND u.api = of_api
			AND u.minute > this_minute - interval '24 hours';
		IF per_day - used_today < least_units THEN
			RETURN QUERY SELECT 0::bigint, greatest(1, (extract(epoch FROM
				first_today + interval '24 hours 1 minute' - t) * 1000000)::bigint);
			RETURN;
		END IF;
	END IF;
	-- A tenth at once, the rest as the minute goes by; of what there is, walks
	-- get a part, so that changes find some at any time.
	whole := coalesce(per_minute, per_day);
	room := whole * least(1, spent + 0.1) - used;
	IF for_walks THEN
		room := least(room, whole * least(1, spent + 0.1) * walks_percent / 100
			- used_for_walks);
	END IF;
	room := least(room, per_day - used_today);
	-- A call that is dearer than all of a minute has one for itself.
	IF used = 0 AND least_units
		> whole * (CASE WHEN for_walks THEN walks_percent / 100.0 ELSE 1 END)
	THEN
		room := least_units;
	END IF;
	IF room < least_units THEN
		-- when enough has come together, if it does so in this minute
		part := greatest((least_units + used) / whole,
			CASE WHEN for_walks THEN (least_units + used_for_walks)
				/ (whole * walks_percent / 100) ELSE 0 END) - 0.1 - spent;
		RETURN QUERY SELECT 0::bigint, CASE
			WHEN part <= 0 OR part >= 0.9 - spent THEN minute_left
			ELSE greatest(100000, (part * 60e6)::bigint) END;
		RETURN;
	END IF;
	UPDATE sluice.quota_usage u
	SET units = u.units + least(floor(room)::bigint, most_units),
		backfill_units = u.backfill_units + CASE WHEN for_walks
			THEN least(floor(room)::bigint, most_units) ELSE 0 END
	WHERE u.oauth_client_id = client AND u.api = of_api AND u.minute = this_minute;
	RETURN QUERY SELECT least(floor(room)::bigint, most_units), minute_left;
END
$fn$;
COMMENT ON FUNCTION sluice.take_quota(uuid, text, double precision, bigint, bigint, boolean,
	integer) IS
	'Takes units of a client''s quota for an API: between least and most, or 0. for_us: how long '
	'they hold; with 0 units, when to ask again. Of a minute walks get a part only.';
CALL sluice.protect_function('sluice.take_quota(uuid, text, double precision, bigint, bigint,
	boolean, integer)', 'sluice_gateway');

-- Upkeep: minutes that no limit asks for any more.
CREATE FUNCTION sluice.keep_quota() RETURNS integer
LANGUAGE plpgsql SET search_path = '' AS $fn$
DECLARE
	n integer;
BEGIN
	DELETE FROM sluice.quota_usage u
	USING (
		SELECT o.oauth_client_id, o.api, o.minute
		FROM sluice.oauth_clients c
		CROSS JOIN LATERAL (
			SELECT q.oauth_client_id, q.api, q.minute
			FROM sluice.quota_usage q
			WHERE q.oauth_client_id = c.id
				AND q.minute NOT BETWEEN sluice.clock() - interval '25 hours'
					AND sluice.clock() + interval '1 hour'
			LIMIT 1000
			FOR UPDATE SKIP LOCKED
		) o
	) old
	WHERE u.oauth_client_id = old.oauth_client_id AND u.api = old.api
		AND u.minute = old.minute;
	GET DIAGNOSTICS n = ROW_COUNT;
	RETURN n;
END
$fn$;
COMMENT ON FUNCTION sluice.keep_quota() IS 'Removes what was taken more than a day ago.';
CALL sluice.protect_function('sluice.keep_quota()', 'sluice_gateway');

-- One process is enough: who comes while another is at it leaves it alone.
CREATE FUNCTION sluice.keep_fleet(providers text[]) RETURNS boolean
LANGUAGE plpgsql SET search_path = '' AS $fn$
BEGIN
	IF NOT pg_try_advisory_xact_lock(hashtextextended('sluice.upkeep', 0)) THEN
		RETURN false;
	END IF;
	PERFORM sluice.keep_schedule(providers);
	PERFORM sluice.keep_quota();
	RETURN true;
END
$fn$;
COMMENT ON FUNCTION sluice.keep_fleet(text[]) IS
	'What nobody else looks after, by one process at a time. False: another one is at it.';
CALL sluice.protect_function('sluice.keep_fleet(text[])', 'sluice_gateway');

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261127010000', 'quota') ON CONFLICT DO NOTHING;

DELETE FROM sluice.sys_table_migrations WHERE version = '20261127000000';

DROP FUNCTION sluice.keep_schedule(text[]);
DROP FUNCTION sluice.take_due_of(uuid, text[], integer[], integer, integer, boolean, jsonb,
	bigint, bigint);
DROP FUNCTION sluice.next_due(text[], integer[], integer, boolean);
DROP FUNCTION sluice.wait_for_solo(text, text[]);
DROP FUNCTION sluice.take_due(text[], integer[], integer, integer, text, jsonb, bigint, bigint);
DROP FUNCTION sluice.pick_solo(text[], integer[]);
DROP FUNCTION sluice.pick_due(text, text[], integer[], integer, timestamptz, timestamptz);
DROP FUNCTION sluice.deferred(timestamptz);
DROP FUNCTION sluice.lease_rows(uuid[], text, boolean, jsonb, bigint);
DROP FUNCTION sluice.lapse_leases(jsonb[]);

DROP INDEX sluice.schedule_left_idx;
DROP INDEX sluice.schedule_host_idx;
DROP INDEX sluice.schedule_solo_idx;
DROP INDEX sluice.schedule_backfill_idx;
DROP INDEX sluice.schedule_due_idx;
CREATE INDEX schedule_due_idx ON sluice.schedule (next_run_at)
	WHERE enabled AND parked_at IS NULL;

-- A walk that is left goes on with the next run.
UPDATE sluice.schedule SET next_run_at = least(next_run_at, backfill_at);
ALTER TABLE sluice.schedule
	DROP COLUMN backfill_at,
	DROP COLUMN run_lane,
	DROP COLUMN run_begun,
	DROP COLUMN run_alone,
	DROP COLUMN left_run_id,
	DROP COLUMN left_trigger,
	DROP COLUMN left_started_at,
	DROP COLUMN left_host,
	DROP COLUMN solo_for,
	DROP COLUMN solo_until;
COMMENT ON COLUMN sluice.schedule.next_run_at IS NULL;

CREATE OR REPLACE FUNCTION sluice.integration_scheduled() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
DECLARE
	runs boolean := NEW.status IN ('connected', 'error');
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO sluice.schedule (integration_id, user_id, provider, enabled, next_run_at)
		VALUES (NEW.id, NEW.user_id, NEW.provider, runs, sluice.clock())
		ON CONFLICT DO NOTHING;
		RETURN NULL;
	END IF;
	-- A run comes forward, never back: at once when it may run again, after
	-- the new interval when that is shorter than what is left.
	UPDATE sluice.schedule s
	SET enabled = runs,
		next_run_at = CASE
			WHEN runs AND NOT s.enabled THEN least(s.next_run_at, sluice.clock())
			WHEN NEW.sync_interval_s < OLD.sync_interval_s THEN least(s.next_run_at,
				sluice.clock() + make_interval(secs => NEW.sync_interval_s))
			ELSE s.next_run_at
		END
	WHERE s.integration_id = NEW.id
		AND (s.enabled <> runs OR NEW.sync_interval_s < OLD.sync_interval_s);
	RETURN NULL;
END
$fn$;

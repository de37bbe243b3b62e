DELETE FROM sluice.sys_table_migrations WHERE version = '20261126050000';

COMMENT ON TABLE sluice.people_judged IS
	'By what the stored mail of an account was judged for contacts.';
COMMENT ON COLUMN sluice.people_judged.basis IS
	'Hash of the rule and of the user''s own addresses; when it changes, all mail is judged again.';
COMMENT ON COLUMN sluice.people_judged.after_id IS
	'Judged up to this message of the stream after_key; NULL: all of it.';
COMMENT ON COLUMN public.contacts.origin IS 'Evidence for making it: rule, reason, artifact.';
DROP FUNCTION sluice.card_told(jsonb, jsonb, jsonb, boolean);

CREATE OR REPLACE FUNCTION sluice.identity_fill() RETURNS trigger
LANGUAGE plpgsql SET search_path = '' AS $fn$
BEGIN
	IF TG_TABLE_NAME = 'contact_emails' THEN
		IF TG_OP = 'UPDATE' AND NEW.address IS DISTINCT FROM OLD.address
			AND NEW.address_norm IS NOT DISTINCT FROM OLD.address_norm THEN
			NEW.address_norm := NULL; -- it followed the old address
		END IF;
		NEW.address_norm := coalesce(nullif(NEW.address_norm, ''),
			lower(btrim(regexp_replace(btrim(NEW.address, ' <>'), '^mailto:', '', 'i'))));
	ELSE
		IF TG_OP = 'UPDATE' AND NEW.value IS DISTINCT FROM OLD.value
			AND NEW.value_norm IS NOT DISTINCT FROM OLD.value_norm THEN
			NEW.value_norm := NULL;
		END IF;
		NEW.value_norm := coalesce(nullif(NEW.value_norm, ''), lower(btrim(NEW.value)));
	END IF;
	RETURN NEW;
END
$fn$;
DROP FUNCTION sluice.handle_norm(text);

-- Who becomes a contact by a network's connections and messages: handles are
-- compared in one form, whoever wrote them.

CREATE FUNCTION sluice.handle_norm(value text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $fn$
DECLARE
	v text COLLATE "C" := btrim(value, E' \t\r\n\x0b\f');
	plain text COLLATE "C";
BEGIN
	IF octet_length(value) > 2048 OR v IS NULL OR v ~ '[\u0001-\u0020\u007f]' THEN
		RETURN NULL;
	END IF;
	IF v ~* '^urn:' THEN
		v := 'urn:' || substr(v, 5);
		RETURN CASE WHEN v <> 'urn:' AND octet_length(v) <= 512 THEN v END;
	END IF;
	v := regexp_replace(v, '^https?://', '', 'i');
	v := regexp_replace(v, '^(www\.)+', '', 'i');
	v := rtrim(regexp_replace(v, '[?#].*$', ''), '/');
	IF v !~ '^[A-Za-z0-9._-]+\.[A-Za-z0-9._-]*[A-Za-z0-9_-](:[0-9]*)?/' THEN
		RETURN NULL;
	END IF;
	plain := v;
	IF v ~ '%' AND v !~* '%(?![0-9a-f]{2})' THEN
		BEGIN
			SELECT convert_from(string_agg(CASE
					WHEN p.part[1] ~* '^%([89a-f][0-9a-f]|2[de]|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])$'
						THEN decode(substr(p.part[1], 2), 'hex')
					ELSE convert_to(p.part[1], 'UTF8')
				END, ''::bytea ORDER BY p.n), 'UTF8') INTO plain
			FROM regexp_matches(v, '%..|[^%]+', 'g') WITH ORDINALITY AS p (part, n);
		EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
			plain := v;
		END;
	END IF;
	plain := lower(plain);
	RETURN CASE WHEN octet_length(plain) <= 512 THEN plain END;
END
$fn$;
COMMENT ON FUNCTION sluice.handle_norm(text) IS
	'A profile''s URL or a URN as compared, NULL when it is neither: what the gateway does with '
	'those that a provider names.';
CALL sluice.protect_function('sluice.handle_norm(text)');

CREATE OR REPLACE FUNCTION sluice.identity_fill() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $fn$
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
		NEW.value_norm := coalesce(nullif(NEW.value_norm, ''),
			sluice.handle_norm(NEW.value), lower(btrim(NEW.value)));
	END IF;
	RETURN NEW;
END
$fn$;

-- Handles that people have entered. The setting: with row_security off, as
-- `sluice migrate` runs, the owner's own policy would be an error. A form that
-- is taken stays with whom it is; the trigger would suppress the old form.
CREATE PROCEDURE sluice.rename_handles()
LANGUAGE sql SET search_path = '' SET row_security = on AS $fn$
	UPDATE public.contact_handles h
	SET value_norm = n.norm
	FROM (
		SELECT DISTINCT ON (x.user_id, x.kind, m.norm) x.id, m.norm
		FROM public.contact_handles x
		CROSS JOIN LATERAL sluice.handle_norm(x.value) AS m (norm)
		WHERE m.norm <> x.value_norm AND x.value_norm = lower(btrim(x.value))
			AND NOT EXISTS (
				SELECT FROM public.contact_handles o
				WHERE o.user_id = x.user_id AND o.kind = x.kind
					AND o.value_norm = m.norm)
		ORDER BY x.user_id, x.kind, m.norm, x.created_at, x.id
	) n
	WHERE h.id = n.id
$fn$;
ALTER TABLE public.contact_handles DISABLE TRIGGER identity_remember;
CALL sluice.rename_handles();
ALTER TABLE public.contact_handles ENABLE TRIGGER identity_remember;
DROP PROCEDURE sluice.rename_handles();

-- What a person wrote on a card stays: what the gateway wrote is remembered in
-- contacts.origin, and is all that it changes.
CREATE FUNCTION sluice.card_told(card jsonb, origin jsonb, told jsonb, fills boolean)
RETURNS TABLE (new_card jsonb, new_origin jsonb)
LANGUAGE sql IMMUTABLE SET search_path = '' AS $fn$
	WITH field AS (
		SELECT t.key, card ->> t.key AS old, told ->> t.key AS new,
			origin -> 'wrote' ->> t.key AS wrote,
			origin -> 'filled' ->> t.key AS filled,
			coalesce(origin -> 'wrote' ? t.key OR origin -> 'filled' ? t.key, false)
				AS known
		FROM jsonb_object_keys(told) AS t (key)
	), next AS (
		SELECT f.key, f.old, CASE
			WHEN f.old IS NULL AND NOT f.known THEN f.new
			WHEN fills THEN f.old
			WHEN f.old = f.wrote THEN f.new
			WHEN f.old = f.filled THEN coalesce(f.new, f.old)
			ELSE f.old END AS new
		FROM field f
	), changed AS (
		SELECT jsonb_object_agg(n.key, n.new) AS fields
		FROM next n
		WHERE n.new IS DISTINCT FROM n.old
	)
	SELECT card || coalesce(c.fields, '{}'),
		CASE WHEN c.fields IS NULL THEN origin
			ELSE origin || jsonb_build_object(
				CASE WHEN fills THEN 'filled' ELSE 'wrote' END,
				jsonb_strip_nulls(coalesce(
					origin -> CASE WHEN fills THEN 'filled' ELSE 'wrote' END, '{}')
					|| c.fields)) END
	FROM changed c
$fn$;
COMMENT ON FUNCTION sluice.card_told(jsonb, jsonb, jsonb, boolean) IS
	'A card''s texts after a provider told them: what is empty, and was never told, is written; what '
	'is still as it was told follows; what a person wrote or emptied stays. With fills, only what is '
	'empty is written.';
CALL sluice.protect_function('sluice.card_told(jsonb, jsonb, jsonb, boolean)', 'sluice_gateway');
COMMENT ON COLUMN public.contacts.origin IS
	'Evidence for making it: rule, reason, artifact; wrote, filled: what sync wrote on it; versions: '
	'of the parts of its professional context.';

COMMENT ON TABLE sluice.people_judged IS
	'By what the stored mail, meetings and ties of an account were judged for contacts.';
COMMENT ON COLUMN sluice.people_judged.basis IS
	'Hash of the rule and of the user''s own addresses and handles; when it changes, all is judged again.';
COMMENT ON COLUMN sluice.people_judged.after_id IS
	'Judged up to this item of the stream after_key; NULL: all of it.';

INSERT INTO sluice.sys_table_migrations (version, name)
VALUES ('20261126050000', 'ties') ON CONFLICT DO NOTHING;

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one place where an SQLSTATE becomes a remedy.
 */
#include <string.h>

#include "core/base/text.h"

#include "state/pg_private.h"

struct remedy {
	const char *prefix; /* of the SQLSTATE; NULL ends the table */
	sl_status status;
	sl_scope scope;
	const char *advice; /* appended, or NULL */
};

static const char advice_migrate[] = " (run 'sluice migrate')";
static const char advice_room[] =
	" (make room on the disk of the database, then run it again)";
static const char advice_connections[] =
	" (raise the limit of connections, or put a pooler between)";
static const char advice_primary[] =
	" (is it a standby? name the primary, or all hosts with "
	"target_session_attrs=read-write)";
static const char advice_member[] =
	" (the login must be a member of sluice_gateway and sluice_operator)";
static const char advice_owner[] =
	" (this is for the login that owns the schema and may create roles: "
	"SLUICE_DIRECT_URL)";

static const struct remedy remedies[] = {
	{ "08", SL_RETRY, SL_CLIENT, NULL },
	{ "57P", SL_RETRY, SL_CLIENT, NULL },
	{ "57014", SL_RETRY, SL_CLIENT, NULL },
	{ "53100", SL_RETRY, SL_CLIENT, advice_room },
	{ "53300", SL_RETRY, SL_CLIENT, advice_connections },
	{ "53", SL_RETRY, SL_CLIENT, NULL },
	{ "40", SL_RETRY, SL_CLIENT, NULL },
	{ "25006", SL_RETRY, SL_CLIENT, advice_primary },
	{ "55P03", SL_RETRY, SL_CLIENT, NULL },
	{ "22", SL_REJECTED, SL_ITEM, NULL },
	/* a parent is missing: the user or the account is gone, or an artifact
	 * type was never added; no item can help that */
	{ "23503", SL_CONFIG, SL_INTEGRATION, NULL },
	{ "23", SL_REJECTED, SL_ITEM, NULL },
	{ "54", SL_REJECTED, SL_ITEM, NULL },
	{ "P0", SL_REJECTED, SL_ITEM, NULL }, /* raised by a trigger */
	{ "42P01", SL_CONFIG, SL_CLIENT, advice_migrate },
	{ "3F000", SL_CONFIG, SL_CLIENT, advice_migrate },
	{ "42883", SL_CONFIG, SL_CLIENT, advice_migrate }, /* no function */
	{ "42501", SL_CONFIG, SL_CLIENT, advice_member },
	{ NULL, SL_BUG, SL_CLIENT, NULL },
};

static const struct remedy *
remedy_of(const char *sqlstate)
{
	const struct remedy *r = remedies;

	while (r->prefix != NULL &&
	       strncmp(sqlstate, r->prefix, strlen(r->prefix)) != 0)
		r++;
	return r;
}

bool
sl_pg_may_pass(const struct sl_error *refusal)
{
	/* another row is in the way; an application's trigger said no */
	static const char *const passing[] = { "23505", "23P01", "P0" };

	for (size_t i = 0; i < SL_ARRAY_LEN(passing); i++)
		if (strncmp(refusal->sqlstate, passing[i],
			    strlen(passing[i])) == 0)
			return true;
	return false;
}

const char *
sl_pg_said(const PGconn *conn, char out[SL_ERROR_TEXT_MAX])
{
	sl_text_one_line(out, SL_ERROR_TEXT_MAX, PQerrorMessage(conn));
	return out;
}

sl_status
sl_pg_fail(const PGconn *conn, const PGresult *result, bool self,
	   struct sl_error *err)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	char said[SL_ERROR_TEXT_MAX];
	const struct remedy *r;
	const char *advice;

	if (text == NULL || text[0] == '\0')
		(void)sl_pg_said(conn, said);
	else
		sl_text_one_line(said, sizeof(said), text);
	text = said;
	if (PQstatus(conn) == CONNECTION_BAD) {
		(void)sl_fail(err, SL_RETRY, SL_CLIENT,
			      "database connection lost: %s", text);
	} else if (state == NULL) {
		(void)sl_fail(err, SL_BUG, SL_CLIENT, "database: %s", text);
	} else {
		r = remedy_of(state);
		advice = self && r->advice == advice_member ? advice_owner
							    : r->advice;
		(void)sl_fail(err, r->status, r->scope,
			      "database error %s: %s%s", state, text,
			      advice == NULL ? "" : advice);
	}
	if (state != NULL && strlen(state) < sizeof(err->sqlstate))
		memcpy(err->sqlstate, state, strlen(state) + 1);
	return err->status;
}

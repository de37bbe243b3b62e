/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What came back, by stream; and the links of LinkedIn's lists.
 */
#include <string.h>
#include <strings.h>

#include "core/json/json.h"

#include "connectors/linkedin/private.h"

#define HTTP_OK 200

/** Below the API's own host; or the whole address of the same host. */
static bool
leads_there(const char *href, const char *endpoint)
{
	static const char host[] = "https://api.linkedin.com";
	size_t len = strlen(endpoint);

	if (strncasecmp(href, host, strlen(host)) == 0)
		href += strlen(host);
	return strncmp(href, endpoint, len) == 0 &&
	       (href[len] == '?' || href[len] == '\0');
}

bool
sl_linkedin_has_next(const json_t *body, const char *endpoint, bool *strange)
{
	const json_t *links =
		sl_json_array(sl_json_object(body, "paging"), "links");
	const json_t *link;
	bool next = false;
	size_t i;

	json_array_foreach (links, i, link) {
		const char *rel = sl_json_text(link, "rel");
		const char *href = sl_json_text(link, "href");

		if (rel == NULL || strcmp(rel, "next") != 0)
			continue;
		next = true;
		if (href == NULL || !leads_there(href, endpoint))
			*strange = true;
	}
	return next;
}

static sl_status
read_answer(const struct sl_turn *turn, const struct sl_answer *answer,
	    struct sl_page *page, struct sl_error *err)
{
	if (answer->http_status == HTTP_OK &&
	    sl_linkedin_says_inactive(answer->body))
		return sl_linkedin_inactive(answer->body, err);
	switch ((enum sl_linkedin_tag)answer->call->tag) {
	case SL_LINKEDIN_EVENTS:
		return sl_linkedin_read_events(turn, answer, page, err);
	case SL_LINKEDIN_ROWS:
		return sl_linkedin_read_rows(turn, answer, page, err);
	case SL_LINKEDIN_BY_ID:
		break;
	}
	return SL_OK;
}

sl_status
sl_linkedin_read(const struct sl_turn *turn, struct sl_answers *answers,
		 struct sl_page *page, struct sl_error *err)
{
	const struct sl_answer *answer;
	sl_status st = SL_OK;

	while (st == SL_OK && (answer = sl_answers_next(answers)) != NULL)
		st = read_answer(turn, answer, page, err);
	return st;
}

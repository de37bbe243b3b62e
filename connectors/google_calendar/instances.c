/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instances of a series whose rule is not expanded here. Only the slots
 * count: where an instance was moved to is told by its exception, which the
 * events themselves bring.
 */
#include <string.h>

#include "core/json/json.h"

#include "connectors/google_calendar/private.h"

/** Why there is no list; NULL = there is one. */
static const char *
failure(const struct sl_answer *answer)
{
	if (answer->http_status == 404 || answer->http_status == 410)
		return "not-found";
	if (answer->http_status != 200)
		return answer->http_status >= 500 ? "unavailable" : "refused";
	return answer->call->tag == SL_GCAL_LIGHT_INSTANCES ? "item-unreadable"
							    : NULL;
}

/*
 * A page may be short, or empty, and have a next one (Events: list, whose
 * answers these are): that is asked for, but a series is not followed for ever.
 */
static void
go_on(struct sl_page *page, struct sl_expansion *expansion,
      const struct sl_ref *master, const struct sl_answer *answer, size_t items)
{
	const char *next = sl_json_text(answer->body, "nextPageToken");
	struct sl_instances *instances;
	struct sl_ref *ref;

	if (next == NULL || *next == '\0')
		return;
	expansion->cut =
		items >= SL_GCAL_INSTANCES_MAX ||
		strlen(next) > SL_GCAL_TOKEN_MAX ||
		master->instances->pages + 1 >= SL_GCAL_INSTANCE_PAGES_MAX;
	if (expansion->cut)
		return;
	expansion->more = true;
	instances = SL_NEW(page->arena, struct sl_instances);
	instances->span = master->instances->span;
	instances->pages = master->instances->pages + 1;
	ref = sl_page_ref(page);
	ref->source_id = expansion->source_id;
	ref->version = sl_arena_strdup(page->arena, next);
	ref->instances = instances;
}

void
sl_gcal_map_instances(struct sl_page *page, const struct sl_ref *master,
		      const struct sl_answer *answer)
{
	struct sl_expansion *expansion = sl_page_expansion(page);
	const json_t *items = sl_json_array(answer->body, "items");
	const json_t *item;
	size_t i;

	expansion->source_id = sl_arena_strdup(page->arena, master->source_id);
	expansion->span = master->instances->span;
	expansion->failure = failure(answer);
	if (expansion->failure != NULL)
		return;
	expansion->continues = master->instances->pages > 0;
	go_on(page, expansion, master, answer, json_array_size(items));
	expansion->slots =
		SL_NEW_ARRAY(page->arena, json_array_size(items), int64_t);
	json_array_foreach (items, i, item) {
		int64_t us = sl_gcal_time_us(
			sl_json_object(item, "originalStartTime"));

		if (us != SL_NO_TIME && us >= expansion->span.from_us &&
		    us < expansion->span.to_us)
			expansion->slots[expansion->count++] = us;
	}
}

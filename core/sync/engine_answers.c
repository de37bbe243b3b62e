/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answers of a flight as `read` takes them: each body is parsed when its
 * turn comes, its bytes are given back to the budget, and the tree is freed
 * when the next one is taken.
 */
#include <string.h>

#include "core/json/json.h"
#include "core/sync/engine_private.h"

#define HTTP_OK 200

/* From brace to brace: nobody cut it, and it is no portal's page. */
static bool
looks_whole(const struct sl_buf *body)
{
	static const char space[] = " \t\r\n";
	size_t from = 0, to = body->len;

	while (from < to && strchr(space, body->data[from]))
		from++;
	while (to > from && strchr(space, body->data[to - 1]))
		to--;
	return to - from >= 2 && body->data[from] == '{' &&
	       body->data[to - 1] == '}';
}

/*
 * A whole document that is no JSON, and was none before: one item may be the
 * reason. A smaller page leaves it out, until it is alone.
 */
static bool
may_be_one_item(const struct sl_task *task, bool whole)
{
	return whole && (task->attempts > 0 || task->shrink > 0);
}

static bool
parse_answer(struct sl_flight_answers *a, struct sl_leg *leg)
{
	struct sl_response *r = &leg->x.response;
	bool whole = looks_whole(&r->body);
	sl_status s =
		sl_json_parse(r->body.data ? r->body.data : NULL, r->body.len,
			      &a->answer.repaired, &a->body, &a->error);

	a->answer.body_bytes = r->body.len;
	if (s != SL_OK && r->http_status == HTTP_OK) {
		if (r->content_type[0] && !strstr(r->content_type, "json"))
			(void)sl_error_wrap(&a->error, "answer is %s",
					    r->content_type);
		else if (may_be_one_item(a->flight->task, whole))
			a->error.status = SL_SMALLER;
		a->broken = true;
	}
	if (s != SL_OK)
		a->body = NULL;
	else if (a->answer.repaired)
		sl_log(a->flight->task->run->engine->config.log, SL_LOG_WARN,
		       "text-repaired",
		       (struct sl_field[]){
			       SL_F_TEXT("stream", a->flight->task->row.id),
			       SL_F_END });
	sl_leg_drop_body(leg);
	return !a->broken;
}

static const struct sl_answer *
next_answer(struct sl_answers *base)
{
	struct sl_flight_answers *a = (struct sl_flight_answers *)base;
	struct sl_flight *f = a->flight;
	struct sl_leg *leg;

	json_decref(a->body);
	a->body = NULL;
	while (a->index < f->count && !f->legs[a->index].final)
		a->index++; /* deferred */
	if (a->broken || a->index >= f->count)
		return NULL;
	leg = &f->legs[a->index++];
	a->answer = (struct sl_answer){
		.call = leg->call,
		.http_status = leg->x.response.http_status,
		.too_large = leg->too_large,
	};
	if (!leg->too_large && !parse_answer(a, leg))
		return NULL;
	a->answer.body = a->body;
	return &a->answer;
}

void
sl_flight_answers_init(struct sl_flight_answers *answers,
		       struct sl_flight *flight)
{
	*answers = (struct sl_flight_answers){
		.base = { .next = next_answer },
		.flight = flight,
	};
}

void
sl_flight_answers_release(struct sl_flight_answers *answers)
{
	json_decref(answers->body);
	answers->body = NULL;
	for (size_t i = 0; i < answers->flight->count; i++)
		sl_leg_drop_body(&answers->flight->legs[i]);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The rules: parsing, matching, counting. What they do is in spoil.c. */
#include "fault.h"

#include <stdlib.h>
#include <string.h>

struct emu_faults {
	pthread_mutex_t lock;
	struct emu_fault *first;
};

static const char *const kinds[] = {
	[EMU_FAULT_STATUS] = "status",
	[EMU_FAULT_HTML] = "html",
	[EMU_FAULT_REDIRECT] = "redirect",
	[EMU_FAULT_RESET] = "reset",
	[EMU_FAULT_EMPTY_REPLY] = "empty_reply",
	[EMU_FAULT_NOT_JSON] = "not_json",
	[EMU_FAULT_GZIP_BOMB] = "gzip_bomb",
	[EMU_FAULT_ENDLESS] = "endless",
	[EMU_FAULT_BAD_HEADER] = "bad_header",
	[EMU_FAULT_HEADER_FLOOD] = "header_flood",
	[EMU_FAULT_HANG] = "hang",
	[EMU_FAULT_LATENCY] = "latency",
	[EMU_FAULT_CUT] = "cut",
	[EMU_FAULT_CUT_NOLEN] = "cut_nolen",
	[EMU_FAULT_CUT_CHUNKED] = "cut_chunked",
	[EMU_FAULT_CUT_GZIP] = "cut_gzip",
	[EMU_FAULT_TWO_LENGTHS] = "two_lengths",
	[EMU_FAULT_SLOW] = "slow",
	[EMU_FAULT_BOM] = "bom",
	[EMU_FAULT_ITEMS] = "items",
	[EMU_FAULT_NO_TOKEN] = "no_token",
	[EMU_FAULT_LOOP_TOKEN] = "loop_token",
	[EMU_FAULT_ENDLESS_TOKEN] = "endless_token",
	[EMU_FAULT_EMPTY_PAGES] = "empty_pages",
	[EMU_FAULT_DUP_PAGE] = "dup_page",
	[EMU_FAULT_UNKNOWN_FIELDS] = "unknown_fields",
	[EMU_FAULT_BODY_PATCH] = "body_patch",
	[EMU_FAULT_HISTORY_AHEAD] = "history_ahead",
	[EMU_FAULT_HISTORY_BACK] = "history_back",
};

struct emu_faults *
emu_faults_new(void)
{
	struct emu_faults *f = emu_alloc(sizeof(*f));

	if (pthread_mutex_init(&f->lock, NULL))
		abort();
	return f;
}

static void
unref(struct emu_fault *f)
{
	if (--f->references)
		return;
	json_decref(f->rule);
	emu_buf_free(&f->items);
	free(f);
}

void
emu_faults_clear(struct emu_faults *f)
{
	pthread_mutex_lock(&f->lock);
	while (f->first) {
		struct emu_fault *gone = f->first;

		f->first = gone->next;
		unref(gone);
	}
	pthread_mutex_unlock(&f->lock);
}

void
emu_faults_free(struct emu_faults *f)
{
	emu_faults_clear(f);
	pthread_mutex_destroy(&f->lock);
	free(f);
}

static bool
find_kind(const char *name, enum emu_fault_kind *kind)
{
	for (size_t i = 0; name && i < EMU_COUNT(kinds); i++)
		if (strcmp(kinds[i], name) == 0) {
			*kind = (enum emu_fault_kind)i;
			return true;
		}
	return false;
}

static const char *
text_of(const json_t *rule, const char *key)
{
	return json_string_value(json_object_get(rule, key));
}

uint64_t
emu_fault_number(const struct emu_fault *f, const char *key, uint64_t otherwise)
{
	const json_t *v = json_object_get(f->rule, key);

	if (!json_is_integer(v) || json_integer_value(v) < 0)
		return otherwise;
	return (uint64_t)json_integer_value(v);
}

/* The texts go into the page as they are; base64 for what JSON cannot say. */
static bool
read_items(struct emu_fault *f)
{
	const json_t *list = json_object_get(f->rule, "items");
	const char *coded = text_of(f->rule, "items_b64");
	size_t i;
	json_t *text;

	if (coded && !emu_base64_decode(coded, &f->items))
		return false;
	if (json_is_string(list))
		emu_puts(&f->items, json_string_value(list));
	json_array_foreach (list, i, text) {
		char *dump = json_is_string(text)
				     ? emu_strdup(json_string_value(text))
				     : json_dumps(text, JSON_COMPACT);

		if (f->items.len)
			emu_putc(&f->items, ',');
		emu_puts(&f->items, dump ? dump : "null");
		free(dump);
	}
	return f->items.len > 0;
}

json_t *
emu_faults_add(struct emu_faults *f, json_t *rule, const char **why)
{
	struct emu_fault *add = emu_alloc(sizeof(*add)), **end;
	const json_t *p = json_object_get(rule, "probability");

	add->references = 1;
	add->rule = json_deep_copy(rule);
	add->match = text_of(add->rule, "match");
	add->method = text_of(add->rule, "method");
	add->query = text_of(add->rule, "query");
	add->not_query = text_of(add->rule, "not_query");
	add->account = text_of(add->rule, "account");
	add->skip = emu_fault_number(add, "skip", 0);
	add->count = emu_fault_number(add, "count", 0);
	add->probability = json_is_number(p) ? json_number_value(p) : 1.0;
	add->rng.state = emu_fault_number(add, "seed", 1);
	if (!find_kind(text_of(add->rule, "kind"), &add->kind))
		*why = "unknown kind";
	else if (add->kind == EMU_FAULT_ITEMS && !read_items(add))
		*why = "items or items_b64 wanted";
	if (*why) {
		unref(add);
		return NULL;
	}
	pthread_mutex_lock(&f->lock);
	for (end = &f->first; *end; end = &(*end)->next)
		;
	*end = add;
	pthread_mutex_unlock(&f->lock);
	return json_pack("{s:b}", "ok", 1);
}

json_t *
emu_faults_json(struct emu_faults *f)
{
	json_t *list = json_array();

	pthread_mutex_lock(&f->lock);
	for (const struct emu_fault *i = f->first; i; i = i->next) {
		json_t *one = json_deep_copy(i->rule);

		json_object_set_new(one, "hits",
				    json_integer((json_int_t)i->hits));
		json_object_set_new(one, "seen",
				    json_integer((json_int_t)i->seen));
		json_array_append_new(list, one);
	}
	pthread_mutex_unlock(&f->lock);
	return list;
}

static bool
concerns(const struct emu_fault *f, const struct emu_req *r)
{
	if (f->method && strcmp(f->method, r->method) != 0)
		return false;
	if (f->match && !strstr(r->path, f->match))
		return false;
	if (f->query && !strstr(r->query, f->query))
		return false;
	if (f->not_query && strstr(r->query, f->not_query))
		return false;
	return !f->account ||
	       (r->account && strcmp(r->account->email, f->account) == 0);
}

static bool
fires(struct emu_fault *f)
{
	if (f->count && f->hits >= f->count)
		return false;
	if (f->seen++ < f->skip)
		return false;
	if (f->probability < 1.0 &&
	    (double)emu_below(&f->rng, 1000000) >= f->probability * 1e6)
		return false;
	f->hits++;
	return true;
}

void
emu_faults_match(struct emu_req *r)
{
	struct emu_faults *f = r->world->faults;

	pthread_mutex_lock(&f->lock);
	for (struct emu_fault *i = f->first; i && !r->fault; i = i->next)
		if (concerns(i, r) && fires(i)) {
			i->references++;
			r->fault = i;
		}
	pthread_mutex_unlock(&f->lock);
}

void
emu_faults_release(struct emu_req *r)
{
	struct emu_faults *f = r->world->faults;

	if (!r->fault)
		return;
	pthread_mutex_lock(&f->lock);
	unref(r->fault);
	pthread_mutex_unlock(&f->lock);
	r->fault = NULL;
}

bool
emu_fault_is(const struct emu_req *r, enum emu_fault_kind kind)
{
	return r->fault && r->fault->kind == kind;
}

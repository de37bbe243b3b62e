/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canned answers of Gmail for a benchmark: a mailbox of any size as files that
 * a web server hands out, so that what is measured is sluice.
 *
 *	canned DIR MESSAGES MEAN
 *
 * MEAN is the mean size of a thread, 1.6 or 3. Writes DIR/list/N.json, the
 * pages of the listing (500 a page, newest first), and one template for each
 * class of thread (DIR/threads/CC.json) and of message (DIR/messages/CCKK.json).
 * Prints "messages threads optimum-units".
 *
 * An id is 16 hex digits: thread (9), its person (3), its class CC (2), place
 * in the thread KK (2). In templates the first 9 are "#THREAD##" and the next
 * 3 "#P#": the server puts in those of the address.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CLASSES    64
#define PAGE       500
#define PATH_BYTES 4096
#define GET_UNITS  20
#define MOST_UNITS 40
#define PERSONS    4096
#define DAY_MS     INT64_C(86400000)
#define NEWEST_MS  INT64_C(1795168800000)
#define HISTORY_ID "9000000"

/* Threads of each size among 64 classes; a zero ends the row. */
struct mix {
	const char *mean;

	struct {
		int classes, size;
	} rows[12];
};

static const struct mix mixes[] = {
	{ "1.6",
	  { { 46, 1 },
	    { 10, 2 },
	    { 3, 3 },
	    { 2, 4 },
	    { 1, 5 },
	    { 1, 6 },
	    { 1, 8 } } },
	{ "3",
	  { { 24, 1 },
	    { 16, 2 },
	    { 8, 3 },
	    { 5, 4 },
	    { 4, 5 },
	    { 3, 6 },
	    { 2, 8 },
	    { 1, 12 },
	    { 1, 26 } } },
};

struct message {
	int64_t age_ms; /* before the newest instant */
	uint64_t thread;
	unsigned char class, place;
};

static int sizes[CLASSES];

static uint64_t
mix64(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
choose_sizes(const char *mean)
{
	size_t at = 0;

	for (size_t i = 0; i < sizeof(mixes) / sizeof(mixes[0]); i++) {
		if (strcmp(mixes[i].mean, mean) != 0)
			continue;
		for (size_t r = 0; mixes[i].rows[r].classes > 0; r++)
			for (int n = 0; n < mixes[i].rows[r].classes; n++)
				sizes[at++] = mixes[i].rows[r].size;
	}
	if (at != CLASSES) {
		(void)fprintf(stderr, "canned: MEAN is 1.6 or 3\n");
		exit(2);
	}
}

static void
make_id(char out[17], uint64_t thread, unsigned class, unsigned place)
{
	(void)snprintf(out, 17, "%09" PRIx64 "%03x%02x%02x", thread,
		       (unsigned)(mix64(thread) % PERSONS), class, place);
}

/* Answers come within hours, some within days. */
static int64_t
gap_ms(uint64_t thread, unsigned place)
{
	uint64_t r = mix64(thread * 64 + place);

	return (int64_t)(r % 16 == 0 ? r % (uint64_t)(5 * DAY_MS)
				     : r % (uint64_t)(DAY_MS / 4));
}

static int
newest_first(const void *a, const void *b)
{
	const struct message *x = a, *y = b;

	if (x->age_ms != y->age_ms)
		return x->age_ms < y->age_ms ? -1 : 1;
	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	return x->place > y->place ? -1 : x->place < y->place;
}

static FILE *
create(const char *dir, const char *folder, const char *name)
{
	char path[PATH_BYTES];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s/%s.json", dir, folder, name);
	f = fopen(path, "w");
	if (f == NULL)
		die(path);
	return f;
}

static void
make_folder(const char *dir, const char *folder)
{
	char path[PATH_BYTES];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, folder);
	if (mkdir(path, 0755) != 0)
		die(path);
}

/* The whole mailbox, sorted as the listing tells it. */
static struct message *
make_mailbox(size_t *count, uint64_t *threads, int64_t *units)
{
	struct message *box = calloc(*count + CLASSES, sizeof(*box));
	size_t made = 0;

	if (box == NULL)
		die("canned");
	for (*threads = 0, *units = 0; made < *count; ++*threads) {
		unsigned class = (unsigned)(mix64(*threads ^ 77) % CLASSES);
		/* a mailbox of 140 messages a day */
		int64_t age = (int64_t)(made + 1) * (DAY_MS / 140);
		int n = 0;

		for (; n < sizes[class]; n++, made++) {
			age -= n == 0 ? 0 : gap_ms(*threads, (unsigned)n);
			box[made] =
				(struct message){ age < 0 ? 0 : age, *threads,
						  (unsigned char)class,
						  (unsigned char)n };
		}
		*units +=
			n * GET_UNITS < MOST_UNITS ? n * GET_UNITS : MOST_UNITS;
	}
	*count = made; /* the last thread is whole, too */
	qsort(box, made, sizeof(*box), newest_first);
	return box;
}

static void
write_page(const char *dir, const struct message *box, size_t count,
	   size_t page)
{
	size_t from = page * PAGE;
	size_t to = from + PAGE < count ? from + PAGE : count;
	char name[32], id[17], thread[17];
	FILE *f;

	(void)snprintf(name, sizeof(name), "%zu", page);
	f = create(dir, "list", name);
	(void)fprintf(f, "{\"messages\":[");
	for (size_t i = from; i < to; i++) {
		make_id(id, box[i].thread, box[i].class, box[i].place);
		make_id(thread, box[i].thread, box[i].class, 0);
		(void)fprintf(f, "%s{\"id\":\"%s\",\"threadId\":\"%s\"}",
			      i > from ? "," : "", id, thread);
	}
	(void)fprintf(f, "],\"resultSizeEstimate\":201");
	if (to < count)
		(void)fprintf(f, ",\"nextPageToken\":\"%zu\"", page + 1);
	(void)fprintf(f, "}");
	if (fclose(f) != 0)
		die(name);
}

/* base64url, padded, of a text of about `words` words. */
static char *
body_data(unsigned seed, unsigned words, bool html, size_t *size)
{
	static const char *const some[] = {
		"the", "contract", "meeting",     "we",     "agreed",
		"on",  "Tuesday",  "please",      "find",   "numbers",
		"for", "next",     "quarter",     "and",    "let",
		"me",  "know",     "caf\xc3\xa9", "thanks", "draft",
	};
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
				       "nopqrstuvwxyz0123456789-_";
	size_t cap = words * 24 + 256, len = 0, at = 0;
	unsigned char *text = calloc(cap, 1);
	char *out = calloc(cap * 2, 1);

	if (text == NULL || out == NULL)
		die("canned");
	for (unsigned i = 0; i < words; i++) {
		const char *word = some[mix64(seed * 8191 + i) % 20];

		len += (size_t)snprintf(
			(char *)text + len, cap - len, "%s%s%s%s",
			html ? "<span>" : "", word, html ? "</span>" : "",
			i % 12 == 11 ? html ? "<br>" : "\r\n" : " ");
	}
	*size = len;
	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)text[i] << 16 |
			     (uint32_t)text[i + 1] << 8 | text[i + 2];

		for (int k = 0; k < 4; k++)
			out[at++] = (size_t)k <= (len - i > 3 ? 3 : len - i)
					    ? alphabet[v >> (18 - 6 * k) & 63]
					    : '=';
	}
	free(text);
	return out;
}

static void
add_header(json_t *headers, const char *name, const char *value)
{
	json_array_append_new(
		headers, json_pack("{ssss}", "name", name, "value", value));
}

/* One class in four is a newsletter; else every second message is the user's. */
static json_t *
make_headers(unsigned char class, unsigned char place)
{
	json_t *list = json_array();
	bool news = class % 4 == 3, mine = !news && place % 2 == 1;
	char text[256];

	(void)snprintf(text, sizeof(text),
		       news ? "Weekly %02x <news#P#@list%02x.example.net>"
			    : "Person #P# <p#P#@corp%02x.example.org>",
		       class, class);
	for (int i = 0; i < 4; i++)
		add_header(list, "Received",
			   "by 2002:a05:6a10:0:0:0:0:1 with SMTP id example1csp"
			   "1234567; Fri, 20 Nov 2026 10:00:00 -0800 (PST)");
	add_header(list, "DKIM-Signature",
		   "v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; "
		   "s=20230601; t=1795168800; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm"
		   "5NMpJWZG3hSuFU=; b=c3ludGhldGljc2lnbmF0dXJlc3ludGhldGljc2"
		   "lnbmF0dXJlc3ludGhldGljc2lnbmF0dXJl");
	add_header(list, "MIME-Version", "1.0");
	add_header(list, "From", mine ? "Ana <ana@example.com>" : text);
	add_header(list, "To", mine ? text : "Ana <ana@example.com>");
	if (class % 8 == 1)
		add_header(list, "Cc",
			   "\"Ops, Team\" <ops@example.org>, lee@example.org");
	(void)snprintf(text, sizeof(text), "%sNumbers of #THREAD##",
		       place > 0 ? "Re: " : "");
	add_header(list, "Subject", text);
	add_header(list, "Date", "Fri, 20 Nov 2026 11:00:00 +0100");
	(void)snprintf(text, sizeof(text),
		       "<#THREAD##.#P#.%02x.%02x@mail.example.org>", class,
		       place);
	add_header(list, "Message-ID", text);
	if (news) {
		(void)snprintf(text, sizeof(text), "<news%02x.example.net>",
			       class);
		add_header(list, "List-Id", text);
		add_header(list, "List-Unsubscribe",
			   "<https://list.example.net/u?x=1>");
		add_header(list, "Precedence", "bulk");
	}
	return list;
}

static json_t *
make_part(const char *id, const char *type, unsigned seed, unsigned words)
{
	bool html = strcmp(type, "text/html") == 0;
	size_t size;
	char *data = body_data(seed, words, html, &size);
	char charset[64];
	json_t *part;

	(void)snprintf(charset, sizeof(charset), "%s; charset=\"UTF-8\"", type);
	part = json_pack("{ss,ss,ss,s[{ssss}],s{sI,ss}}", "partId", id,
			 "mimeType", type, "filename", "", "headers", "name",
			 "Content-Type", "value", charset, "body", "size",
			 (json_int_t)size, "data", data);
	free(data);
	return part;
}

static json_t *
make_message(unsigned char class, unsigned char place)
{
	unsigned seed = class * 100u + place;
	unsigned words = 20 + (unsigned)(mix64(seed) % 200);
	bool news = class % 4 == 3;
	char id[17], thread[17], when[32];
	json_t *parts = json_array();

	(void)snprintf(id, sizeof(id), "#THREAD###P#%02x%02x", class, place);
	(void)snprintf(thread, sizeof(thread), "#THREAD###P#%02x00", class);
	(void)snprintf(when, sizeof(when), "%" PRId64,
		       NEWEST_MS - (int64_t)(CLASSES - place) * DAY_MS);
	if (!news || class % 8 != 7)
		json_array_append_new(
			parts, make_part("0", "text/plain", seed, words));
	json_array_append_new(parts, make_part("1", "text/html", seed,
					       news ? words * 3 : words));
	return json_pack(
		"{ss,ss,s[ss],ss,si,ss,ss,s{ss,ss,ss,so,s{si},so}}", "id", id,
		"threadId", thread, "labelIds", "INBOX",
		news ? "CATEGORY_PROMOTIONS" : "CATEGORY_PERSONAL", "snippet",
		"We agreed on Tuesday, here&#39;s the draft", "sizeEstimate",
		(int)words * 20, "historyId", HISTORY_ID, "internalDate", when,
		"payload", "partId", "", "mimeType", "multipart/alternative",
		"filename", "", "headers", make_headers(class, place), "body",
		"size", 0, "parts", parts);
}

static void
write_json(const char *dir, const char *folder, const char *name, json_t *value)
{
	FILE *f = create(dir, folder, name);

	if (json_dumpf(value, f, JSON_COMPACT) != 0 || fclose(f) != 0)
		die(name);
	json_decref(value);
}

static void
write_class(const char *dir, unsigned char class)
{
	json_t *messages = json_array();
	char name[16], id[17];

	for (unsigned char k = 0; k < sizes[class]; k++) {
		json_t *message = make_message(class, k);

		json_array_append(messages, message);
		(void)snprintf(name, sizeof(name), "%02x%02x", class, k);
		write_json(dir, "messages", name, message);
	}
	(void)snprintf(id, sizeof(id), "#THREAD###P#%02x00", class);
	(void)snprintf(name, sizeof(name), "%02x", class);
	write_json(dir, "threads", name,
		   json_pack("{ss,ss,so}", "id", id, "historyId", HISTORY_ID,
			     "messages", messages));
}

int
main(int argc, char **argv)
{
	size_t count = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	struct message *box;
	uint64_t threads;
	int64_t units;

	if (count == 0) {
		(void)fprintf(stderr, "usage: canned DIR MESSAGES MEAN\n");
		return 2;
	}
	choose_sizes(argv[3]);
	make_folder(argv[1], "list");
	make_folder(argv[1], "threads");
	make_folder(argv[1], "messages");
	box = make_mailbox(&count, &threads, &units);
	for (size_t page = 0; page * PAGE < count; page++)
		write_page(argv[1], box, count, page);
	for (unsigned class = 0; class < CLASSES; class ++)
		write_class(argv[1], class);
	free(box);
	printf("%zu %" PRIu64 " %" PRId64 "\n", count, threads, units);
	return 0;
}

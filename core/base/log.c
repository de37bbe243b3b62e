/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line is built whole in memory and written by one fwrite() under a lock,
 * so that lines of two threads never mix. What makes a line too long is left
 * out, and the line says so.
 */
#include "core/base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#define LINE_MAX_BYTES  16384
#define VALUE_MAX_BYTES 2048
#define TAIL_BYTES      32 /* for the mark of a cut line, and its end */

struct sl_log {
	FILE *out;
	sl_log_level level;
	bool json;
	const struct sl_clock *clock;
	pthread_mutex_t lock; /* held while writing to `out` */
	_Atomic uint64_t dropped;
};

static const char *const level_names[] = {
	[SL_LOG_ERROR] = "error",
	[SL_LOG_WARN] = "warn",
	[SL_LOG_INFO] = "info",
	[SL_LOG_DEBUG] = "debug",
};

/*
 * Code points that end a line, move the cursor or turn the reading direction:
 * what could make a line look like another one on some display.
 */
static bool
is_deceptive(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x061c, 0x061c },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
		{ 0xfeff, 0xfeff },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(ranges); i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	}
	return false;
}

static void
put_escaped(struct sl_buf *line, const char *bytes, size_t n)
{
	uint32_t c = sl_utf8_point(bytes, n);

	if (c == '\n')
		sl_buf_adds(line, "\\n");
	else if (c == '"' || c == '\\')
		sl_buf_addf(line, "\\%c", (char)c);
	else if (is_deceptive(c))
		sl_buf_addf(line, "\\u%04x", c);
	else
		sl_buf_add(line, bytes, n);
}

/* The same escapes in both forms: JSON's. */
static void
put_quoted(struct sl_buf *line, const char *text)
{
	size_t whole = strlen(text);
	size_t len = sl_utf8_cut(text, whole, VALUE_MAX_BYTES);
	size_t n;

	sl_buf_addc(line, '"');
	for (size_t i = 0; i < len; i += n) {
		n = sl_utf8_length(text + i, len - i);
		if (n > 0) {
			put_escaped(line, text + i, n);
		} else {
			n = 1;
			sl_buf_adds(line, "\xef\xbf\xbd");
		}
	}
	sl_buf_adds(line, len < whole ? "...\"" : "\"");
}

static bool
is_bare(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._:@/+-";
	size_t len = strlen(text);

	return len > 0 && len <= VALUE_MAX_BYTES &&
	       strspn(text, allowed) == len;
}

static void
put_text(struct sl_buf *line, bool json, const char *text)
{
	if (!json && is_bare(text))
		sl_buf_adds(line, text);
	else
		put_quoted(line, text);
}

static void
put_field(struct sl_buf *line, bool json, const struct sl_field *field)
{
	if (json)
		sl_buf_addc(line, ',');
	else
		sl_buf_addc(line, ' ');
	put_text(line, json, field->key);
	sl_buf_addc(line, json ? ':' : '=');
	if (field->is_number)
		sl_buf_addf(line, "%lld", (long long)field->number);
	else
		put_text(line, json, field->text);
}

static void
put_head(struct sl_buf *line, const struct sl_log *log, sl_log_level level,
	 const char *event)
{
	char time[SL_RFC3339_TEXT];

	sl_rfc3339_format(sl_now_us(log->clock), time);
	time[SL_RFC3339_TEXT - 5] = 'Z'; /* milliseconds are enough here */
	time[SL_RFC3339_TEXT - 4] = '\0';
	if (log->json)
		sl_buf_addf(line,
			    "{\"time\":\"%s\",\"level\":\"%s\",\"event\":",
			    time, level_names[level]);
	else
		sl_buf_addf(line, "%s %s ", time, level_names[level]);
	put_text(line, log->json, event);
}

static void
put_fields(struct sl_buf *line, bool json, const struct sl_field *fields)
{
	for (; fields != NULL && fields->key != NULL; fields++) {
		size_t before = line->len;

		if (!fields->is_number && fields->text == NULL)
			continue;
		put_field(line, json, fields);
		if (line->overflow) {
			line->overflow = false;
			line->len = before;
			line->max += TAIL_BYTES;
			sl_buf_adds(line, json ? ",\"cut\":1" : " cut=1");
			return;
		}
	}
	line->max += TAIL_BYTES;
}

static void
write_line(struct sl_log *log, const struct sl_buf *line)
{
	bool written;

	(void)pthread_mutex_lock(&log->lock);
	written = fwrite(line->data, 1, line->len, log->out) == line->len;
	written = fflush(log->out) == 0 && written;
	if (!written) {
		clearerr(log->out);
		atomic_fetch_add(&log->dropped, 1);
	}
	(void)pthread_mutex_unlock(&log->lock);
}

struct sl_log *
sl_log_new(FILE *out, sl_log_level level, bool json,
	   const struct sl_clock *clock)
{
	struct sl_log *log = sl_alloc(sizeof(*log));
	int failed = pthread_mutex_init(&log->lock, NULL);

	SL_ASSERT(failed == 0);
	log->out = out;
	log->level = level;
	log->json = json;
	log->clock = clock;
	return log;
}

void
sl_log_free(struct sl_log **log)
{
	if (*log == NULL)
		return;
	(void)pthread_mutex_destroy(&(*log)->lock);
	sl_free(*log);
	*log = NULL;
}

bool
sl_log_enabled(const struct sl_log *log, sl_log_level level)
{
	return log != NULL && level <= log->level;
}

void
sl_log(struct sl_log *log, sl_log_level level, const char *event,
       const struct sl_field *fields)
{
	SL_AUTO_BUF line = { .max = LINE_MAX_BYTES - TAIL_BYTES };

	if (!sl_log_enabled(log, level))
		return;
	put_head(&line, log, level, event);
	put_fields(&line, log->json, fields);
	sl_buf_adds(&line, log->json ? "}\n" : "\n");
	write_line(log, &line);
}

bool
sl_log_level_parse(const char *text, sl_log_level *level)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(level_names); i++) {
		if (sl_text_equal(text, level_names[i])) {
			*level = (sl_log_level)i;
			return true;
		}
	}
	return false;
}

uint64_t
sl_log_dropped(const struct sl_log *log)
{
	return log == NULL ? 0 : atomic_load(&log->dropped);
}

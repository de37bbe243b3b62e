/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A corpus of JSON documents, parsed as any answer is:
 *
 *   json FILE...
 *
 * A name that begins with y_ must parse, to what a plain parser makes of it;
 * n_ must be refused; i_ is free. sluice repairs bytes before it parses, so
 * that one poisoned value never holds a page: n_ documents that are wrong in
 * just that (listed below) must be mended, and no others. Says of each
 * document what became of it; exits 1 when one is "WRONG".
 */
#include "core/json/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/attr.h"
#include "core/base/buf.h"

#define FILE_MAX (4u * 1024 * 1024)

/* Wrong in nothing but a raw control character inside a string. */
static const char *const mended[] = {
	"n_string_unescaped_ctrl_char.json",
	"n_string_unescaped_newline.json",
	"n_string_unescaped_tab.json",
};

struct tally {
	unsigned right, wrong;
};

static bool
read_file(const char *path, struct sl_buf *bytes)
{
	FILE *file = fopen(path, "re");
	char chunk[4096];
	size_t n;

	if (file == NULL) {
		fprintf(stderr, "json: %s: %s\n", path, strerror(errno));
		return false;
	}
	sl_buf_init(bytes, FILE_MAX);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		sl_buf_add(bytes, chunk, n);
	(void)fclose(file);
	return !bytes->overflow;
}

static bool
is_mended(const char *name)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(mended); i++)
		if (strcmp(name, mended[i]) == 0)
			return true;
	return false;
}

/* Is it what jansson alone makes of it, if it makes anything of it? */
static bool
is_plain(const json_t *value, const struct sl_buf *bytes)
{
	json_auto_t *plain = json_loadb(sl_buf_text(bytes), bytes->len,
					JSON_DECODE_ANY, NULL);

	return plain == NULL || json_equal(value, plain);
}

static const char *
judge(const char *name, const struct sl_buf *bytes, struct sl_error *err)
{
	SL_AUTO_BUF copy;
	json_auto_t *value = NULL;
	bool repaired = false;
	bool parsed;

	sl_buf_init(&copy, FILE_MAX);
	sl_buf_add(&copy, sl_buf_text(bytes), bytes->len);
	parsed = sl_json_parse(copy.data, copy.len, &repaired, &value, err) ==
		 SL_OK;
	if (name[0] == 'y')
		return parsed && is_plain(value, bytes) ? "parsed" : "WRONG";
	if (name[0] == 'n' && parsed != is_mended(name))
		return "WRONG";
	if (!parsed)
		return "refused";
	return repaired || name[0] == 'n' ? "mended" : "parsed";
}

static bool
run_file(const char *path, struct tally *tally)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	struct sl_error err = { .text = "" };
	SL_AUTO_BUF bytes = { .max = 0 };
	const char *verdict;

	if (strchr("yni", name[0]) == NULL || name[1] != '_')
		return true; /* no document of the corpus */
	if (!read_file(path, &bytes))
		return false;
	verdict = judge(name, &bytes, &err);
	if (strcmp(verdict, "WRONG") == 0)
		tally->wrong++;
	else
		tally->right++;
	printf("%-8s %-64s %s\n", verdict, name,
	       strcmp(verdict, "refused") == 0 ? err.text : "");
	return true;
}

int
main(int argc, char **argv)
{
	struct tally tally = { 0 };
	bool ok = argc > 1;

	for (int i = 1; i < argc; i++)
		ok = run_file(argv[i], &tally) && ok;
	printf("json: %u passed, %u failed\n", tally.right, tally.wrong);
	return ok && tally.wrong == 0 ? 0 : 1;
}

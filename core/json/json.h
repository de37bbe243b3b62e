/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed readers over jansson: a value of the wrong shape is an error that
 * names its JSON path ("items[3].start.dateTime: not a string").
 *
 * Outside documents are cleaned first (sl_json_parse): bytes that jansson or
 * PostgreSQL would refuse (NUL, lone surrogates, invalid UTF-8) are repaired,
 * so that one poisoned value never holds a page. Optional members: absent and
 * null are the same. Integers are accepted as JSON numbers and as strings.
 */
#ifndef SL_JSON_JSON_H
#define SL_JSON_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"

/** Deepest nesting accepted; jansson itself stops at 2048. */
#define SL_JSON_DEPTH_MAX 256

/** jansson takes its memory from us from now on; before its first use. */
void sl_json_init(void);

/**
 * Parse one whole document from outside.
 *
 * A BOM is stripped; NUL (raw or escaped, in values and keys), lone surrogate
 * escapes and invalid UTF-8 become U+FFFD, other raw control characters inside
 * strings a space; integers beyond 64 bits and reals beyond double become
 * strings holding the digits as sent; an array or object nested deeper than
 * SL_JSON_DEPTH_MAX becomes U+FFFD whole. Anything after the document or a cut
 * document is an error, whose text never quotes the document. Of duplicate
 * keys the last wins.
 *
 * bytes	modified in place where a repair fits; not kept
 * repaired	may be NULL; did any repair take place?
 * out		new reference, json_decref() it (or json_auto_t)
 *
 * SL_RETRY	not complete JSON: a cut or foreign body (scope: stream)
 */
sl_status sl_json_parse(char *bytes, size_t len, bool *repaired, json_t **out,
			struct sl_error *err) SL_NODISCARD;

/** Parse text that sluice itself wrote (rows, cursors); no repair. */
sl_status sl_json_parse_own(const char *text, json_t **out,
			    struct sl_error *err) SL_NODISCARD;

/*
 * Optional readers: absent, null or wrong type give the fallback; for fields
 * where a strange value is no reason to lose the item.
 */
const char *sl_json_text(const json_t *object, const char *key); /* or NULL */
bool sl_json_bool(const json_t *object, const char *key);        /* or false */
bool sl_json_i64(const json_t *object, const char *key, int64_t *value);
const json_t *sl_json_object(const json_t *object, const char *key);
const json_t *sl_json_array(const json_t *object, const char *key);

/*
 * Required readers: the error's text names `path` (e.g. "items[3]") and key.
 * Status SL_REJECTED, scope SL_ITEM.
 */
sl_status sl_json_need_text(const json_t *object, const char *path,
			    const char *key, const char **value,
			    struct sl_error *err) SL_NODISCARD;
sl_status sl_json_need_object(const json_t *object, const char *path,
			      const char *key, const json_t **value,
			      struct sl_error *err) SL_NODISCARD;

/**
 * Does any text or key in it hold U+FFFD? Then somebody replaced what could
 * not be kept: the sender, or sl_json_parse.
 */
bool sl_json_is_damaged(const json_t *value);

/** Compact text with sorted keys, on the arena; equal values, equal text. */
char *sl_json_canonical(struct sl_arena *arena, const json_t *value)
	SL_NODISCARD;

/** Set a member to a text, leaving it out when `value` is NULL. */
void sl_json_put_text(json_t *object, const char *key, const char *value);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets at rest: AES-256-GCM (OpenSSL EVP) under a master key that lives in
 * a file, never in the database.
 *
 * A ciphertext is bound to the row it belongs to by associated data (user,
 * grant, purpose), so that one copied to another row does not open. Each seal
 * takes a fresh random IV. The key file has one `id:base64` a line, the first
 * is the current one; `#` starts a comment; its mode must not let group or
 * others read.
 *
 * A ring follows its file: when the file has changed, sealing takes the key
 * that stands first now, and a key that was added opens. So keys are rotated
 * under processes that run. What was loaded first stays known to the process,
 * and a file that cannot be read any more changes nothing.
 */
#ifndef SL_AUTH_SEAL_H
#define SL_AUTH_SEAL_H

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/secret.h"

#define SL_KEY_BYTES     32
#define SL_KEYS_MAX      16
#define SL_KEY_FILE_MAX  16384 /* bytes */
#define SL_SEAL_TEXT_MAX 65536 /* longest secret, bytes */

/** OpenSSL takes its memory from us from now on; before its first use, which
 *  may be another library's. */
void sl_seal_init(void);

struct sl_keyring;

/**
 * Read the key file.
 *
 * SL_CONFIG	missing, unreadable, readable by others, malformed: the text
 *		names the file and what to do
 */
sl_status sl_keyring_load(const char *path, struct sl_keyring **out,
			  struct sl_error *err) SL_NODISCARD;
void sl_keyring_free(struct sl_keyring **ring);

/** Id of the current key; borrowed. */
const char *sl_keyring_current(const struct sl_keyring *ring);
size_t sl_keyring_count(const struct sl_keyring *ring);
const char *sl_keyring_id(const struct sl_keyring *ring, size_t index);

/** Is there a key of that id, in the ring or by now in its file? */
bool sl_keyring_has(const struct sl_keyring *ring, const char *id);

/** A new line for a key file: "<id>:<base64>\n"; id from the date and rng. */
void sl_key_generate(const struct sl_rng *rng, int64_t now_us,
		     struct sl_secret *line);

/** What a ciphertext is bound to; all parts are needed to open it. */
struct sl_seal_binding {
	const char *user_id;  /* uuid text, or "" for installation-wide */
	const char *owner_id; /* grant's or client's id                 */
	const char *purpose;  /* "refresh_token", "access_token", ...   */
};

/**
 * out->ciphertext is on the arena.
 *
 * SL_REJECTED	longer than SL_SEAL_TEXT_MAX
 * SL_BUG	an empty secret: there is nothing to store
 */
sl_status sl_seal(const struct sl_keyring *ring, const struct sl_rng *rng,
		  const struct sl_seal_binding *binding,
		  const struct sl_secret *plain, struct sl_arena *arena,
		  struct sl_sealed *out, struct sl_error *err) SL_NODISCARD;

/**
 * SL_CONFIG	the key id is not in the ring, or the bytes do not open
 *		(wrong key, changed, or copied from another row): err->unopened
 *		says that; scope grant
 */
sl_status sl_unseal(const struct sl_keyring *ring,
		    const struct sl_seal_binding *binding,
		    const struct sl_sealed *sealed, struct sl_secret *plain,
		    struct sl_error *err) SL_NODISCARD;

#endif

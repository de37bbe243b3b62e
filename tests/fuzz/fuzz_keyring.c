/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key file, any bytes in it: whatever loads loads again, the same, when
 * its keys are written as `sluice keys generate` writes them.
 *
 * covers: core/auth/keyring.c
 */
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"

#include "core/auth/seal.h"
#include "core/auth/seal_private.h"

#include "tests/fuzz/kit.h"

/* A file in memory that has a path. */
static const char *
file_of(const void *bytes, size_t size)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("keys", MFD_CLOEXEC);
		SL_ASSERT(fd >= 0 && fchmod(fd, 0600) == 0);
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	SL_ASSERT(ftruncate(fd, 0) == 0);
	SL_ASSERT(pwrite(fd, bytes, size, 0) == (ssize_t)size);
	return path;
}

static void
check_same(const struct sl_keyring *ring, const struct sl_keyring *again)
{
	SL_ASSERT(sl_keyring_count(again) == sl_keyring_count(ring));
	for (size_t i = 0; i < sl_keyring_count(ring); i++) {
		const char *id = sl_keyring_id(ring, i);

		SL_ASSERT(strcmp(id, sl_keyring_id(again, i)) == 0);
		SL_ASSERT(sl_keyring_find(ring, id) == &ring->keys[i]);
		SL_ASSERT(sl_secret_equal(&ring->keys[i].bytes,
					  &again->keys[i].bytes));
	}
}

static void
check_ring(const struct sl_keyring *ring)
{
	SL_AUTO_BUF text;
	struct sl_keyring *again;
	struct sl_error err;
	unsigned char key[48];

	SL_ASSERT(ring->count >= 1 && ring->count <= SL_KEYS_MAX);
	sl_buf_init(&text, SL_KEY_FILE_MAX);
	for (size_t i = 0; i < ring->count; i++) {
		SL_ASSERT(ring->keys[i].bytes.len == SL_KEY_BYTES);
		SL_ASSERT(EVP_EncodeBlock(key, ring->keys[i].bytes.bytes,
					  SL_KEY_BYTES) == 44);
		sl_buf_addf(&text, "%s:%s\n", ring->keys[i].id,
			    (const char *)key);
	}
	SL_ASSERT(sl_keyring_load(file_of(text.data, text.len), &again, &err) ==
		  SL_OK);
	check_same(ring, again);
	sl_keyring_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_keyring *ring;
	struct sl_error err;
	sl_status status = sl_keyring_load(file_of(data, size), &ring, &err);

	if (status == SL_OK) {
		check_ring(ring);
		sl_keyring_free(&ring);
		return 0;
	}
	fuzz_check_error(&err, status);
	SL_ASSERT(status == SL_CONFIG && err.scope == SL_CLIENT);
	return 0;
}

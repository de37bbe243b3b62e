/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key file: read once, checked line by line. Errors name file and line,
 * never what stands there.
 */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/auth/private_file.h"
#include "core/auth/seal_private.h"

#define BASE64_CHARS 44 /* of SL_KEY_BYTES, with one '=' */

/** What tells one state of a file from another. */
struct mark {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec written, changed;
};

struct sl_key_file {
	pthread_mutex_t mutex;
	char *path;
	struct mark mark;        /* of the state that was looked at last */
	struct sl_keyring *news; /* read after the ring; NULL = nothing  */
};

static sl_status
fail_file(struct sl_error *err, const char *path, const char *what)
{
	return sl_fail(err, SL_CONFIG, SL_CLIENT, "key file %s %s", path, what);
}

static sl_status
fail_errno(struct sl_error *err, const char *path, int code)
{
	return sl_fail(err, SL_CONFIG, SL_CLIENT,
		       "key file %s cannot be read: %s", path, strerror(code));
}

static bool
is_id_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static bool
is_base64_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/** Exactly 32 bytes in their one canonical form. EVP_DecodeBlock alone would
 *  skip blanks and take stray bits. */
static bool
decode_key(const char *text, size_t len, struct sl_secret *key)
{
	unsigned char bytes[SL_KEY_BYTES + 1];
	bool ok;

	if (len != BASE64_CHARS || text[len - 1] != '=')
		return false;
	for (size_t i = 0; i < len - 1; i++) {
		if (!is_base64_char(text[i]))
			return false;
	}
	ok = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)len) ==
		     (int)sizeof(bytes) &&
	     bytes[SL_KEY_BYTES] == 0;
	if (ok)
		sl_secret_set(key, bytes, SL_KEY_BYTES);
	sl_wipe(bytes, sizeof(bytes));
	return ok;
}

const struct sl_key *
sl_keyring_find(const struct sl_keyring *ring, const char *id)
{
	for (size_t i = 0; i < ring->count; i++) {
		if (strcmp(ring->keys[i].id, id) == 0)
			return &ring->keys[i];
	}
	return NULL;
}

/** Add the key of one line; NULL, or what is wrong with it. */
static const char *
add_line(struct sl_keyring *ring, const char *line, size_t len)
{
	struct sl_key *key = &ring->keys[ring->count];
	char id[SL_KEY_ID_MAX + 1] = "";
	size_t id_len = 0;

	while (id_len < len && is_id_char(line[id_len]))
		id_len++;
	if (id_len == 0 || id_len > SL_KEY_ID_MAX || id_len == len ||
	    line[id_len] != ':')
		return "is not \"id:base64\" with an id of 1 to 64 letters, "
		       "digits, '.', '_' or '-'";
	memcpy(id, line, id_len);
	if (sl_keyring_find(ring, id))
		return "repeats the id of a line above";
	if (ring->count == SL_KEYS_MAX)
		return "is one key too many (16 at most)";
	if (!decode_key(line + id_len + 1, len - id_len - 1, &key->bytes))
		return "does not hold 32 bytes in base64 (44 characters)";
	memcpy(key->id, id, sizeof(id));
	ring->count++;
	return NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/** A line without the blanks around it; comments and blank lines add nothing. */
static const char *
read_line(struct sl_keyring *ring, const char *line, const char *end)
{
	while (line < end && is_blank(*line))
		line++;
	while (end > line && is_blank(end[-1]))
		end--;
	if (line == end || *line == '#')
		return NULL;
	return add_line(ring, line, (size_t)(end - line));
}

static sl_status
parse(struct sl_keyring *ring, const char *path, const struct sl_secret *file,
      struct sl_error *err)
{
	const char *at = (const char *)file->bytes;
	const char *end = at ? at + file->len : NULL; /* an empty file */

	for (size_t number = 1; at < end; number++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;
		const char *wrong = read_line(ring, at, stop);

		if (wrong)
			return sl_fail(err, SL_CONFIG, SL_CLIENT,
				       "key file %s: line %zu %s", path, number,
				       wrong);
		at = newline ? newline + 1 : end;
	}
	if (ring->count == 0)
		return fail_file(err, path,
				 "holds no key: create one with: sluice keys "
				 "generate");
	return SL_OK;
}

static struct mark
mark_of(const struct stat *st)
{
	return (struct mark){
		.device = st->st_dev,
		.inode = st->st_ino,
		.size = st->st_size,
		.written = st->st_mtim,
		.changed = st->st_ctim,
	};
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
same_mark(const struct mark *a, const struct mark *b)
{
	return a->device == b->device && a->inode == b->inode &&
	       a->size == b->size && same_time(&a->written, &b->written) &&
	       same_time(&a->changed, &b->changed);
}

static sl_status
check_file(int fd, const char *path, struct mark *mark, struct sl_error *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail_errno(err, path, errno);
	*mark = mark_of(&st);
	if (!S_ISREG(st.st_mode))
		return fail_file(err, path, "is not a regular file");
	if (!sl_file_is_private(fd, &st))
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "key file %s can be read by others: run chmod "
			       "600 %s",
			       path, path);
	return SL_OK;
}

/** The whole file, at most SL_KEY_FILE_MAX bytes of it. */
static sl_status
read_whole(int fd, const char *path, struct sl_secret *out,
	   struct sl_error *err)
{
	char *bytes = sl_alloc(SL_KEY_FILE_MAX + 1);
	size_t len = 0;
	ssize_t got;
	int code = 0;

	do {
		got = read(fd, bytes + len, SL_KEY_FILE_MAX + 1 - len);
		if (got > 0)
			len += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got == 0)
		sl_secret_set(out, bytes, len);
	if (got < 0)
		code = errno;
	sl_wipe(bytes, SL_KEY_FILE_MAX + 1);
	sl_free(bytes);
	if (code != 0)
		return fail_errno(err, path, code);
	if (len > SL_KEY_FILE_MAX)
		return fail_file(err, path, "is longer than 16384 bytes");
	return SL_OK;
}

static sl_status
read_file(const char *path, struct sl_secret *out, struct mark *mark,
	  struct sl_error *err)
{
	/* O_NONBLOCK: a FIFO must be refused, not waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	sl_status status;

	if (fd < 0 && errno == ENOENT)
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "key file %s does not exist: create one with: "
			       "sluice keys generate >%s (mode 600)",
			       path, path);
	if (fd < 0)
		return fail_errno(err, path, errno);
	status = check_file(fd, path, mark, err);
	if (status == SL_OK)
		status = read_whole(fd, path, out, err);
	(void)close(fd);
	return status;
}

/* Without the file that it came from. */
static sl_status
load(const char *path, struct sl_keyring **out, struct mark *mark,
     struct sl_error *err)
{
	SL_AUTO_SECRET file = { 0 };
	struct sl_keyring *ring;
	sl_status status = read_file(path, &file, mark, err);

	if (status != SL_OK)
		return status;
	ring = sl_alloc(sizeof(*ring));
	status = parse(ring, path, &file, err);
	if (status != SL_OK) {
		sl_keyring_free(&ring);
		return status;
	}
	*out = ring;
	return SL_OK;
}

static struct sl_key_file *
file_new(const char *path, const struct mark *mark)
{
	struct sl_key_file *file = sl_alloc(sizeof(*file));

	(void)pthread_mutex_init(&file->mutex, NULL);
	file->path = sl_strdup(path);
	file->mark = *mark;
	return file;
}

static void
file_free(struct sl_key_file *file)
{
	if (!file)
		return;
	sl_keyring_free(&file->news);
	(void)pthread_mutex_destroy(&file->mutex);
	sl_free(file->path);
	sl_free(file);
}

sl_status
sl_keyring_load(const char *path, struct sl_keyring **out, struct sl_error *err)
{
	struct mark mark;
	sl_status status = load(path, out, &mark, err);

	if (status == SL_OK)
		(*out)->file = file_new(path, &mark);
	return status;
}

void
sl_keyring_free(struct sl_keyring **ring)
{
	if (!*ring)
		return;
	file_free((*ring)->file);
	for (size_t i = 0; i < SL_KEYS_MAX; i++)
		sl_secret_release(&(*ring)->keys[i].bytes);
	sl_free(*ring);
	*ring = NULL;
}

/* Whatever is wrong with the file now, the keys that are known stay known;
 * the next start of a process complains. */
static void
look_again_locked(struct sl_key_file *file)
{
	struct sl_keyring *news = NULL;
	struct sl_error err;
	struct stat st;
	struct mark now;

	if (stat(file->path, &st) != 0)
		return;
	now = mark_of(&st);
	if (same_mark(&now, &file->mark))
		return;
	if (load(file->path, &news, &now, &err) == SL_OK) {
		sl_keyring_free(&file->news);
		file->news = news;
	}
	file->mark = now;
}

/* An id means the key that it meant first. */
static const struct sl_key *
find_locked(const struct sl_keyring *ring, const char *id)
{
	const struct sl_keyring *news = ring->file ? ring->file->news : NULL;
	const struct sl_key *key;

	if (!id)
		id = news ? news->keys[0].id : ring->keys[0].id;
	key = sl_keyring_find(ring, id);
	return !key && news ? sl_keyring_find(news, id) : key;
}

bool
sl_keyring_take(const struct sl_keyring *ring, const char *id,
		struct sl_key *out)
{
	const struct sl_key *key;

	if (ring->file) {
		pthread_mutex_lock(&ring->file->mutex);
		look_again_locked(ring->file);
	}
	key = find_locked(ring, id);
	if (key) {
		memcpy(out->id, key->id, sizeof(out->id));
		sl_secret_copy(&out->bytes, &key->bytes);
	}
	if (ring->file)
		pthread_mutex_unlock(&ring->file->mutex);
	return key != NULL;
}

bool
sl_keyring_has(const struct sl_keyring *ring, const char *id)
{
	struct sl_key key = { .id = "" };
	bool has = sl_keyring_take(ring, id, &key);

	sl_key_release(&key);
	return has;
}

void
sl_key_release(struct sl_key *key)
{
	sl_secret_release(&key->bytes);
}

const char *
sl_keyring_current(const struct sl_keyring *ring)
{
	return ring->keys[0].id;
}

size_t
sl_keyring_count(const struct sl_keyring *ring)
{
	return ring->count;
}

const char *
sl_keyring_id(const struct sl_keyring *ring, size_t index)
{
	SL_ASSERT(index < ring->count);
	return ring->keys[index].id;
}

/** "k20261120-9f03ac51:<base64>\n" */
void
sl_key_generate(const struct sl_rng *rng, int64_t now_us,
		struct sl_secret *line)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char key[SL_KEY_BYTES];
	unsigned char tail[4];
	char day[SL_RFC3339_TEXT];
	unsigned char text[20 + BASE64_CHARS + 1];
	unsigned char *at = text;

	rng->fill(rng->ctx, tail, sizeof(tail));
	rng->fill(rng->ctx, key, sizeof(key));
	sl_rfc3339_format(now_us, day);
	*at++ = 'k';
	for (size_t i = 0; i < sizeof("2026-11-20") - 1; i++) {
		if (day[i] != '-')
			*at++ = (unsigned char)day[i];
	}
	*at++ = '-';
	for (size_t i = 0; i < sizeof(tail); i++) {
		*at++ = (unsigned char)hex[tail[i] >> 4];
		*at++ = (unsigned char)hex[tail[i] & 15];
	}
	*at++ = ':';
	at += EVP_EncodeBlock(at, key, SL_KEY_BYTES);
	*at++ = '\n';
	sl_secret_set(line, text, (size_t)(at - text));
	sl_wipe(text, sizeof(text));
	sl_wipe(key, sizeof(key));
}

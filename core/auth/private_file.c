/* SPDX-License-Identifier: Apache-2.0 */
#include "core/auth/private_file.h"

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/xattr.h>
#include <unistd.h>

/* The access list as the kernel hands it out: a version, then entries. */
#define ACL_NAME    "system.posix_acl_access"
#define ACL_VERSION 2
#define ENTRIES_MAX 32

enum tag {
	TAG_OWNER = 0x01,
	TAG_USER = 0x02,
	TAG_MASK = 0x10,
};

struct entry {
	uint16_t tag, perm;
	uint32_t id; /* of a user or group */
};

struct list {
	uint32_t version;
	struct entry entries[ENTRIES_MAX];
};

static bool
lets_others_in(const struct entry *e)
{
	uint16_t tag = le16toh(e->tag);

	if (tag == TAG_OWNER || tag == TAG_MASK ||
	    (tag == TAG_USER && le32toh(e->id) == geteuid()))
		return false;
	return (le16toh(e->perm) & (S_IROTH | S_IWOTH)) != 0;
}

/* Does a list say that the group may not? */
static bool
is_listed(int fd)
{
	struct list list;
	ssize_t got = fgetxattr(fd, ACL_NAME, &list, sizeof(list));
	size_t head = offsetof(struct list, entries), count;

	if (got < (ssize_t)head || le32toh(list.version) != ACL_VERSION)
		return false;
	count = ((size_t)got - head) / sizeof(list.entries[0]);
	for (size_t i = 0; i < count; i++)
		if (lets_others_in(&list.entries[i]))
			return false;
	return count > 0;
}

bool
sl_file_is_private(int fd, const struct stat *st)
{
	if (st->st_mode & (S_IWGRP | S_IROTH | S_IWOTH))
		return false;
	return !(st->st_mode & S_IRGRP) || is_listed(fd);
}

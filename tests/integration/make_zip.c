/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives for the shell tests of `sluice import`:
 *
 *   make_zip OUT DIR [WHAT]   the files whose paths in DIR stdin tells, one a
 *                             line; the same files make the same bytes
 *
 * WHAT: bomb (an entry of 10 GB), liar (the same, but the directory says 1 kB),
 * climb (an entry whose path leaves the archive), crypt (an encrypted entry),
 * crc (an entry whose checksum is wrong).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "tests/support/zip_kit.h"

#define FILE_MAX ((size_t)1024 * 1024 * 1024)

static void
add_file(struct zip_kit *kit, const char *path, const char *name)
{
	FILE *in = fopen(path, "re");
	struct zip_kit_entry entry = { .name = name, .deflate = true };
	char *bytes = NULL;
	size_t cap = 0;
	ssize_t got = in == NULL ? -1 : getdelim(&bytes, &cap, EOF, in);

	if (in == NULL || (got < 0 && !feof(in)) || (size_t)cap > FILE_MAX) {
		fprintf(stderr, "make_zip: %s cannot be read\n", path);
		exit(1);
	}
	entry.data = got < 0 ? "" : bytes;
	entry.len = got < 0 ? 0 : (size_t)got;
	zip_kit_add(kit, &entry);
	(void)fclose(in);
	free(bytes);
}

/* 640 times 16 MiB are 10 GiB. */
static void
add_oddity(struct zip_kit *kit, const char *what)
{
	static const char text[] = "a,b\n1,2\n";
	struct zip_kit_entry odd = { .name = "Shares.csv",
				     .data = text,
				     .len = sizeof(text) - 1 };

	if (strcmp(what, "bomb") == 0 || strcmp(what, "liar") == 0) {
		odd.lies = what[0] == 'l';
		odd.claimed = 1024;
		zip_kit_zeros(kit, &odd, 640);
		return;
	}
	if (strcmp(what, "climb") == 0)
		odd.name = "../../etc/passwd";
	if (strcmp(what, "crypt") == 0)
		odd.flags = 1;
	if (strcmp(what, "crc") == 0) {
		odd.lies = true;
		odd.claimed = odd.len;
		odd.crc = 0x12345678;
	}
	zip_kit_add(kit, &odd);
}

int
main(int argc, char **argv)
{
	struct zip_kit kit;
	char name[1024], path[4096];

	if (argc < 3) {
		fputs("usage: make_zip OUT DIR [WHAT]\n", stderr);
		return 2;
	}
	zip_kit_init(&kit);
	while (fgets(name, sizeof(name), stdin) != NULL) {
		name[strcspn(name, "\n")] = '\0';
		(void)snprintf(path, sizeof(path), "%s/%s", argv[2], name);
		add_file(&kit, path, name);
	}
	if (argc > 3)
		add_oddity(&kit, argv[3]);
	zip_kit_end(&kit, 0);
	zip_kit_write(&kit, argv[1]);
	zip_kit_release(&kit);
	return 0;
}

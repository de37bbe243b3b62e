/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fleet: connects one account a user, as `connect` does, but with tokens that
 * are given.
 *
 *   connect CONNECTOR SCOPES KEY-FILE < lines of "EMAIL ACCESS-TOKEN"
 *
 * The database is that of the environment.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/auth/seal.h"

#include "state/clients.h"
#include "state/connections.h"
#include "state/users.h"

#define INTERVAL_S 300
#define LIVES_US   (INT64_C(3600) * SL_US_PER_S)

struct fleet {
	struct sl_pg *pg;
	struct sl_keyring *ring;
	const char *client_row, *connector, *scopes;
};

static sl_status
connect_one(const struct fleet *f, const char *email, const char *token,
	    struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	char user_id[SL_UUID_TEXT];
	struct sl_grant_found found;
	struct sl_secret plain = { .len = 0 };
	struct sl_sealed access;
	struct sl_connected done;
	const struct sl_connection_use uses[] = {
		{ .connector = f->connector, .interval_s = INTERVAL_S },
		{ .connector = NULL },
	};
	struct sl_connection c = {
		.key = { .user_id = user_id,
			 .purpose = f->connector,
			 .subject = email },
		.client_row = f->client_row,
		.provider = "google",
		.uses = uses,
		.email = email,
		.scopes = f->scopes,
		.access = &access,
		.refresh_expires_us = SL_NO_TIME,
	};
	sl_status s = sl_user_add(f->pg, email, user_id, err);

	if (s == SL_OK)
		s = sl_connection_find(f->pg, &c.key, f->client_row, &found,
				       err);
	if (s != SL_OK)
		return s;
	sl_secret_set(&plain, token, strlen(token));
	s = sl_seal(
		f->ring, &sl_system_rng,
		&(struct sl_seal_binding){ .user_id = user_id,
					   .owner_id = found.id,
					   .purpose = SL_ACCESS_TOKEN_PURPOSE },
		&plain, arena, &access, err);
	sl_secret_release(&plain);
	c.grant_id = found.id;
	c.access_expires_us = found.now_us + LIVES_US;
	return s == SL_OK ? sl_connection_save(f->pg, &c, &done, err) : s;
}

int
main(int argc, char **argv)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct fleet f;
	struct sl_client_row client;
	char email[256], token[2048];
	struct sl_error err;
	bool found = false;
	sl_status s;

	if (argc != 4)
		return 2;
	f.connector = argv[1];
	f.scopes = argv[2];
	s = sl_keyring_load(argv[3], &f.ring, &err);
	if (s == SL_OK)
		s = sl_pg_connect(NULL, &f.pg, &err);
	if (s == SL_OK)
		s = sl_client_get(f.pg, "google", arena, &client, &found, &err);
	f.client_row = client.id;
	while (s == SL_OK && found && scanf("%255s %2047s", email, token) == 2)
		s = connect_one(&f, email, token, &err);
	if (s != SL_OK || !found) {
		(void)fprintf(stderr, "connect: %s\n",
			      s == SL_OK ? "no client is set up" : err.text);
		return 1;
	}
	sl_pg_free(&f.pg);
	sl_keyring_free(&f.ring);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console's client file, any JSON in its place.
 *
 * covers: connectors/google/client_file.c
 */
#include "connectors/google/google.h"
#include "tests/fuzz/kit.h"

static void
check_client(const struct sl_client_file *client)
{
	SL_ASSERT(client->client_id != NULL && *client->client_id != '\0');
	SL_ASSERT(client->client_secret != NULL &&
		  *client->client_secret != '\0');
	SL_ASSERT(strcmp(client->kind, "installed") == 0 ||
		  strcmp(client->kind, "web") == 0);
	fuzz_check_text(client->client_id);
	fuzz_check_text(client->project);
	for (const char *const *uri = client->redirect_uris; *uri != NULL;
	     uri++) {
		fuzz_check_text(*uri);
		SL_ASSERT(strncmp(*uri, "urn:ietf:wg:oauth:2.0:oob", 25) != 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	json_auto_t *document = fuzz_json(arena, data, size);
	struct sl_client_file client;
	struct sl_error err;
	sl_status status;

	if (document == NULL)
		return 0;
	status = sl_google.read_client_file(document, arena, &client, &err);
	if (status == SL_OK) {
		check_client(&client);
	} else {
		fuzz_check_error(&err, status);
		SL_ASSERT(status == SL_CONFIG);
	}
	return 0;
}

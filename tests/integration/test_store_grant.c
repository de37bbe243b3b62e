/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grants: whose turn it is to refresh, what is stored of it, and their death.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/store_kit.h"
// cmocka last
#include <cmocka.h>

static int
setup(void **state)
{
	static struct sl_kit kit;

	kit_init(&kit);
	*state = &kit;
	return 0;
}

static int
teardown(void **state)
{
	kit_release(*state);
	return 0;
}

static void
let_lapse(struct sl_kit *kit)
{
	sl_test_db_exec(kit->db, "UPDATE sluice.schedule SET lease_until = "
				 "now() - interval '1 s' WHERE lease_until IS "
				 "NOT NULL");
}

static void
make_grant(struct sl_kit *kit)
{
	sl_test_db_exec(
		kit->db,
		"INSERT INTO sluice.oauth_clients (provider, client_id, kind, "
		"secret_ciphertext, secret_iv, secret_key_id) VALUES ('google',"
		" 'cid', 'installed', decode(repeat('ab', 20), 'hex'), "
		"decode(repeat('01', 12), 'hex'), 'k1');"
		"INSERT INTO sluice.grants (user_id, oauth_client_id, provider,"
		" purpose, account_subject, scopes) SELECT '%s', id, 'google', "
		"'google_calendar', 'sub', 'a b' FROM sluice.oauth_clients;"
		"UPDATE public.user_integrations SET grant_id = (SELECT id "
		"FROM sluice.grants)",
		kit->user);
}

static void
tokens_are_saved_from_their_version_only(void **state)
{
	struct sl_kit *kit = *state;
	static const unsigned char cipher[20] = { 1, 2, 3 };
	struct sl_sealed access = { .key_id = "k1",
				    .iv = { 9 },
				    .ciphertext = cipher,
				    .ciphertext_len = sizeof(cipher) };
	struct sl_sealed refresh = access;
	struct sl_token_update update = { .user_id = kit->user,
					  .version = 1,
					  .access = &access,
					  .refresh = &refresh,
					  .access_expires_us = KIT_NOW,
					  .refresh_expires_us = SL_NO_TIME };
	struct sl_grant stale, grant;
	struct sl_grant_death death = { .lease = &kit->account.lease,
					.grant = &stale,
					.text = "invalid_grant" };
	struct sl_owner owner = kit_owner();
	struct sl_refresh_claim claim = { .lease = &kit->account.lease,
					  .owner = &owner,
					  .version = 1 };
	enum sl_refresh_turn turn;
	struct sl_changes changes = { .count = 9 };
	bool won = false;

	make_grant(kit);
	refresh.iv[0] = 10;
	kit_claim(kit);
	grant = kit->account.grant;
	assert_string_equal(grant.scopes, "a b");
	assert_string_equal(grant.access.key_id, "");
	assert_string_equal(grant.client_secret.key_id, "k1");
	assert_int_equal(grant.client_secret.ciphertext_len, 20);
	update.grant_id = grant.id;
	assert_int_equal(
		kit->store->save_tokens(kit->store, &update, &won, &kit->err),
		SL_OK);
	assert_true(won);
	assert_int_equal(
		kit->store->save_tokens(kit->store, &update, &won, &kit->err),
		SL_OK);
	assert_false(won);
	claim.grant_id = grant.id;
	assert_int_equal(kit->store->lease_grant(kit->store, &claim, kit->keep,
						 &turn, &grant, &kit->err),
			 SL_OK);
	assert_int_equal(turn, SL_REFRESH_STALE);
	assert_int_equal(grant.version, 2);
	assert_int_equal(grant.access_expires_us, KIT_NOW);
	assert_int_equal(grant.access.iv[0], 9);
	assert_int_equal(grant.refresh.iv[0], 10);
	assert_memory_equal(grant.access.ciphertext, cipher, sizeof(cipher));
	assert_int_equal(kit_count(kit, "sluice.secret_audit_logs",
				   "event = 'refresh-token-rotated'"),
			 1);
	stale = grant;
	stale.version--;
	assert_int_equal(kit->store->grant_dead(kit->store, &death, kit->keep,
						&changes, &kit->err),
			 SL_OK);
	assert_int_equal(changes.count, 0);
	assert_int_equal(/* newer tokens are there: the verdict is old */
			 kit_count(kit, "sluice.grants",
				   "status = 'needs_reauth'"),
			 0);
	death.grant = &grant;
	assert_int_equal(kit->store->grant_dead(kit->store, &death, kit->keep,
						&changes, &kit->err),
			 SL_OK);
	assert_int_equal(changes.count, 1);
	assert_string_equal(changes.items[0].integration_id,
			    kit->account.lease.integration_id);
	assert_int_equal(kit->store->grant_dead(kit->store, &death, kit->keep,
						&changes, &kit->err),
			 SL_OK);
	assert_int_equal(changes.count, 0); /* told once */
	assert_int_equal(
		kit_count(kit, "sluice.grants", "status = 'needs_reauth'"), 1);
	assert_int_equal(kit_count(kit, "public.user_integrations",
				   "status = 'needs_reauth' AND "
				   "last_error_class = 'reauth'"),
			 1);
	assert_int_equal(kit_count(kit, "sluice.schedule", "NOT enabled"), 1);
	let_lapse(kit);
}

/* The grant of the test before, as it was. */
static void
renew_grant(struct sl_kit *kit)
{
	sl_test_db_exec(kit->db,
			"UPDATE sluice.grants SET status = 'active', version = "
			"1, refresh_lease_until = NULL;"
			"UPDATE public.user_integrations SET status = "
			"'connected'");
}

static enum sl_refresh_turn
turn_of(struct sl_kit *kit, const struct sl_refresh_claim *claim)
{
	enum sl_refresh_turn turn;
	struct sl_grant grant;

	assert_int_equal(kit->store->lease_grant(kit->store, claim, kit->keep,
						 &turn, &grant, &kit->err),
			 SL_OK);
	return turn;
}

static void
one_run_at_a_time_refreshes_a_grant(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_owner me = kit_owner(), far = kit_owner(), dead = kit_owner();
	struct sl_lease other;
	struct sl_refresh_claim mine, theirs;

	renew_grant(kit);
	kit_claim(kit);
	far.host = "elsewhere";
	dead.pid = 1 << 22; /* more than there are */
	dead.started_us = 1;
	other = kit->account.lease;
	(void)snprintf(other.run_id, sizeof(other.run_id), "%s",
		       "00000000-0000-4000-8000-000000000002");
	mine = (struct sl_refresh_claim){ .lease = &kit->account.lease,
					  .owner = &me,
					  .grant_id = kit->account.grant.id,
					  .version = 1 };
	theirs = mine;
	theirs.lease = &other;
	assert_int_equal(turn_of(kit, &mine), SL_REFRESH_OURS);
	assert_int_equal(turn_of(kit, &mine), SL_REFRESH_OURS); /* kept */
	/* another run of this very process is another one */
	assert_int_equal(turn_of(kit, &theirs), SL_REFRESH_BUSY);
	assert_int_equal(
		kit->store->unlease_grant(kit->store, &theirs, &kit->err),
		SL_OK);
	assert_int_equal(turn_of(kit, &theirs), SL_REFRESH_BUSY);
	assert_int_equal(
		kit->store->unlease_grant(kit->store, &mine, &kit->err), SL_OK);
	theirs.owner = &far;
	assert_int_equal(turn_of(kit, &theirs), SL_REFRESH_OURS);
	assert_int_equal(turn_of(kit, &mine), SL_REFRESH_BUSY);
	sl_test_db_exec(kit->db, "UPDATE sluice.grants SET refresh_lease_until"
				 " = now()"); /* it has run out */
	theirs.owner = &dead;
	assert_int_equal(turn_of(kit, &theirs), SL_REFRESH_OURS);
	assert_int_equal(turn_of(kit, &mine), SL_REFRESH_OURS); /* at once */
	mine.version = 2;
	assert_int_equal(turn_of(kit, &mine), SL_REFRESH_STALE);
	mine.version = 1;
	sl_test_db_exec(kit->db, "UPDATE sluice.grants SET status = "
				 "'needs_reauth'");
	assert_int_equal(turn_of(kit, &mine), SL_REFRESH_STALE);
	let_lapse(kit);
}

/* Frozen past its lease with the answer in hand, while another was refused. */
static void
tokens_of_a_grant_that_was_taken_for_dead_make_it_live_again(void **state)
{
	struct sl_kit *kit = *state;
	static const unsigned char cipher[20] = { 1, 2, 3 };
	struct sl_sealed access = { .key_id = "k1",
				    .iv = { 7 },
				    .ciphertext = cipher,
				    .ciphertext_len = sizeof(cipher) };
	struct sl_token_update update = { .user_id = kit->user,
					  .version = 1,
					  .access = &access,
					  .access_expires_us = KIT_NOW,
					  .refresh_expires_us = SL_NO_TIME };
	struct sl_grant_death death = { .lease = &kit->account.lease,
					.grant = &kit->account.grant,
					.text = "invalid_grant" };
	struct sl_changes changes;
	bool won = false;

	renew_grant(kit);
	kit_claim(kit);
	update.grant_id = kit->account.grant.id;
	assert_int_equal(kit->store->grant_dead(kit->store, &death, kit->keep,
						&changes, &kit->err),
			 SL_OK);
	assert_int_equal(kit_count(kit, "sluice.schedule", "NOT enabled"), 1);
	assert_int_equal(
		kit->store->save_tokens(kit->store, &update, &won, &kit->err),
		SL_OK);
	assert_true(won);
	assert_int_equal(kit_count(kit, "sluice.grants", "status = 'active'"),
			 1);
	assert_int_equal(kit_count(kit, "public.user_integrations",
				   "status = 'connected' AND "
				   "last_error_class IS NULL"),
			 1);
	assert_int_equal(kit_count(kit, "sluice.schedule", "enabled"), 1);
	let_lapse(kit);
}

static void
an_end_is_warned_of_once_a_day(void **state)
{
	struct sl_kit *kit = *state;
	const struct sl_lease *lease = &kit->account.lease;
	const char *grant = kit->account.grant.id;
	bool due[4];

	renew_grant(kit);
	kit_claim(kit);
	for (int i = 0; i < 4; i++) {
		if (i == 2)
			sl_test_db_exec(kit->db,
					"UPDATE sluice.grants SET warned_at = "
					"warned_at - interval '1 day'");
		assert_int_equal(kit->store->warn_grant(kit->store, lease,
							grant, &due[i],
							&kit->err),
				 SL_OK);
	}
	assert_true(due[0] && !due[1] && due[2] && !due[3]);
	let_lapse(kit);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens_are_saved_from_their_version_only),
		cmocka_unit_test(one_run_at_a_time_refreshes_a_grant),
		cmocka_unit_test(
			tokens_of_a_grant_that_was_taken_for_dead_make_it_live_again),
		cmocka_unit_test(an_end_is_warned_of_once_a_day),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}

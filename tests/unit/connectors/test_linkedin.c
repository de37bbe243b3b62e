/* SPDX-License-Identifier: Apache-2.0 */
/* LinkedIn as a provider: scopes, identity, introspection, its record. */
#include "calendar_kit.h"
#include "connectors/linkedin/linkedin.h"
#include "connectors/registry.h"

#define SELF  "r_dma_portability_self_serve"
#define THIRD "r_dma_portability_3rd_party"

static const struct {
	const char *granted, *wanted;
	bool covers;
} scope_rows[] = {
	{ "openid profile email", "email", true },
	{ "email,openid,profile", "openid", true },
	{ "email, openid", "openid", true },
	{ "openid profile", "email", false },
	{ "emails", "email", false },
	{ "", "email", false },
	{ SELF, THIRD, true },
	{ "openid," THIRD, SELF, true },
	{ "r_dma_portability_", THIRD, false },
	{ "r_dma_other", THIRD, false },
	{ SELF, "openid", false },
};

static void
granted_scopes_cover_what_they_should(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(scope_rows); i++)
		if (sl_linkedin_scope_granted(scope_rows[i].granted,
					      scope_rows[i].wanted) !=
		    scope_rows[i].covers)
			fail_msg("%s for %s", scope_rows[i].granted,
				 scope_rows[i].wanted);
}

#define CONSENT(member)                                                        \
	"{'elements':[{'memberComplianceAuthorizationKey':{'member':" member   \
	"},'memberComplianceScopes':['DMA']}]}"

static const struct {
	const char *why, *body;
	sl_status status;
	const char *subject, *email;
} identity_rows[] = {
	{ "userinfo", "{'sub':'782bbtaQ','email':'ana@example.com'}", SL_OK,
	  "782bbtaQ", "ana@example.com" },
	{ "userinfo without an address", "{'sub':'782bbtaQ'}", SL_OK,
	  "782bbtaQ", NULL },
	{ "userinfo without sub", "{'name':'Ana'}", SL_RETRY, NULL, NULL },
	{ "a consent names the same member",
	  CONSENT("'urn:li:person:782bbtaQ'"), SL_OK, "782bbtaQ", NULL },
	{ "a consent of a company", CONSENT("'urn:li:organization:1'"),
	  SL_RETRY, NULL, NULL },
	{ "a consent of nobody", CONSENT("'urn:li:person:'"), SL_RETRY, NULL,
	  NULL },
	{ "a consent without a member", CONSENT("null"), SL_RETRY, NULL, NULL },
	{ "no consent", "{'elements':[]}", SL_REAUTH, NULL, NULL },
	{ "not an object", "[]", SL_RETRY, NULL, NULL },
};

static void
the_member_is_known_by_either_answer(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(identity_rows); i++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		json_t *body = kit_json(identity_rows[i].body);
		struct sl_identity who;
		struct sl_error err;

		if (sl_linkedin_provider.read_identity(body, arena, &who,
						       &err) !=
			    identity_rows[i].status ||
		    !sl_text_equal(who.subject, identity_rows[i].subject) ||
		    !sl_text_equal(who.email, identity_rows[i].email))
			fail_msg("%s", identity_rows[i].why);
		json_decref(body);
	}
}

static void
subjects_are_capped(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	char subject[257];
	struct sl_identity who;
	struct sl_error err;

	memset(subject, 'a', sizeof(subject) - 1);
	for (size_t len = 255; len <= 256; len++) {
		json_t *body;

		subject[len] = '\0';
		body = json_pack("{s:s}", "sub", subject);
		assert_int_equal(sl_linkedin_provider.read_identity(body, arena,
								    &who, &err),
				 len == 255 ? SL_OK : SL_RETRY);
		subject[len] = 'a';
		json_decref(body);
	}
}

static void
who_has_openid_asks_userinfo_and_others_their_consents(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_call call;

	sl_linkedin_provider.identity_call("openid email", arena, &call);
	assert_string_equal(call.path[1], "userinfo");
	assert_null(call.headers);
	sl_linkedin_provider.identity_call(SELF, arena, &call);
	assert_string_equal(call.path[1], "memberAuthorizations");
	assert_string_equal(call.headers[0].name, "LinkedIn-Version");
	assert_string_equal(call.headers[0].value, "202312");
}

static const struct {
	const char *why, *body;
	sl_status status;
	bool active;
	int64_t expires_us;
} introspection_rows[] = {
	{ "a good one", "{'active':true,'expires_at':1798761600}", SL_OK, true,
	  INT64_C(1798761600000000) },
	{ "a text for a number", "{'active':true,'expires_at':'1798761600'}",
	  SL_OK, true, INT64_C(1798761600000000) },
	{ "another app's", "{'active':false}", SL_OK, false, SL_NO_TIME },
	{ "no end", "{'active':true}", SL_OK, true, SL_NO_TIME },
	{ "an end in milliseconds is none",
	  "{'active':true,'expires_at':1798761600000}", SL_OK, true,
	  SL_NO_TIME },
	{ "a negative end", "{'active':true,'expires_at':-1}", SL_OK, true,
	  SL_NO_TIME },
	{ "the last second", "{'active':true,'expires_at':8589934591}", SL_OK,
	  true, INT64_C(8589934591000000) },
	{ "one past it", "{'active':true,'expires_at':8589934592}", SL_OK, true,
	  SL_NO_TIME },
	{ "nothing said", "{}", SL_RETRY, false, SL_NO_TIME },
	{ "active is a text", "{'active':'true'}", SL_RETRY, false,
	  SL_NO_TIME },
	{ "not an object", "[]", SL_RETRY, false, SL_NO_TIME },
};

static void
introspection_tells_what_a_token_is_good_for(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(introspection_rows); i++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		json_t *body = kit_json(introspection_rows[i].body);
		struct sl_introspection seen = { .expires_us = SL_NO_TIME };
		struct sl_error err;

		if (sl_linkedin_provider.read_introspection(body, arena, &seen,
							    &err) !=
			    introspection_rows[i].status ||
		    seen.active != introspection_rows[i].active ||
		    seen.expires_us != introspection_rows[i].expires_us)
			fail_msg("%s: %lld", introspection_rows[i].why,
				 (long long)seen.expires_us);
		json_decref(body);
	}
}

static void
the_provider_record_is_complete(void **state SL_UNUSED)
{
	static const char *const names[] = { "auth", "token", "introspect",
					     "revoke", "api" };

	for (size_t i = 0; i < SL_ARRAY_LEN(names); i++) {
		const struct sl_endpoint *e =
			&sl_linkedin_provider.endpoints[i];

		assert_string_equal(e->name, names[i]);
		assert_int_equal(strncmp(e->url, "https://", 8), 0);
		assert_int_equal(strncmp(e->variable, "SLUICE_LINKEDIN_", 16),
				 0);
	}
	assert_null(sl_linkedin_provider.endpoints[SL_ARRAY_LEN(names)].name);
	assert_false(sl_linkedin_provider.pkce); /* it refuses a verifier */
	assert_true(sl_linkedin_provider.refresh_optional);
	assert_null(sl_linkedin_provider.read_client_file);
}

static void
the_registry_names_each_provider_once(void **state SL_UNUSED)
{
	size_t n = 0;

	for (; sl_registry_provider(n) != NULL; n++)
		for (size_t k = 0; k < n; k++)
			assert_ptr_not_equal(sl_registry_provider(k),
					     sl_registry_provider(n));
	assert_true(n >= 2);
	assert_null(sl_registry_provider(n + 5));
	for (size_t i = 0; sl_registry[i] != NULL; i++) {
		size_t k = 0;

		while (sl_registry_provider(k) != sl_registry[i]->provider)
			assert_true(++k < n);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(granted_scopes_cover_what_they_should),
		cmocka_unit_test(the_member_is_known_by_either_answer),
		cmocka_unit_test(subjects_are_capped),
		cmocka_unit_test(
			who_has_openid_asks_userinfo_and_others_their_consents),
		cmocka_unit_test(introspection_tells_what_a_token_is_good_for),
		cmocka_unit_test(the_provider_record_is_complete),
		cmocka_unit_test(the_registry_names_each_provider_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

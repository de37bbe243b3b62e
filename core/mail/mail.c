/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mail/mail.h"

#include <libxml/parser.h>
#include <pthread.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/mail/private.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static GMimeParserOptions *options;

/* What GLib takes for fatal is that it got no memory. */
static void
on_fatal(const gchar *domain SL_UNUSED, GLogLevelFlags level SL_UNUSED,
	 const gchar *text SL_UNUSED, gpointer context SL_UNUSED)
{
	sl_out_of_memory();
}

/*
 * A word that stands where an address should is then part of the display name
 * that follows ("Smith, John <j@example.com>") instead of a mailbox "Smith".
 */
static void
init(void)
{
	/* Never by the locale: what a mail says is the same everywhere. */
	const char *charsets[] = { "utf-8", "iso-8859-1", NULL };

	(void)xmlMemSetup(sl_free, sl_lib_malloc, sl_lib_realloc, sl_strdup);
	xmlInitParser();
	(void)g_log_set_handler("GLib",
				G_LOG_LEVEL_ERROR | G_LOG_FLAG_FATAL |
					G_LOG_FLAG_RECURSION,
				on_fatal, NULL);
	g_mime_init();
	options = g_mime_parser_options_new();
	g_mime_parser_options_set_address_compliance_mode(
		options, GMIME_RFC_COMPLIANCE_LOOSE);
	g_mime_parser_options_set_rfc2047_compliance_mode(
		options, GMIME_RFC_COMPLIANCE_LOOSE);
	g_mime_parser_options_set_parameter_compliance_mode(
		options, GMIME_RFC_COMPLIANCE_LOOSE);
	g_mime_parser_options_set_allow_addresses_without_domain(options,
								 FALSE);
	g_mime_parser_options_set_fallback_charsets(options, charsets);
}

void
sl_mail_init(void)
{
	(void)pthread_once(&once, init);
}

GMimeParserOptions *
sl_mail_options(void)
{
	sl_mail_init();
	return options;
}

char *
sl_mail_take(struct sl_arena *arena, char *from_glib)
{
	char *copy = sl_utf8_repair(arena, from_glib, strlen(from_glib), NULL);

	g_free(from_glib);
	return copy;
}

char *
sl_mail_capped(struct sl_arena *arena, const char *value, size_t max)
{
	size_t len = strnlen(value, max + 1);

	return sl_utf8_repair(arena, value, sl_utf8_cut(value, len, max), NULL);
}

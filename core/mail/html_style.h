/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an element's own style says of being seen; private to core/mail.
 */
#ifndef SL_MAIL_HTML_STYLE_H
#define SL_MAIL_HTML_STYLE_H

#include <stdbool.h>

/** SL_STYLE_NOTHING leaves what the parent has. */
enum sl_style_say { SL_STYLE_NOTHING, SL_STYLE_YES, SL_STYLE_NO };

struct sl_style {
	bool gone;                 /* with all that is inside            */
	enum sl_style_say no_size; /* font-size: 0; inherited            */
	enum sl_style_say unseen;  /* visibility: hidden; inherited      */
};

/** `style`: the attribute's value; later declarations win. */
void sl_style_read(const char *style, struct sl_style *out);

#endif

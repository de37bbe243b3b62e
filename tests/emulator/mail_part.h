/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message as a tree of MIME parts, and the two ways to tell it: Gmail's
 * JSON and RFC 5322 octets. Bodies are kept with their transfer encoding
 * removed.
 */
#ifndef EMU_MAIL_PART_H
#define EMU_MAIL_PART_H

#include "mail.h"

struct emu_field {
	char *name, *value;
};

struct emu_part {
	char *type;     /* mimeType */
	char *filename; /* NULL: "" */
	char *boundary; /* of a multipart */
	struct emu_field *fields;
	size_t field_count, field_cap;
	struct emu_buf body;
	uint64_t fill_key, fill_size; /* invented octets instead of `body` */
	bool backed; /* told as an attachment, whatever it is */
	struct emu_part **parts;
	size_t part_count;
};

struct emu_letter {
	struct emu_part *root;
	struct emu_buf gist; /* UTF-8: what the snippet is made of */
	json_t *verbatim;    /* borrowed: a payload that a test gave */
};

/** `type` "multipart/x" makes a boundary of `key`. */
struct emu_part *emu_part_new(const char *type, uint64_t key);
void emu_part_free(struct emu_part *p);
void emu_part_field(struct emu_part *p, const char *name, const char *value);
/** As above; the buffer is emptied. Nothing when it is empty. */
void emu_part_field_buf(struct emu_part *p, const char *name,
			struct emu_buf *value);
void emu_part_add(struct emu_part *parent, struct emu_part *child_stolen);
/** Content-Type and Content-Transfer-Encoding; parameters may be NULL. */
void emu_part_content(struct emu_part *p, const char *parameters,
		      const char *encoding);
/** filename, Content-Type, Content-Disposition of an attachment. */
void emu_part_attach(struct emu_part *p, const char *filename,
		     const char *disposition);
/** The part with that number, counted from the root in order; or NULL. */
const struct emu_part *emu_part_at(const struct emu_part *p, uint64_t *number);
uint64_t emu_part_size(const struct emu_part *p);
void emu_part_octets(struct emu_buf *b, const struct emu_part *p);
/** All octets below, roughly as they would travel. */
uint64_t emu_part_estimate(const struct emu_part *p);

/** MessagePart; with `mail` attachments get ids that hold for its message. */
void emu_put_payload(struct emu_buf *b, const struct emu_part *root,
		     const struct emu_mail *mail);
/** [{"name":..,"value":..},...]; only those named, if any are. */
void emu_put_fields(struct emu_buf *b, const struct emu_part *p,
		    const char *const *only, size_t only_count);
void emu_put_raw(struct emu_buf *b, const struct emu_part *root);

/* mail_letter.c */
/** The message as a tree; `emu_letter_free` releases it. */
void emu_letter_of(struct emu_letter *l, const struct emu_mail *mail);
void emu_letter_free(struct emu_letter *l);

/* mail_compose.c */
void emu_letter_given(struct emu_letter *l, const struct emu_mail *mail);

/* mail_head.c */
void emu_head(struct emu_part *root, const struct emu_mail *mail,
	      const struct emu_mail_spec *s);
/** Fri, 20 Nov 2026 11:00:00 +0100 */
void emu_put_rfc_date(struct emu_buf *b, int64_t ms, int zone_minutes);
/** What the language of a conversation is, an index for mail_text.c. */
unsigned emu_spec_tongue(const struct emu_mail_spec *s);
/** "Name <address>" of whoever wrote that message. */
void emu_put_writer(struct emu_buf *b, const struct emu_mail_spec *s);

enum emu_bulk {
	EMU_NEWSLETTER,
	EMU_NOTICE,
	EMU_SOCIAL,
	EMU_LIST,
	EMU_RECEIPT,
	EMU_INVITATION,
	EMU_AUTOREPLY,
	EMU_PERSONAL,
};

enum emu_bulk emu_spec_bulk(const struct emu_mail_spec *s);

/* mail_text.c */
struct emu_line {
	const char *utf8, *legacy;
};

struct emu_tongue {
	const char *language, *charset; /* charset of the legacy octets */
	const char *subject;
	struct emu_line lines[4];
};

#define EMU_TONGUES 12

const struct emu_tongue *emu_tongue_at(unsigned i);

#endif

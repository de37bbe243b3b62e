/* SPDX-License-Identifier: Apache-2.0 */
/* One command of `/_control/linkedin`, and what the commands share. */
#ifndef EMU_MEMBER_ORDER_H
#define EMU_MEMBER_ORDER_H

#include "member.h"

struct emu_order {
	struct emu_req *r;
	struct emu_member *m;
	const json_t *in;
	int64_t at_ms; /* when it happens */
};

/* member_control.c */
/** Does what `op` says; false when there is no such thing. */
bool emu_order_run(const struct emu_order *o, const char *op);
void emu_order_fail(const struct emu_order *o, const char *why);
const char *emu_order_text(const json_t *in, const char *key);
/** The caller frees; "" when it is absent. */
char *emu_order_copy(const json_t *in, const char *key);
json_int_t emu_order_number(const json_t *in, const char *key,
			    json_int_t otherwise);
/** An event of the changelog. */
struct emu_happening *emu_order_log(const struct emu_order *o,
				    enum emu_deed deed, uint64_t subject);
/** Somebody known, or somebody new; EMU_NOBODY after replying. */
uint64_t emu_order_person(const struct emu_order *o);
void emu_order_set_person(json_t *out, const struct emu_order *o,
			  uint64_t number);
void emu_order_person_answer(const struct emu_order *o, uint64_t number);

/* member_write.c */
void emu_order_receive(const struct emu_order *o);
void emu_order_send(const struct emu_order *o);
void emu_order_edit(const struct emu_order *o);
void emu_order_delete(const struct emu_order *o);

/* member_links.c */
void emu_order_connect(const struct emu_order *o);
void emu_order_disconnect(const struct emu_order *o);
void emu_order_work(const struct emu_order *o);
void emu_order_invite(const struct emu_order *o);
void emu_order_invited(const struct emu_order *o);
void emu_order_accept(const struct emu_order *o);
void emu_order_decline(const struct emu_order *o);
void emu_order_withdraw(const struct emu_order *o);

/* member_storm.c */
void emu_order_random(const struct emu_order *o);

#endif

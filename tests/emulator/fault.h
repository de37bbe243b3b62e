/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Misbehaviour on request: rules set through `_control`, matched against
 * requests, the first active one wins. Some replace the answer, some bend
 * the page that calendar.c makes, some spoil the transport of a good answer.
 */
#ifndef EMU_FAULT_H
#define EMU_FAULT_H

#include "http.h"

enum emu_fault_kind {
	EMU_FAULT_STATUS,
	EMU_FAULT_HTML,
	EMU_FAULT_REDIRECT,
	EMU_FAULT_RESET,
	EMU_FAULT_EMPTY_REPLY,
	EMU_FAULT_NOT_JSON,
	EMU_FAULT_GZIP_BOMB,
	EMU_FAULT_ENDLESS,
	EMU_FAULT_BAD_HEADER,
	EMU_FAULT_HEADER_FLOOD,
	EMU_FAULT_HANG,
	EMU_FAULT_LATENCY,
	EMU_FAULT_CUT,
	EMU_FAULT_CUT_NOLEN,
	EMU_FAULT_CUT_CHUNKED,
	EMU_FAULT_CUT_GZIP,
	EMU_FAULT_TWO_LENGTHS,
	EMU_FAULT_SLOW,
	EMU_FAULT_BOM,
	EMU_FAULT_ITEMS,
	EMU_FAULT_NO_TOKEN,
	EMU_FAULT_LOOP_TOKEN,
	EMU_FAULT_ENDLESS_TOKEN,
	EMU_FAULT_EMPTY_PAGES,
	EMU_FAULT_DUP_PAGE,
	EMU_FAULT_UNKNOWN_FIELDS,
	EMU_FAULT_BODY_PATCH,
	EMU_FAULT_HISTORY_AHEAD,
	EMU_FAULT_HISTORY_BACK,
};

struct emu_fault {
	struct emu_fault *next;
	unsigned references;
	enum emu_fault_kind kind;
	json_t *rule;
	const char *match, *method, *query, *not_query, *account;
	uint64_t skip, count, hits, seen;
	double probability;
	struct emu_rng rng;
	struct emu_buf items; /* EMU_FAULT_ITEMS: texts joined by commas */
};

struct emu_faults *emu_faults_new(void);
void emu_faults_free(struct emu_faults *f);
void emu_faults_clear(struct emu_faults *f);
/** NULL and *why when the rule cannot be understood. */
json_t *emu_faults_add(struct emu_faults *f, json_t *rule, const char **why);
json_t *emu_faults_json(struct emu_faults *f);
/** Sets r->fault when a rule fires. */
void emu_faults_match(struct emu_req *r);
void emu_faults_release(struct emu_req *r);
/** True when the fault has made the whole answer. */
bool emu_fault_before(struct emu_req *r);
/** Spoils the answer that was made. */
void emu_fault_after(struct emu_req *r);
bool emu_fault_is(const struct emu_req *r, enum emu_fault_kind kind);
/** A number of the rule, or what to take without it. */
uint64_t emu_fault_number(const struct emu_fault *f, const char *key,
			  uint64_t otherwise);

#endif

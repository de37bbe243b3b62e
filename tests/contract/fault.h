/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that arrive crooked, or are no answers. */
#ifndef SL_TESTS_CONTRACT_FAULT_H
#define SL_TESTS_CONTRACT_FAULT_H

#include "tests/contract/world.h"

struct contract_fault {
	enum contract_framing framing;
	int status;       /* 0 = 200           */
	const char *body; /* NULL = the page's */
	const char *type; /* NULL = JSON       */
	const char *headers;
	sl_status remedy; /* SL_OK: nothing is wrong with it */
};

/** Which one of contract_faults. */
enum contract_fault_number {
	FAULT_BOMB,
	FAULT_ENDLESS,
	FAULT_CUT,
	FAULT_CUT_NOLEN,
	FAULT_CUT_CHUNKED,
	FAULT_CUT_GZIP,
	FAULT_TWO_LENGTHS,
	FAULT_NUL_HEADER,
	FAULT_FLOOD,
	FAULT_RESET,
	FAULT_EMPTY,
	FAULT_HTML_TYPE,
	FAULT_HTML_JSON,
	FAULT_ARRAY,
	FAULT_OBJECT,
	FAULT_NOTHING,
	FAULT_NUMBER,
	FAULT_BLANK,
	FAULT_ERROR_200,
	FAULT_REDIRECT,
	FAULT_STATUS_204,
	FAULT_STATUS_206,
	FAULT_STATUS_304,
	FAULT_SLOW,
	FAULT_CHUNKED,
	FAULT_GZIP,
	FAULT_NO_CRC,
	FAULT_PLAIN,
};

extern const struct contract_fault contract_faults[];

void fault_apply(const struct contract_fault *fault,
		 struct contract_exchange *x);

#endif

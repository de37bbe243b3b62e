/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/contract/fault.h"

void
fault_apply(const struct contract_fault *fault, struct contract_exchange *x)
{
	x->framing = fault->framing;
	if (fault->status != 0)
		x->status = fault->status;
	if (fault->body != NULL)
		sl_buf_clear(&x->body);
	if (fault->body != NULL)
		sl_buf_adds(&x->body, fault->body);
	if (fault->type != NULL)
		x->type = fault->type;
	if (fault->headers != NULL)
		x->headers = fault->headers;
}

#define HTML  "<!DOCTYPE html><html><body>Log in, please</body></html>"
#define CRLF2 "\r\n"

const struct contract_fault contract_faults[] = {
	{ .framing = FRAME_BOMB, .remedy = SL_SMALLER },
	{ .framing = FRAME_ENDLESS, .remedy = SL_SMALLER },
	{ .framing = FRAME_CUT, .remedy = SL_RETRY },
	{ .framing = FRAME_CUT_NOLEN, .remedy = SL_RETRY },
	{ .framing = FRAME_CUT_CHUNKED, .remedy = SL_RETRY },
	{ .framing = FRAME_CUT_GZIP, .remedy = SL_RETRY },
	{ .framing = FRAME_TWO_LENGTHS, .remedy = SL_RETRY },
	{ .framing = FRAME_NUL_HEADER, .remedy = SL_RETRY },
	{ .framing = FRAME_HEADER_FLOOD, .remedy = SL_SMALLER },
	{ .framing = FRAME_RESET, .remedy = SL_RETRY },
	{ .framing = FRAME_EMPTY, .remedy = SL_RETRY },
	{ .body = HTML, .type = "text/html", .remedy = SL_RETRY },
	{ .body = HTML, .remedy = SL_RETRY },
	{ .body = "[]", .remedy = SL_RETRY },
	{ .body = "{}", .remedy = SL_RETRY },
	{ .body = "null", .remedy = SL_RETRY },
	{ .body = "17", .remedy = SL_RETRY },
	{ .body = " ", .remedy = SL_RETRY },
	{ .body = "{\"error\":{\"code\":500}}", .remedy = SL_RETRY },
	{ .status = 302,
	  .headers = "Location: https://portal.example/" CRLF2,
	  .remedy = SL_RETRY },
	{ .status = 204, .remedy = SL_RETRY },
	{ .status = 206, .body = "{}", .remedy = SL_RETRY },
	{ .status = 304, .remedy = SL_RETRY },
	{ .framing = FRAME_SLOW, .remedy = SL_RETRY },
	/* nothing is wrong with these */
	{ .framing = FRAME_CHUNKED },
	{ .framing = FRAME_GZIP },
	{ .framing = FRAME_GZIP_NO_CRC },
	{ .type = "text/plain" },
};

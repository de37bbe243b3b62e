/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider's feed of items, played over a loopback socket: a walk in pages,
 * then changes since a token. It behaves, unless a case spoils its answers.
 *
 * Tokens tell where a request stands, so that a test can read them:
 *
 *	w<offset>.<seq>		page of a walk that began after change <seq>
 *	s<seq>			changes after <seq>
 *	c<seq>.<offset>		page of those
 *
 * Where one stream walks and another follows (kit->refs), that other one asks
 * for changes in every run. An answer that has none is a *poll*, and counts
 * apart: what counts as a listing is the same for every kit.
 */
#ifndef SL_TESTS_CONTRACT_FEED_H
#define SL_TESTS_CONTRACT_FEED_H

#include "core/base/clock.h"

#include "tests/contract/kit.h"
#include "tests/unit/core/net/raw_server.h"

#define FEED_ITEMS_MAX     128
#define FEED_LISTINGS_MAX  1024
#define FEED_POSITION_MAX  64
#define FEED_PAGE_ITEMS    (2 * FEED_ITEMS_MAX)
#define FEED_ACCESS_TOKEN  "at-1"
#define FEED_REFRESH_TOKEN "rt-1"

/** How an answer travels. */
enum contract_framing {
	FRAME_WHOLE,
	FRAME_CHUNKED,
	FRAME_GZIP,
	FRAME_CUT,         /* true Content-Length, half a body, closed    */
	FRAME_CUT_NOLEN,   /* no length, half a body, closed              */
	FRAME_CUT_CHUNKED, /* a chunk that does not end                   */
	FRAME_CUT_GZIP,    /* half a gzip stream, matching Content-Length */
	FRAME_GZIP_NO_CRC, /* all of the text, but not the stream's end   */
	FRAME_TWO_LENGTHS, /* the second one says half                    */
	FRAME_NUL_HEADER,
	FRAME_HEADER_FLOOD,
	FRAME_BOMB,    /* gzip that unfolds to 300 MB    */
	FRAME_ENDLESS, /* one string without end         */
	FRAME_SLOW,    /* half a body, then silence      */
	FRAME_RESET,   /* half a body, then RST          */
	FRAME_EMPTY,   /* closed without a byte          */
};

/** One request for a page of the feed, and the answer on its way. */
struct contract_exchange {
	int number; /* of the listings, or reads, of this run, from 1; a poll
		     * has none: 0 */
	const struct contract_request *request;
	const char *bearer;
	struct sl_arena *arena;
	/** The page as it would be; to be changed at will. */
	struct contract_page page;
	const char *items[FEED_PAGE_ITEMS];
	int64_t since; /* of changes: after this one; -1 = a walk */
	/** What is sent: the page, if `body` stays empty. */
	int status;
	const char *type;
	const char *headers; /* further lines, each with its CRLF */
	struct sl_buf body;
	enum contract_framing framing;
};

struct contract_feed;
typedef void (*contract_spoil)(struct contract_feed *feed,
			       struct contract_exchange *x);

struct contract_feed {
	const struct contract_kit *kit;
	const struct sl_clock *clock;
	struct raw_server server;
	pthread_mutex_t mutex;

	struct contract_item items[FEED_ITEMS_MAX];
	const char *whole[FEED_ITEMS_MAX]; /* JSON of an item that is none */
	int64_t changed[FEED_ITEMS_MAX];
	size_t count;
	int64_t seq;
	int64_t per_page;

	/* The case's. */
	contract_spoil spoil;      /* NULL = behave */
	contract_spoil spoil_read; /* the same of items and groups */
	const void *spoil_ctx;
	int token_status; /* of the token endpoint; 0 = it behaves */
	const char *token_body;
	const char *accepts; /* the one good access token; NULL = any */

	/* Since feed_forget_requests. */
	int listings, polls, tokens, singles, groups, others;
	char positions[FEED_LISTINGS_MAX][FEED_POSITION_MAX]; /* "" = start */
	int64_t times_us[FEED_LISTINGS_MAX];
};

void feed_start(struct contract_feed *feed, const struct contract_kit *kit,
		const struct sl_clock *clock);
void feed_stop(struct contract_feed *feed);

/** Everything as at the start, also what a case left. */
void feed_reset(struct contract_feed *feed);

/** Items id1, id2, ... */
void feed_fill(struct contract_feed *feed, int count);

/** A new item; its texts are borrowed. Returns it. */
struct contract_item *feed_add(struct contract_feed *feed, const char *id,
			       const char *title);

/** An item that is any JSON text. */
void feed_add_whole(struct contract_feed *feed, const char *json);

/** Change an item, or let it go. */
void feed_change(struct contract_feed *feed, size_t at, const char *title);
void feed_bury(struct contract_feed *feed, size_t at);

/** One that went comes back, with another title. */
void feed_return(struct contract_feed *feed, size_t at, const char *title);

/** An item goes without a word. */
void feed_lose(struct contract_feed *feed, size_t at);

void feed_forget_requests(struct contract_feed *feed);

/** How the feed says that this position is worthless. */
int feed_expired(const struct contract_feed *feed, const char *position);

/** JSON of one item as the page has it, on the exchange's arena. */
const char *feed_item(struct contract_feed *feed, struct contract_exchange *x,
		      const struct contract_item *item);

#endif

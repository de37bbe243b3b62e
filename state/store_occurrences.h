/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instances of recurring masters, written in bounded batches.
 */
#ifndef SL_STATE_STORE_OCCURRENCES_H
#define SL_STATE_STORE_OCCURRENCES_H

#include "core/recur/recur.h"

#include "state/store_private.h"

/** Instances of one statement, about; one series is never split. */
#define SL_OCCURRENCES_CHUNK 4000

/** Instances of one transaction, about; what is left is due. */
#define SL_OCCURRENCES_PAGE 20000

/** How a master ended. */
enum sl_expansion_kind {
	SL_EXPANSION_LOCAL,
	SL_EXPANSION_PROVIDER,
	SL_EXPANSION_UNEXPANDED,
	SL_EXPANSION_ASKED, /* as the provider lists them, and there is more */
	SL_EXPANSION_DUE,   /* later; old instances go, they may be wrong */
};

/** One master whose instances are known now. */
struct sl_expanded {
	const char *artifact_id;
	int64_t length_us;
	bool all_day;
	enum sl_expansion_kind kind;
	const char *reason; /* code, or NULL */
	bool cut;
	bool continues;   /* beside the instances that are there */
	int64_t again_us; /* when to ask once more, SL_NO_TIME: with the window */
};

/** Masters and instances that one statement will write. */
struct sl_occurrences;

/** Everything is on an arena of its own until it is flushed. */
struct sl_occurrences *sl_occurrences_new(struct sl_pg *pg, const char *user_id,
					  struct sl_recur_window window);
void sl_occurrences_free(struct sl_occurrences **o);

/** Begin a master; its instances follow. May flush what came before. */
sl_status sl_occurrences_master(struct sl_occurrences *o,
				const struct sl_expanded *master,
				struct sl_error *err) SL_NODISCARD;
void sl_occurrences_instance(struct sl_occurrences *o, int64_t start_us);
sl_status sl_occurrences_flush(struct sl_occurrences *o, struct sl_error *err)
	SL_NODISCARD;

/** Instances so far, flushed ones too. */
size_t sl_occurrences_count(const struct sl_occurrences *o);

/** What a master says about itself. */
struct sl_master {
	const char *artifact_id;
	struct sl_recur_series series;
};

/**
 * Expand one master and add it.
 *
 * may_ask	the provider could be asked instead
 * reason	set to a code, and nothing added, when it should be; else NULL
 */
sl_status sl_occurrences_expand(struct sl_occurrences *o,
				const struct sl_master *master, bool may_ask,
				const char **reason, struct sl_error *err)
	SL_NODISCARD;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time and randomness, injected so that no test sleeps or flickers.
 *
 * Wall time is UTC microseconds since 1970 (leap seconds ignored); monotonic
 * time has no meaning but its differences. Logic never calls time() itself.
 */
#ifndef SL_BASE_CLOCK_H
#define SL_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define SL_US_PER_S INT64_C(1000000)

/** "There is no such time": the instant is absent. */
#define SL_NO_TIME INT64_MIN

struct sl_clock {
	int64_t (*now_us)(void *ctx);  /* UTC                */
	int64_t (*mono_us)(void *ctx); /* never goes back    */
	/** NULL, or called instead of waiting when nothing happens for `us`:
	 *  a clock that stands still moves on by itself. */
	void (*idle)(void *ctx, int64_t us);
	void *ctx;
};

/** The machine's clock. */
extern const struct sl_clock sl_system_clock;

int64_t sl_now_us(const struct sl_clock *clock);
int64_t sl_mono_us(const struct sl_clock *clock);

struct timespec;

/** `us` from now as an absolute CLOCK_MONOTONIC time, for waits on a condition
 *  (which real threads do in real time, whatever clock is injected). */
void sl_wait_deadline(int64_t us, struct timespec *out);

/** A clock that stands still until moved; for tests and replays. */
struct sl_fake_clock {
	struct sl_clock clock;  /* pass &fake.clock */
	_Atomic int64_t now_us; /* several threads may look */
	_Atomic int64_t mono_us;
};

void sl_fake_clock_init(struct sl_fake_clock *fake, int64_t now_us);
void sl_fake_clock_advance(struct sl_fake_clock *fake, int64_t us);

struct sl_rng {
	void (*fill)(void *ctx, void *bytes, size_t len);
	void *ctx;
};

/** The kernel's generator: good for keys, states and verifiers. */
extern const struct sl_rng sl_system_rng;

/** Uniform in [0, bound); bound 0 gives 0. */
uint64_t sl_rng_below(const struct sl_rng *rng, uint64_t bound);

/** Repeatable sequence from a seed; for tests only, never for secrets. */
struct sl_seeded_rng {
	struct sl_rng rng; /* pass &seeded.rng */
	uint64_t state;
};

void sl_seeded_rng_init(struct sl_seeded_rng *seeded, uint64_t seed);

#endif

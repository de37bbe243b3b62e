/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/clock.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "core/base/error.h"

static int64_t
read_clock_us(clockid_t id)
{
	struct timespec ts;
	int failed = clock_gettime(id, &ts);

	SL_ASSERT(failed == 0);
	return (int64_t)ts.tv_sec * SL_US_PER_S + ts.tv_nsec / 1000;
}

static int64_t
system_now_us(void *ctx SL_UNUSED)
{
	return read_clock_us(CLOCK_REALTIME);
}

static int64_t
system_mono_us(void *ctx SL_UNUSED)
{
	return read_clock_us(CLOCK_MONOTONIC);
}

const struct sl_clock sl_system_clock = {
	.now_us = system_now_us,
	.mono_us = system_mono_us,
};

int64_t
sl_now_us(const struct sl_clock *clock)
{
	return clock->now_us(clock->ctx);
}

int64_t
sl_mono_us(const struct sl_clock *clock)
{
	return clock->mono_us(clock->ctx);
}

static int64_t
fake_now_us(void *ctx)
{
	const struct sl_fake_clock *fake = ctx;

	return fake->now_us;
}

static int64_t
fake_mono_us(void *ctx)
{
	const struct sl_fake_clock *fake = ctx;

	return fake->mono_us;
}

void
sl_wait_deadline(int64_t us, struct timespec *out)
{
	(void)clock_gettime(CLOCK_MONOTONIC, out);
	out->tv_sec += (time_t)(us / SL_US_PER_S);
	out->tv_nsec += (long)(us % SL_US_PER_S) * 1000;
	if (out->tv_nsec >= 1000000000L) {
		out->tv_nsec -= 1000000000L;
		out->tv_sec++;
	}
}

static void
fake_idle(void *ctx, int64_t us)
{
	sl_fake_clock_advance(ctx, us);
}

void
sl_fake_clock_init(struct sl_fake_clock *fake, int64_t now_us)
{
	*fake = (struct sl_fake_clock){
		.clock = { .now_us = fake_now_us,
			   .mono_us = fake_mono_us,
			   .idle = fake_idle,
			   .ctx = fake },
		.now_us = now_us,
	};
}

void
sl_fake_clock_advance(struct sl_fake_clock *fake, int64_t us)
{
	fake->now_us += us;
	fake->mono_us += us;
}

static void
system_fill(void *ctx SL_UNUSED, void *bytes, size_t len)
{
	unsigned char *at = bytes;

	while (len > 0) {
		ssize_t n = getrandom(at, len, 0);

		if (n < 0) {
			/* Without randomness there are no safe states or keys. */
			SL_ASSERT(errno == EINTR);
			continue;
		}
		at += n;
		len -= (size_t)n;
	}
}

const struct sl_rng sl_system_rng = { .fill = system_fill };

uint64_t
sl_rng_below(const struct sl_rng *rng, uint64_t bound)
{
	uint64_t draw = 0;
	uint64_t skewed; /* draws below this would favour small results */

	if (bound == 0)
		return 0;
	skewed = (UINT64_MAX - bound + 1) % bound;
	/* Each round fails with p < 1/2; the end is for a generator that is
	 * stuck, as in a test. */
	for (int round = 0; round < 64; round++) {
		rng->fill(rng->ctx, &draw, sizeof(draw));
		if (draw >= skewed)
			break;
	}
	return draw % bound;
}

/* splitmix64 (Steele, Lea, Flood 2014; public domain constants). */
static uint64_t
splitmix64(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Bytes are taken low end first, so a seed means the same on any machine. */
static void
seeded_fill(void *ctx, void *bytes, size_t len)
{
	struct sl_seeded_rng *seeded = ctx;
	unsigned char *at = bytes;
	uint64_t word = 0;

	for (size_t i = 0; i < len; i++) {
		if (i % 8 == 0)
			word = splitmix64(&seeded->state);
		at[i] = (unsigned char)(word & 0xff);
		word >>= 8;
	}
}

void
sl_seeded_rng_init(struct sl_seeded_rng *seeded, uint64_t seed)
{
	seeded->rng = (struct sl_rng){ .fill = seeded_fill, .ctx = seeded };
	seeded->state = seed;
}

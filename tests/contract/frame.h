/* SPDX-License-Identifier: Apache-2.0 */
/* An answer's way over the socket, straight or crooked. */
#ifndef SL_TESTS_CONTRACT_FRAME_H
#define SL_TESTS_CONTRACT_FRAME_H

#include "tests/contract/feed.h"

enum raw_after frame_send(int fd, const struct contract_exchange *x);

#endif

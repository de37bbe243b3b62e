/* SPDX-License-Identifier: Apache-2.0 */
/* The consent page, except that nobody has to click. */
#ifndef EMU_CONSENT_H
#define EMU_CONSENT_H

#include "http.h"

void emu_consent(struct emu_req *r);

#endif

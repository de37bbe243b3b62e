/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_OPTIONS_H
#define EMU_OPTIONS_H

#include "store.h"

/** NULL, or the name that is unknown or has a value of the wrong type. */
const char *emu_options_set(struct emu_options *o, json_t *wanted);
json_t *emu_options_json(const struct emu_options *o);

#endif

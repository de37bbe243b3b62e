/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that hold a secret and are named on the command line. The secret
 * itself never is.
 */
#ifndef SL_CLI_SECRET_FILE_H
#define SL_CLI_SECRET_FILE_H

#include "core/base/error.h"
#include "core/base/secret.h"

/** Largest such file, in bytes: the providers' have less than 2 kB. */
#define SL_SECRET_FILE_MAX 65536

/** The whole file. SL_CONFIG: it is no regular file, cannot be read, or is
 *  larger than SL_SECRET_FILE_MAX. */
sl_status sl_secret_file_read(const char *path, struct sl_secret *out,
			      struct sl_error *err) SL_NODISCARD;

/** One word, in a file that its owner alone may read, without the blanks
 *  around it. SL_CONFIG says what is wrong. */
sl_status sl_secret_file_word(const char *path, struct sl_secret *out,
			      struct sl_error *err) SL_NODISCARD;

#endif

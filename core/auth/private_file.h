/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who else could read a file.
 */
#ifndef SL_AUTH_PRIVATE_FILE_H
#define SL_AUTH_PRIVATE_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

/**
 * Can nobody read or write it but its owner, us and the super-user?
 *
 * systemd hands a credential to a service's user by an access list, of which
 * the mode shows no more than the mask, as if it were the group's.
 *
 * st	of fd
 */
bool sl_file_is_private(int fd, const struct stat *st);

#endif

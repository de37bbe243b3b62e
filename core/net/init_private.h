/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SL_NET_INIT_PRIVATE_H
#define SL_NET_INIT_PRIVATE_H

#include <curl/curl.h>

/** Once a process, before any other call of libcurl; it takes its memory from
 *  us. What came of it. */
CURLcode sl_net_init(void);

#endif

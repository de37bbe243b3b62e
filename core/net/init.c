/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>

#include "core/base/mem.h"

#include "core/net/init_private.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode code;

static void
init(void)
{
	code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, sl_lib_malloc, sl_free,
				    sl_lib_realloc, sl_strdup, sl_lib_calloc);
}

CURLcode
sl_net_init(void)
{
	(void)pthread_once(&once, init);
	return code;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/mail: what mail is made of, by GMime 3.0 and libxml2, which live in
 * this room and nowhere else.
 *
 * All functions of the room are pure, keep nothing between calls, and may be
 * called by any number of threads at once. Results are on the caller's arena
 * and valid UTF-8 without NUL, whatever came in.
 */
#ifndef SL_MAIL_MAIL_H
#define SL_MAIL_MAIL_H

/**
 * Make the libraries ready, once for the process; libxml2 takes its memory
 * from us from now on. Each function of the room sees to it by itself: calling
 * it at start-up moves the milliseconds that it takes to before the threads.
 */
void sl_mail_init(void);

#endif

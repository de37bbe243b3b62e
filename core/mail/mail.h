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
 * from us from now on. Each function of the room sees to it by itself, from any
 * thread: a run without mail has nothing to do with them.
 *
 * Running out of memory ends the process with status 3, inside GLib too. Where
 * not even the line that says so can be written, GLib ends it by a signal.
 */
void sl_mail_init(void);

#endif

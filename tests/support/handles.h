/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles and how they are compared: one table for core/people/handle.h and
 * for sluice.handle_norm().
 */
#ifndef SL_TEST_HANDLES_H
#define SL_TEST_HANDLES_H

struct sl_handle_row {
	const char *in, *out; /* out NULL = no handle; in NULL ends */
};

static const struct sl_handle_row sl_handle_rows[] = {
	{ "https://www.linkedin.com/in/ann-other",
	  "linkedin.com/in/ann-other" },
	{ "HTTP://WWW.LinkedIn.com/IN/Ann-Other/",
	  "linkedin.com/in/ann-other" },
	{ "linkedin.com/in/ann", "linkedin.com/in/ann" },
	{ "www.linkedin.com/in/ann", "linkedin.com/in/ann" },
	{ " https://linkedin.com/in/ann/?trk=a/b \r\n", "linkedin.com/in/ann" },
	{ "https://linkedin.com/in/ann//#x?y", "linkedin.com/in/ann" },
	{ "https://no.linkedin.com/in/ann", "no.linkedin.com/in/ann" },
	{ "https://a.example:8443/in/ann", "a.example:8443/in/ann" },
	/* percent-encoding */
	{ "https://l.example/in/jos%C3%A9-1", "l.example/in/jos\u00e9-1" },
	{ "https://l.example/in/jos\u00e9-1", "l.example/in/jos\u00e9-1" },
	{ "https://l.example/in/%41nn%2D%5f%7E%2e", "l.example/in/ann-_~." },
	{ "https://l.example/in/%C3%89va", "l.example/in/\u00c9va" },
	{ "https://l.example/in/%E5%B1%B1%F0%9F%98%80",
	  "l.example/in/\u5c71\U0001f600" },
	{ "https://l.example/in/a%2Fb%3F%23%20%00%7f",
	  "l.example/in/a%2fb%3f%23%20%00%7f" },
	{ "https://l.example/in/a%2541", "l.example/in/a%2541" },
	{ "https://l.example/in/%%34%31", "l.example/in/%%34%31" },
	{ "https://l.example/in/100%", "l.example/in/100%" },
	{ "https://l.example/in/%4", "l.example/in/%4" },
	{ "https://l.example/in/%C3%41x%61", "l.example/in/%c3%41x%61" },
	{ "https://l.example/in/%ED%A0%80", "l.example/in/%ed%a0%80" },
	{ "https://l.example/in/%C0%AF", "l.example/in/%c0%af" },
	{ "https://l.example/in/%C3", "l.example/in/%c3" },
	{ "https://l.example/in/%F4%90%80%80", "l.example/in/%f4%90%80%80" },
	/* URNs */
	{ "urn:li:person:AbC_d-9", "urn:li:person:AbC_d-9" },
	{ "URN:li:person:AbC", "urn:li:person:AbC" },
	{ " urn:li:member:1 ", "urn:li:member:1" },
	{ "urn:x/?y#z/", "urn:x/?y#z/" },
	{ "urn:", 0 },
	{ "urn:a b", 0 },
	/* no handles */
	{ "", 0 },
	{ "  ", 0 },
	{ "Ann Other", 0 },
	{ "ann", 0 },
	{ "@ann", 0 },
	{ "ann/other", 0 },
	{ "https://", 0 },
	{ "https://l.example", 0 },
	{ "https://l.example/", 0 },
	{ "https://l.example/?in=ann", 0 },
	{ "https://localhost/in/ann", 0 },
	{ "https://.example/in/ann", 0 },
	{ "https://example./in/ann", 0 },
	{ "https://https://l.example/in/ann", 0 },
	{ "https://ann@l.example/in/ann", 0 },
	{ "ftp://l.example/in/ann", 0 },
	{ "https://l.example/in/ann other", 0 },
	{ "https://l.example/in/ann\x01", 0 },
	{ "www.example/in", 0 },
	{ "www.www.l.example/in", "l.example/in" },
	{ 0, 0 },
};

#endif

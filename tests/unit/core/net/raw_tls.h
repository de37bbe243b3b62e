/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates made on the spot: an authority of the test's own, and servers'
 * certificates with any fault. A header of functions, because each test
 * program is one file.
 */
#ifndef TESTS_UNIT_CORE_NET_RAW_TLS_H
#define TESTS_UNIT_CORE_NET_RAW_TLS_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
/* clang-format on */

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#define YEAR_S (365L * 86400)

struct party {
	EVP_PKEY *key;
	X509 *cert;
};

static inline void
add_extension(X509 *cert, X509 *issuer, int id, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, id, value);
	assert_non_null(extension);
	assert_int_equal(X509_add_ext(cert, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

/** A certificate; `issuer` NULL: an authority that signs itself. */
static inline struct party
certify(const char *name, long from_s, long until_s, const struct party *issuer)
{
	static long serial;
	struct party p = { EVP_EC_gen("P-256"), X509_new() };
	const struct party *by = issuer ? issuer : &p;
	X509_NAME *subject = X509_get_subject_name(p.cert);
	char alternative[80];

	(void)X509_set_version(p.cert, 2);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(p.cert), ++serial);
	(void)X509_gmtime_adj(X509_getm_notBefore(p.cert), from_s);
	(void)X509_gmtime_adj(X509_getm_notAfter(p.cert), until_s);
	(void)X509_set_pubkey(p.cert, p.key);
	(void)X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
					 (const unsigned char *)name, -1, -1,
					 0);
	(void)X509_set_issuer_name(p.cert, X509_get_subject_name(by->cert));
	if (issuer) {
		(void)snprintf(alternative, sizeof(alternative), "IP:%s", name);
		add_extension(p.cert, by->cert, NID_subject_alt_name,
			      alternative);
	} else {
		add_extension(p.cert, p.cert, NID_basic_constraints,
			      "critical,CA:TRUE");
	}
	assert_true(X509_sign(p.cert, by->key, EVP_sha256()) > 0);
	return p;
}

static inline void
drop(struct party *p)
{
	EVP_PKEY_free(p->key);
	X509_free(p->cert);
}

/** Write an authority's certificate to a new file in /tmp; its name to `path`. */
static inline void
write_authority(const struct party *authority, char path[64])
{
	FILE *file;
	int fd;

	(void)snprintf(path, 64, "/tmp/sluice-test-ca-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	file = fdopen(fd, "w");
	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, authority->cert), 1);
	assert_int_equal(fclose(file), 0);
}

#endif

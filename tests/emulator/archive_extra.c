/* SPDX-License-Identifier: Apache-2.0 */
/* What else an archive holds; headers as in real ones. */
#include <string.h>

#include "archive.h"

struct extra {
	const char *name;
	bool suffixed; /* with the member's number, in 2026 */
	const char *text;
};

static const struct extra extras[] = {
	{ "Shares.csv", true,
	  "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n"
	  "2026-02-09 01:21:47,https://www.linkedin.com/feed/update/"
	  "urn%3Ali%3AugcPost%3A7390000000000000200,\"New paper,\n\"\"fine"
	  "\"\"\",,,MEMBER_NETWORK" },
	{ "Comments.csv", true,
	  "Date,Link,Message\n2026-05-02 09:00:00,https://www.linkedin.com/"
	  "feed/update/urn%3Ali%3Aactivity%3A7390000000000000300,Well done!" },
	{ "Reactions.csv", true, "Date,Type,Link\n" },
	{ "Education.csv", false,
	  "School Name,Start Date,End Date,Notes,Degree Name,Activities\n"
	  "Example University,2008,2012,,\"BSc, Physics\"," },
	{ "Learning.csv", false,
	  "Content Title,Content Description,Content Type,\n"
	  "Reading,\"Slow, and well\",Course," },
	{ "Ad_Targeting.csv", false,
	  "Member Age,Company Names,Company Names,Company Names\n"
	  "35-54,A,B,\"C, D\"" },
	{ "guide_messages.csv", false,
	  "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,"
	  "RECIPIENT PROFILE URLS,DATE,SUBJECT,CONTENT,FOLDER\n"
	  "2-Z3VpZGU=,,LinkedIn guide,,Member,,2026-01-01 00:00:00 UTC,,"
	  "Written by no human,INBOX" },
	{ "LearningCoachMessages.csv", false, "No conversations found" },
	{ "Company Follows.csv", false,
	  "Organization,Followed On\nExample,Sat Sep 05 08:12:14 UTC 2026" },
	{ "Endorsement_Received_Info.csv", false,
	  "Endorsement Date,Skill Name,Endorser First Name,Endorser Last Name,"
	  "Endorser Public Url,Endorsement Status\n" },
	{ "Jobs/Saved Jobs.csv", false, "Saved Date,Job Url,Job Title\n" },
};

/* Only of the style `extra`: unknown ones, and names that are not ASCII. */
static const struct extra strange[] = {
	{ "Articles/Articles/Über uns – 第一.html", false,
	  "<html><body>First</body></html>" },
	{ "Verifications/Verifications.csv", false, "a,b\n1,2\n" },
	{ "Something New 2027.csv", false, "x\ty\n\"open" },
	{ "empty.csv", false, "" },
	{ "photo.jpg", false, "\xff\xd8\xff\xe0 not a picture" },
};

static void
put_file(struct emu_zip *zip, const struct extra *x, const char *folder,
	 const char *suffix)
{
	struct emu_buf name = { 0 };
	size_t stem = strlen(x->name) - 4; /* ".csv" */

	emu_puts(&name, folder);
	if (x->suffixed && *suffix)
		emu_putf(&name, "%.*s%s.csv", (int)stem, x->name, suffix);
	else
		emu_puts(&name, x->name);
	emu_zip_begin(zip, name.data, 0);
	emu_zip_put(zip, x->text, strlen(x->text));
	emu_zip_end(zip);
	emu_buf_free(&name);
}

void
emu_archive_extra(struct emu_zip *zip, const char *folder, const char *suffix,
		  bool unheard_of)
{
	for (size_t i = 0; i < EMU_COUNT(extras); i++)
		put_file(zip, &extras[i], folder, suffix);
	for (size_t i = 0; unheard_of && i < EMU_COUNT(strange); i++)
		put_file(zip, &strange[i], folder, "");
}

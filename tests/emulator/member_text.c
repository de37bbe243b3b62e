/* SPDX-License-Identifier: Apache-2.0 */
/* What members write to each other. */
#include "member.h"

static const char *const openers[] = {
	"Hi, thanks for connecting!",
	"Thanks!",
	"👍",
	"Congratulations on the new role 🎉",
	"Buenos días, ¿cómo va todo?",
	"Guten Tag, passt Ihnen Donnerstag?",
	"Bonjour, merci pour votre message.",
	"お久しぶりです。",
	"مرحبا، كيف حالك؟",
	"שלום, מה שלומך?",
	"Добрый день!",
	"नमस्ते",
	"안녕하세요",
	"=SUM(A1:A9) is what I meant",
	"\"Quoted\", with commas, and a ; too",
	"Cafe\u0301 at ten?",
	"Family \U0001F468\u200d\U0001F469\u200d\U0001F467\u200d\U0001F466",
	"-- see below --",
	"Are you open to new opportunities?",
	"Would love your thoughts on our deck, it is at "
	"https://slides.example.com/d/1?x=1&y=2#top",
	"Call me: +44 20 7946 0000",
	"C:\\temp\\plan.txt <not html> & co",
};

static const char *const sentences[] = {
	" Let me know what you think.",
	"\nBring the \"deck\".",
	" I am free on Tuesday, or on Friday.",
	"\n\nBest regards,\nA.",
	" Wir sehen uns dann.",
	"\n- first point\n- second point\n",
	" 資料を添付しました。",
	"\tTabbed.",
	" It was a pleasure to meet you in Oslo.",
	" Please find the numbers attached, and my comments.",
	" \u200eMixed \u05e2\u05d1\u05e8\u05d9\u05ea text\u200f.",
	" We are hiring: engineers, analysts, and more.",
};

void
emu_put_letter(struct emu_buf *b, uint64_t content)
{
	uint64_t more = emu_draw(content, 1) % 1000;
	uint64_t n = more < 450   ? 0
		     : more < 900 ? 1 + more % 4
		     : more < 997 ? 5 + more % 20
				  : 200;

	emu_puts(b, openers[emu_draw(content, 2) % EMU_COUNT(openers)]);
	for (uint64_t i = 0; i < n; i++)
		emu_puts(b, sentences[emu_draw(content, 10 + i) %
				      EMU_COUNT(sentences)]);
	if (emu_draw(content, 3) % 3 == 0)
		emu_putf(b, " (%llu)",
			 (unsigned long long)(emu_draw(content, 4) % 100000));
}

void
emu_put_subject(struct emu_buf *b, uint64_t content)
{
	static const char *const subjects[] = {
		"Opportunity at Aurora Grid, AB",
		"Quick question",
		"Re: your profile",
		"Angebot \"Senior\" (m/w/d)",
		"An idea 💡",
	};

	emu_puts(b, subjects[emu_draw(content, 5) % EMU_COUNT(subjects)]);
}

void
emu_put_advert(struct emu_buf *b, uint64_t content)
{
	emu_putf(b,
		 "<p class=\"spinmail-quill-editor__spin-break\">Hi "
		 "%%FIRSTNAME%%, offer number %llu</p><p "
		 "class=\"spinmail-quill-editor__spin-break\"><br></p>"
		 "<p><a href=\"https://ads.example.net/c?id=%llu&amp;x=1\">"
		 "Learn &quot;more&quot;</a></p>",
		 (unsigned long long)(content % 10000),
		 (unsigned long long)(content % 997));
}

const char *
emu_invitation_text(uint64_t content)
{
	static const char *const texts[] = {
		"",
		"",
		"",
		"Hi, we met in Oslo",
		"Let's connect, \"partner\"",
		"Hola,\n¿conectamos?",
		"今後ともよろしくお願いします",
	};

	return texts[emu_draw(content, 6) % EMU_COUNT(texts)];
}

const char *
emu_group_title(uint64_t content)
{
	static const char *const titles[] = {
		"",
		"",
		"Offsite, spring",
		"Alumni \"2019\"",
		"Projekt Möwe",
		"🚀 launch crew",
	};

	return titles[emu_draw(content, 7) % EMU_COUNT(titles)];
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Titles, descriptions and places, in several languages and tempers. */
#include <string.h>

#include "gen.h"

enum draw { DRAW_TITLE = 100, DRAW_NUMBER, DRAW_BODY, DRAW_BODY_LEN };

static const char *const titles[] = {
	"Pipeline review",
	"Weekly sync",
	"1:1",
	"Reunión de equipo",
	"Besprechung: Quartalszahlen",
	"Déjeuner avec l'équipe",
	"営業会議",
	"اجتماع الفريق",
	"פגישת צוות",
	"Планёрка",
	"टीम बैठक",
	"Coffee \u2615\ufe0f",
	"Launch \U0001F680\U0001F680\U0001F680",
	"Family \U0001F468\u200d\U0001F469\u200d\U0001F467\u200d\U0001F466",
	"\"Quarterly\" plan <v2> & \\notes\\",
	"Dentist",
	"Call with client",
	"Interview: backend engineer",
	"Demo day",
	"Budget 2027",
	"Ελληνικά μαθήματα",
	"Réunion de lancement",
	"Standup",
	"Board meeting",
	"프로젝트 회의",
	"Café com o cliente",
	"Customer onboarding",
	"RE: RE: FW: contract",
	"Lunch",
	"Retrospective",
	"ﬁnal ligature cafe\u0301 NFD",
	"Gym",
	"Yoga \U0001F9D8\U0001F3FD",
	"Team offsite",
	"All hands",
	"Webinar: calendars at scale",
};

static const char *const sentences[] = {
	"Please read the attached notes before we meet. ",
	"Agenda: numbers, hiring, open questions. ",
	"<b>Agenda</b><br><ul><li>Numbers</li><li>Next steps</li></ul>",
	"Dial-in details follow below.\n",
	"<a href=\"https://docs.example.com/d/1?x=1&amp;y=2\">Document</a><br>",
	"Traigan las cifras del último trimestre. ",
	"Bitte vorher das Protokoll lesen. ",
	"資料を事前にご確認ください。",
	"الرجاء الاطلاع على المرفقات. ",
	"<p>Minutes &amp; actions:&nbsp;see the <i>wiki</i></p>",
	"\u2022 first point\r\n\u2022 second point\r\n",
	"Call me at +34 911 000 000 or write to help@example.org. ",
	"\U0001F4CE Slides: https://slides.example.net/deck/42\n",
	"We shall keep it short, but bring your questions. ",
	"-::~:~::~:~:~:~:~:~:~:~:~:~:~:~:~:~:~:~::~:~::-\n",
	"She said \"maybe\", he wrote C:\\temp\\plan.txt. ",
	"Tab\tseparated\tvalues\n",
	"Nothing else to add here for the moment. ",
};

static const char *const places[] = {
	"Room 4",
	"Calle Mayor 1, 28013 Madrid, Spain",
	"https://meet.example.com/abc",
	"Zoom",
	"Conference Room \"Ada\"",
	"東京都千代田区1-1",
	"221B Baker Street, London",
	"Café Central, Herrengasse 14, Wien",
	"HQ, 3rd floor",
	"TBD",
};

bool
emu_put_title(struct emu_buf *b, const struct emu_spec *s)
{
	uint64_t t = emu_draw(s->content, DRAW_TITLE);
	uint64_t n = emu_draw(s->content, DRAW_NUMBER);

	if (s->type == EMU_BIRTHDAY)
		emu_putf(b, "Birthday %u \U0001F382", (unsigned)(n % 900));
	else if (s->type == EMU_WORKING_LOCATION)
		emu_puts(b, n % 2 ? "Home" : "Office");
	else if (s->type == EMU_OUT_OF_OFFICE)
		emu_puts(b, "Out of office");
	else if (s->type == EMU_FOCUS_TIME)
		emu_puts(b, "Focus time");
	else if (s->type == EMU_FROM_GMAIL)
		emu_putf(b, "Flight to Madrid (EX %u)", (unsigned)(n % 9000));
	else if (t % 100 == 0)
		return false;
	else
		emu_puts(b, titles[t / 128 % EMU_COUNT(titles)]);
	if (s->type == EMU_DEFAULT && n % 3 == 0)
		emu_putf(b, " #%u", (unsigned)(n / 8 % 5000));
	if (s->moved)
		EMU_LIT(b, " (moved)");
	return true;
}

/* Bytes wanted: half none, else median 200, a tail up to 8,000. */
static size_t
body_length(uint64_t draw)
{
	static const unsigned steps[] = { 30,  60,  90,  120,  160, 200,
					  300, 500, 900, 2500, 8000 };
	uint64_t at = draw >> 8 & 0x3ff;
	uint64_t i = at * 10 >> 10, f = (at * 10) & 0x3ff;

	if (draw & 1)
		return 0;
	return steps[i] + ((steps[i + 1] - steps[i]) * (f * f >> 10) >> 10);
}

bool
emu_put_description(struct emu_buf *b, const struct emu_spec *s)
{
	uint64_t draw = emu_draw(s->content, DRAW_BODY_LEN);
	struct emu_rng rng = { .state = emu_draw(s->content, DRAW_BODY) };
	size_t want = body_length(draw), len = 0;

	if (want == 0)
		return false;
	while (len < want) {
		const char *text =
			sentences[emu_below(&rng, EMU_COUNT(sentences))];

		emu_puts(b, text);
		len += strlen(text);
	}
	return true;
}

const char *
emu_location_text(uint64_t draw)
{
	return places[draw % EMU_COUNT(places)];
}

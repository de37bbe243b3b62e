/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/table.h"

#include <string.h>

#include "core/base/attr.h"

#include "cli/commands.h"

const struct sl_flag_row sl_flag_rows[SL_FLAGS] = {
	[SL_FLAG_HELP] = { "help", NULL, NULL, "Say what a command does." },
	[SL_FLAG_VERSION] = { "version", NULL, NULL, "Print the version." },
	[SL_FLAG_DATABASE_URL] = { "database-url", "URL", "SLUICE_DATABASE_URL",
				   "The database; without it libpq's PG* "
				   "variables. A pooler in transaction mode is "
				   "fine." },
	[SL_FLAG_DIRECT_URL] = { "direct-url", "URL", "SLUICE_DIRECT_URL",
				 "The database past any pooler: for migrate (as "
				 "its owner), and for worker to listen. "
				 "Default: the database URL." },
	[SL_FLAG_KEY_FILE] = { "key-file", "FILE", "SLUICE_KEY_FILE",
			       "Master keys that seal tokens, one id:base64 a "
			       "line, the current one first; mode 0600." },
	[SL_FLAG_LOG_LEVEL] = { "log-level", "LEVEL", "SLUICE_LOG_LEVEL",
				"Log to stderr: error, warn, info or debug. "
				"Default: no log." },
	[SL_FLAG_JSON] = { "json", NULL, NULL,
			   "Print JSON, one object a line." },
	[SL_FLAG_USER] = { "user", "U", NULL,
			   "The user, by uuid or e-mail address." },
	[SL_FLAG_PROVIDER] = { "provider", "P", NULL,
			       "Only accounts of this connector." },
	[SL_FLAG_EMAIL] = { "email", "A", NULL,
			    "The new user's e-mail address." },
	[SL_FLAG_ACCOUNT] = { "account", "A", NULL,
			      "The account, by its address or the "
			      "provider's id; connect refuses another." },
	[SL_FLAG_CLIENT_FILE] = { "client-file", "FILE", NULL,
				  "The OAuth client file from the provider's "
				  "console." },
	[SL_FLAG_CLIENT_ID] = { "client-id", "ID", NULL,
				"The client's id, of a provider without "
				"client files." },
	[SL_FLAG_CLIENT_SECRET_FILE] = { "client-secret-file", "FILE", NULL,
					 "A file that holds the client's "
					 "secret alone; mode 0600." },
	[SL_FLAG_REDIRECT_URI] = { "redirect-uri", "URI", NULL,
				   "With --client-id: the redirect address "
				   "that the client has registered. Default: "
				   "http://127.0.0.1:8765/callback." },
	[SL_FLAG_TOKEN_FILE] = { "token-file", "FILE", NULL,
				 "No browser at all: a file that holds an "
				 "access token made in the provider's console, "
				 "alone; mode 0600." },
	[SL_FLAG_LISTEN] = { "listen", "ADDR:PORT", NULL,
			     "Wait for the redirect here instead of on a free "
			     "port of 127.0.0.1." },
	[SL_FLAG_NO_BROWSER] = { "no-browser", NULL, NULL,
				 "Open no browser: print the address alone on "
				 "a line of stdout, and also take the address "
				 "it ends at, pasted into stdin." },
	[SL_FLAG_DUE] = { "due", NULL, NULL,
			  "Only what is due now and not busy: the cron line. "
			  "Quiet unless something fails." },
	[SL_FLAG_FULL] = { "full", NULL, NULL,
			   "Walk everything again instead of asking for "
			   "changes." },
	[SL_FLAG_MAX_TIME] = { "max-time", "T", NULL,
			       "Leave the rest for later after this long, e.g. "
			       "90s or 10m; of a resync: wait no longer. "
			       "Default with --due: 4m." },
	[SL_FLAG_WAIT] = { "wait", NULL, NULL,
			   "Wait until it is done, and say how it went." },
	[SL_FLAG_ACCEPT_DELETIONS] = { "accept-deletions", NULL, NULL,
				       "Agree to the deletions that are held "
				       "back: the resync carries them out." },
	[SL_FLAG_DRY_RUN] = { "dry-run", NULL, NULL,
			      "Ask the provider, store nothing: say what would "
			      "become of each item." },
	[SL_FLAG_PAGES] = { "pages", "N", NULL,
			    "With --dry-run: look at so many pages of an "
			    "account. Default: 10." },
	[SL_FLAG_REPAIR] = { "repair", NULL, NULL,
			     "Read again what differs: by id, or the whole "
			     "list where a provider gives nothing by id." },
	[SL_FLAG_LIMIT] = { "limit", "N", NULL,
			    "At most so many. Default: 20." },
	[SL_FLAG_ENABLE] = { "enable", "KEY", NULL,
			     "Pull the stream with this key, or of this kind if it "
			     "has none." },
	[SL_FLAG_DISABLE] = { "disable", "KEY", NULL,
			      "Do not pull the stream with this key, or of this "
			      "kind if it has none." },
	[SL_FLAG_QUARANTINED] = { "quarantined", NULL, NULL,
				  "List the items that could not be stored: "
				  "which, why, and when they are tried "
				  "again." },
	[SL_FLAG_MAX_AGE] = { "max-age", "T", NULL,
			      "With --check: the last success may be so old, "
			      "e.g. 30m or 2h. Default: three intervals of the "
			      "account, an hour at least." },
	[SL_FLAG_ERASE] = { "erase", NULL, NULL,
			    "Also erase what came with the account, and print "
			    "a receipt." },
	[SL_FLAG_YES] = { "yes", NULL, NULL,
			  "Do not ask whether it is meant." },
	[SL_FLAG_OUTPUT] = { "output", "FILE", NULL,
			     "Write to this new file, mode 0600, instead of "
			     "stdout." },
	[SL_FLAG_AS_OF] = { "as-of", "DATE", NULL,
			    "When the archive was made, if neither its name "
			    "nor the files in it tell that right." },
	[SL_FLAG_STATUS] = { "status", "S", NULL,
			     "Only runs of this status: running, ok, partial, "
			     "failed or interrupted." },
	[SL_FLAG_TRIGGER] = { "trigger", "T", NULL,
			      "Only runs that began by this: manual, schedule, "
			      "resync, connect or import." },
	[SL_FLAG_SINCE] = { "since", "WHEN", NULL,
			    "Only runs that went on then or later: so long "
			    "ago (90m, 7d), a day, or an RFC 3339 time." },
	[SL_FLAG_UNTIL] = { "until", "WHEN", NULL,
			    "Only runs that began by then; as --since." },
	[SL_FLAG_ERRORS] = { "errors", NULL, NULL,
			     "Only runs that did not end well." },
	[SL_FLAG_RUN] = { "run", "ID", NULL,
			  "One run in full, with the items that it left out "
			  "or could not store." },
	[SL_FLAG_FOLLOW] = { "follow", NULL, NULL,
			     "Go on, and print each run when it begins and "
			     "when it changes, until Ctrl-C." },
	[SL_FLAG_STREAMS] = { "streams", NULL, NULL,
			      "A line for each stream: from when to when it "
			      "is complete, what is missing and why, and how "
			      "long a walk still takes." },
	[SL_FLAG_CHECK] = { "check", NULL, NULL,
			    "Of an archive: only check it, no database is "
			    "asked, nothing is stored. Of the status: a line "
			    "for each account that has a problem, else ok." },
	[SL_FLAG_RUNS] = { "runs", "N", NULL,
			   "So many accounts at once, walks in three quarters "
			   "of them at most. Default: 128." },
	[SL_FLAG_WORKERS] = { "workers", "N", NULL,
			      "So many threads, each with a database connection "
			      "of its own. Default: 2." },
	[SL_FLAG_PROVIDER_RUNS] = { "provider-runs", "P=N,...", NULL,
				    "Of a connector so many accounts at once; "
				    "several are parted by commas." },
	[SL_FLAG_SLICE] = { "slice", "T", NULL,
			    "After so long a run makes room for others, and "
			    "goes on later. Default: 60s." },
	[SL_FLAG_GRACE] = { "grace", "T", NULL,
			    "When told to stop: what is under way has so long "
			    "to end. Default: 30s." },
	[SL_FLAG_POLL] = { "poll", "T", NULL,
			   "Look for new work at least so often. Default: "
			   "5s." },
};

const enum sl_flag sl_common_flags[] = {
	SL_FLAG_DATABASE_URL,
	SL_FLAG_DIRECT_URL,
	SL_FLAG_KEY_FILE,
	SL_FLAG_LOG_LEVEL,
	SL_FLAG_HELP,
	SL_FLAG_VERSION,
	SL_FLAGS,
};

const struct sl_variable_row sl_variable_rows[] = {
	{ "SLUICE_CA_FILE", "Certificate authorities (PEM) for requests to "
			    "providers, instead of the system's. For a private "
			    "proxy that has an authority of its own." },
	{ "SLUICE_LOG_FORMAT", "text (default) or json: how log lines look." },
	{ "SLUICE_NOTIFY_COMMAND",
	  "Run by /bin/sh, once each time that an account stops and must be "
	  "connected again, with SLUICE_EVENT (needs_reauth), SLUICE_USER, "
	  "SLUICE_PROVIDER, SLUICE_ACCOUNT, SLUICE_INTEGRATION and "
	  "SLUICE_REASON set. Its output goes nowhere; after 10 seconds it is "
	  "killed." },
	{ "SLUICE_PROXY", "Proxy for requests to providers, a whole URL. "
			  "http_proxy and the like are not looked at." },
	{ "SLUICE_QUOTA", "off: do not pace requests by the providers' "
			  "published quotas. For tests and private proxies." },
	{ NULL, NULL },
};

#define FLAGS(...) ((const enum sl_flag[]){ __VA_ARGS__, SL_FLAGS })
#define NO_FLAGS   ((const enum sl_flag[]){ SL_FLAGS })

const struct sl_command sl_commands[] = {
	{ .name = "migrate",
	  .words = "[up|status|plan|down [N|all]]",
	  .words_max = 2,
	  .summary = "Bring the database's schema up to date.",
	  .about = "up (the default) applies what is pending, status lists "
		   "every migration, plan prints the SQL that up would run, "
		   "down reverts the newest one, the N newest or all, with "
		   "the data in them. Uses the direct URL and its login, which "
		   "must own the schema. Safe to start several times at once.",
	  .flags = FLAGS(SL_FLAG_JSON),
	  .run = sl_cmd_migrate },
	{ .name = "keys",
	  .words = "[generate|status|rotate|forget ID]",
	  .words_max = 2,
	  .summary = "Make a master key, look after those in use.",
	  .about = "generate prints one line for the key file and writes "
		   "nothing else: put it first in a file that only sluice can "
		   "read (chmod 600), and keep a copy apart from the "
		   "database's backups. Without the key file the stored "
		   "tokens cannot be opened by anybody.\n\n"
		   "status (the default) tells for each key whether it is in "
		   "the file and how much is sealed with it: what a missing "
		   "one costs, and which old one may go. Exit status 1: one "
		   "that is needed is missing.\n\n"
		   "rotate seals everything anew with the file's first key, "
		   "while others work, and says which old keys may go. It "
		   "can be stopped at any time and started again. Processes "
		   "that run follow the file.\n\n"
		   "forget gives up what is sealed with a key that is lost "
		   "for good: those tokens are deleted and their accounts "
		   "need consent again. A client's secret is sealed anew by "
		   "setup.",
	  .flags = FLAGS(SL_FLAG_JSON),
	  .run = sl_cmd_keys },
	{ .name = "setup",
	  .words = "PROVIDER",
	  .words_min = 1,
	  .words_max = 1,
	  .summary = "Store a provider's OAuth client, sealed.",
	  .about = "Reads the client file that the provider's console hands "
		   "out, or, of a provider that has none, takes the client's "
		   "id and a file with its secret, asks whether it knows "
		   "the client, seals the secret, makes the client the active "
		   "one of that provider and prints what is left to do in the "
		   "console. A client that the provider refuses is not stored; "
		   "one that it could not be asked about is, with a "
		   "warning.\n\n"
		   "Accounts that were connected with an earlier client go on "
		   "with that one.",
	  .flags = FLAGS(SL_FLAG_CLIENT_FILE, SL_FLAG_CLIENT_ID,
			 SL_FLAG_CLIENT_SECRET_FILE, SL_FLAG_REDIRECT_URI),
	  .run = sl_cmd_setup },
	{ .name = "user",
	  .words = "add|list",
	  .words_min = 1,
	  .words_max = 1,
	  .summary = "Add or list the users of a plain PostgreSQL.",
	  .about = "add makes a user and prints the id. Where users belong to "
		   "Supabase, create them there; list shows them all the "
		   "same.",
	  .flags = FLAGS(SL_FLAG_EMAIL, SL_FLAG_JSON),
	  .run = sl_cmd_user },
	{ .name = "connect",
	  .words = "PROVIDER",
	  .words_min = 1,
	  .words_max = 1,
	  .summary = "Connect an account: its owner consents in a browser.",
	  .about = "Waits up to five minutes for the consent on a loopback "
		   "address, checks who consented and to what, and stores the "
		   "tokens sealed. Connecting the same account again renews "
		   "the consent and keeps settings, streams and cursors. When "
		   "another account consents than the one that the user has, "
		   "nothing is stored: name a second account with "
		   "--account.\n\n"
		   "PROVIDER is one connector (sluice connectors lists them), "
		   "or a provider: all of its connectors by one consent. "
		   "Boxes that the owner leaves unticked are told, the others "
		   "are connected. Each name has a consent of its own.\n\n"
		   "On a host without a browser use --no-browser and either "
		   "forward the port (ssh -L) or paste the address that the "
		   "browser could not open.\n\n"
		   "With --token-file there is no consent: the "
		   "token comes from the provider's developer console, the "
		   "provider tells when it ends, and then a new one must be "
		   "given.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_ACCOUNT, SL_FLAG_LISTEN,
			 SL_FLAG_NO_BROWSER, SL_FLAG_TOKEN_FILE),
	  .run = sl_cmd_connect },
	{ .name = "sync",
	  .summary = "Pull what is new, now and in the foreground.",
	  .about = "Runs every connected account that matches, whether it is "
		   "due or not, and waits for one that is busy. Stopping it "
		   "(once: in good order; twice: at once) loses nothing: the "
		   "next run goes on where this one stopped.\n\n"
		   "The cron line: */5 * * * * sluice sync --due\n\n"
		   "With --dry-run nothing is stored but refreshed tokens: "
		   "each item is named once, with what would become of it and "
		   "why, and with --full also what a full walk would delete. "
		   "It does not wait for a run that is going on.",
	  .flags = FLAGS(SL_FLAG_DUE, SL_FLAG_USER, SL_FLAG_PROVIDER,
			 SL_FLAG_FULL, SL_FLAG_MAX_TIME, SL_FLAG_DRY_RUN,
			 SL_FLAG_PAGES, SL_FLAG_JSON),
	  .run = sl_cmd_sync },
	{ .name = "worker",
	  .summary = "Pull what is due, until told to stop: the daemon.",
	  .about =
		  "Each account has an interval; its polls are spread over it, "
		  "new accounts come first, and what changed comes before old "
		  "mail. Any number of workers on any number of hosts share "
		  "the work through the database, and so do sync --due and "
		  "sync beside them. It listens for requests (resync) and for "
		  "accounts that are new or go on, at the direct URL, else at "
		  "the database URL where no pooler stands between; where it "
		  "cannot, it looks every few seconds.\n\n"
		  "SIGTERM or Ctrl-C: it takes nothing more, and what is under "
		  "way may end; then the exit status is 0. A second one: at "
		  "once. A hangup is ignored; the key file is read again when "
		  "it has changed. The database may go away and come back; "
		  "only at the start it must be there (exit status 3). Logs "
		  "to stderr, level info by default: a line for each run, "
		  "those without news at level debug.",
	  .flags = FLAGS(SL_FLAG_PROVIDER, SL_FLAG_RUNS, SL_FLAG_WORKERS,
			 SL_FLAG_PROVIDER_RUNS, SL_FLAG_SLICE, SL_FLAG_GRACE,
			 SL_FLAG_POLL, SL_FLAG_JSON),
	  .run = sl_cmd_worker },
	{ .name = "resync",
	  .summary = "Ask for a full walk of a user's accounts; returns.",
	  .about = "The next sync --due, or sync, does it; what is going on "
		   "is not disturbed. Nothing disappears meanwhile. An account "
		   "that cannot run is named, with what helps. Exit status 1: "
		   "one needs a person, or none was asked for.\n\n"
		   "With --wait, which Ctrl-C ends without ending the resync, "
		   "it is also 1 when a run fails or is not done in time. It "
		   "runs nothing itself.\n\n"
		   "Where much seems to be gone at once, deletions are held "
		   "back, and status counts them. --accept-deletions agrees to "
		   "what the next walk finds gone, for that one walk.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_PROVIDER, SL_FLAG_WAIT,
			 SL_FLAG_MAX_TIME, SL_FLAG_ACCEPT_DELETIONS),
	  .run = sl_cmd_resync },
	{ .name = "pause",
	  .summary = "Let a user's accounts rest.",
	  .about =
		  "A run that is going on stops at the page it is storing, and "
		  "none begins until resume. Cursors, data and consent stay. "
		  "What needs a person stays so, with exit status 1.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_PROVIDER, SL_FLAG_JSON),
	  .run = sl_cmd_pause },
	{ .name = "resume",
	  .summary = "Let paused accounts go on.",
	  .about = "They are due at once, and go on where they stopped; so do "
		   "accounts that were parked because their runs died. One "
		   "whose consent has ended is not started: it is named, with "
		   "exit status 1.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_PROVIDER, SL_FLAG_JSON),
	  .run = sl_cmd_resume },
	{ .name = "status",
	  .summary = "How each connected account is.",
	  .about = "Account, status, last success, next run, streams, items "
		   "filtered on purpose and items in quarantine, what waits "
		   "for a person, the last error. Exit status 1: a person is "
		   "needed, to consent again, to agree to deletions, or to "
		   "look after runs that died. With --quarantined: the "
		   "items themselves, those that are tried again next first."
		   "\n\n"
		   "With --check the exit status is 1 also when an account has "
		   "had no success for long, whatever the cause: nobody syncs, "
		   "the provider is down, a stream fails in every run. "
		   "And when a walk stands still, very many items could not "
		   "be stored within a day, or a consent ends within three "
		   "days. Accounts that are paused or disconnected do not "
		   "count.\n\n"
		   "With --streams: from when to when each stream is complete, "
		   "and each gap with its cause; of a walk the time that it "
		   "still takes, by what it has done so far. With --user "
		   "both are printed. The view "
		   "sync_coverage says the same to applications.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_PROVIDER, SL_FLAG_STREAMS,
			 SL_FLAG_CHECK, SL_FLAG_MAX_AGE, SL_FLAG_QUARANTINED,
			 SL_FLAG_LIMIT, SL_FLAG_JSON),
	  .run = sl_cmd_status },
	{ .name = "logs",
	  .summary = "The runs of late, the newest first.",
	  .about = "Runs that found nothing new are folded into one row, with "
		   "their number. Filters go together. A run that was killed "
		   "is interrupted, as soon as somebody takes over.\n\n"
		   "With --run: one run in full, and the items that it left "
		   "out or could not store. With --follow: the newest, then "
		   "each run when it begins, changes and ends, once; until "
		   "Ctrl-C, or until nobody reads any more.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_PROVIDER, SL_FLAG_STATUS,
			 SL_FLAG_TRIGGER, SL_FLAG_ERRORS, SL_FLAG_SINCE,
			 SL_FLAG_UNTIL, SL_FLAG_RUN, SL_FLAG_FOLLOW,
			 SL_FLAG_LIMIT, SL_FLAG_JSON),
	  .run = sl_cmd_logs },
	{ .name = "streams",
	  .summary = "What is pulled from each account, and choose.",
	  .about = "Lists the streams (calendars, lists of mail or of a "
		   "network) with their keys, when each was asked last, how "
		   "far a walk is that is not over, and why one is not "
		   "pulled. "
		   "With --enable or --disable and --user: choose; the choice "
		   "outlives any default. What is stored of a stream stays "
		   "when it is turned off; turned on again, it goes on from "
		   "where it was.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_PROVIDER, SL_FLAG_ENABLE,
			 SL_FLAG_DISABLE, SL_FLAG_JSON),
	  .run = sl_cmd_streams },
	{ .name = "explain",
	  .words = "ID-OR-ADDRESS",
	  .words_min = 1,
	  .words_max = 1,
	  .summary = "Why an item or a person is there, or is not.",
	  .about = "Takes the id of a row, the provider's id of an item or of "
		   "an instance of a series, an iCalUID, a Message-ID, a "
		   "stream's key, an e-mail address or a contact's id. Tells "
		   "what is stored, gone, filtered or quarantined and why, "
		   "which run wrote it, and for a person which rule decided "
		   "and on what evidence. Titles are shown, contents never."
		   "\n\n"
		   "Exit status 1: nothing is known of it; then where it was "
		   "looked for, and what is not pulled. Without --user, the "
		   "one user who knows it.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_JSON),
	  .run = sl_cmd_explain },
	{ .name = "audit",
	  .summary = "Hold what the provider lists against what is stored.",
	  .about = "Names each item that is missing (the provider has it), "
		   "extra (the provider does not list it) or stale (another "
		   "content), and why; what is filtered or in quarantine is "
		   "neither. What has changed since the last sync "
		   "counts, too. Works on one account at a time, waits for a "
		   "busy one, and changes nothing: cursors stay. Of the quota "
		   "that all processes share it takes what a walk may. Exit "
		   "status 1 when something differs.\n\n"
		   "With --repair what differs, and only that, is read again "
		   "by id in a normal run; then the exit status is 0. Where "
		   "nothing can be read by id, the list that differs is walked "
		   "again.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_PROVIDER, SL_FLAG_REPAIR,
			 SL_FLAG_JSON),
	  .run = sl_cmd_audit },
	{ .name = "import",
	  .words = "PROVIDER ARCHIVE",
	  .words_min = 2,
	  .words_max = 2,
	  .summary = "Store what a person downloaded from a provider.",
	  .about = "ARCHIVE is the file as it came, a zip; nothing of it is "
		   "unpacked to disk. All of it is checked before the first "
		   "row is stored. A row that cannot be read is quarantined, "
		   "and the import goes on.\n\n"
		   "It belongs to the user's account of that provider; "
		   "without one, an account is made that nobody has connected "
		   "(status archive), and connect takes that over, unless its "
		   "address or name is another person's. What came "
		   "by the other road already is recognised. An older archive "
		   "never undoes what a newer one, or a sync, has told.\n\n"
		   "Stopped (once: in good order) or killed, the same command "
		   "goes on where it was. An archive that was imported before "
		   "changes nothing; --full reads it again.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_ACCOUNT, SL_FLAG_AS_OF,
			 SL_FLAG_CHECK, SL_FLAG_FULL, SL_FLAG_JSON),
	  .run = sl_cmd_import },
	{ .name = "disconnect",
	  .words = "PROVIDER",
	  .words_min = 1,
	  .words_max = 1,
	  .summary = "Revoke a consent, delete its tokens, stop syncing.",
	  .about = "A run that is going on stops and writes nothing more. "
		   "PROVIDER is a connector, or a provider for all of its "
		   "connectors; with several accounts, --account names one. "
		   "What was synced stays, and so do the cursors: connect "
		   "goes on from there.\n\n"
		   "A consent that another connector uses is kept for it. "
		   "Some providers revoke for all clients of a project at "
		   "once: that is said, and where it would end another "
		   "consent of the same account, the tokens are deleted and "
		   "nothing is revoked. A token that cannot be revoked now "
		   "stays sealed, and sync --due tries again.\n\n"
		   "With --erase everything that came with the account goes, "
		   "too: artifacts and participants, state, log and items, "
		   "and the addresses and contacts that no other account's "
		   "items name. Contacts that a person entered, edited or has "
		   "loops with stay. It may be killed and run again; the "
		   "receipt counts rows by table.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_ACCOUNT, SL_FLAG_ERASE,
			 SL_FLAG_JSON),
	  .run = sl_cmd_disconnect },
	{ .name = "export",
	  .summary = "Write everything that a user has, as JSON lines.",
	  .about = "One object a row, {\"table\": ..., \"row\": {...}}, of one "
		   "moment; the last line counts them. Tokens are never among "
		   "them. The file appears under its name when it is whole.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_OUTPUT),
	  .run = sl_cmd_export },
	{ .name = "erase",
	  .summary = "Erase a user and everything that it has.",
	  .about = "Runs stop, tokens are revoked, then every row goes, some "
		   "at a time: it may be killed and run again. What is left "
		   "is a receipt with counts by table, which is printed, and "
		   "which erase prints again when the user is named by uuid. "
		   "Asks on a terminal; elsewhere it wants --yes.\n\n"
		   "On a plain PostgreSQL the user itself goes, too. Where "
		   "users belong to the application (Supabase), their own row "
		   "is left to it.",
	  .flags = FLAGS(SL_FLAG_USER, SL_FLAG_YES, SL_FLAG_JSON),
	  .run = sl_cmd_erase },
	{ .name = "doctor",
	  .summary = "What is wrong with this installation.",
	  .about = "Checks key file, database, roles, schema, TLS, clock, "
		   "OAuth clients and overridden endpoints, without one "
		   "request to a provider.",
	  .flags = FLAGS(SL_FLAG_JSON),
	  .run = sl_cmd_doctor },
	{ .name = "connectors",
	  .summary = "What this build can pull, with each option.",
	  .about =
		  "Options are keys of user_integrations.settings, a JSON object: "
		  "what is left out has its default, and the next sync goes "
		  "by what was changed. A name that is none, or a value that "
		  "does not fit, stops that account with an error that says "
		  "so.",
	  .flags = FLAGS(SL_FLAG_JSON),
	  .run = sl_cmd_connectors },
	{ .name = "version",
	  .summary = "Print the version.",
	  .flags = NO_FLAGS,
	  .run = sl_cmd_version },
	{ .name = "help",
	  .words = "[COMMAND]",
	  .words_max = 1,
	  .summary = "Say what a command does.",
	  .flags = NO_FLAGS,
	  .run = sl_cmd_help },
	{ .name = "help-man",
	  .summary = "Print the man page's parts that come from the table.",
	  .flags = NO_FLAGS,
	  .hidden = true,
	  .run = sl_cmd_help_man },
	{ .name = "help-complete",
	  .summary = "Print the table, for a shell that completes.",
	  .flags = NO_FLAGS,
	  .hidden = true,
	  .run = sl_cmd_help_complete },
	{ .name = NULL },
};

const struct sl_command *
sl_command_find(const char *name)
{
	for (const struct sl_command *c = sl_commands; c->name != NULL; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands, one file each: cmd_NAME.c. Each returns the exit status and
 * has said on stderr what went wrong.
 */
#ifndef SL_CLI_COMMANDS_H
#define SL_CLI_COMMANDS_H

struct sl_cli;

int sl_cmd_audit(struct sl_cli *cli);
int sl_cmd_connect(struct sl_cli *cli);
int sl_cmd_connectors(struct sl_cli *cli);
int sl_cmd_disconnect(struct sl_cli *cli);
int sl_cmd_doctor(struct sl_cli *cli);
int sl_cmd_erase(struct sl_cli *cli);
int sl_cmd_explain(struct sl_cli *cli);
int sl_cmd_export(struct sl_cli *cli);
int sl_cmd_help(struct sl_cli *cli);
int sl_cmd_help_complete(struct sl_cli *cli);
int sl_cmd_help_man(struct sl_cli *cli);
int sl_cmd_import(struct sl_cli *cli);
int sl_cmd_keys(struct sl_cli *cli);
int sl_cmd_logs(struct sl_cli *cli);
int sl_cmd_migrate(struct sl_cli *cli);
int sl_cmd_resync(struct sl_cli *cli);
int sl_cmd_pause(struct sl_cli *cli);
int sl_cmd_resume(struct sl_cli *cli);
int sl_cmd_setup(struct sl_cli *cli);
int sl_cmd_status(struct sl_cli *cli);
int sl_cmd_streams(struct sl_cli *cli);
int sl_cmd_sync(struct sl_cli *cli);
int sl_cmd_user(struct sl_cli *cli);
int sl_cmd_version(struct sl_cli *cli);
int sl_cmd_worker(struct sl_cli *cli);

#endif

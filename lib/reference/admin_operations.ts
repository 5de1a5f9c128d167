import { z } from "zod";
import * as protocol from "../protocol/mod.ts";
import type { Operation } from "./operation.ts";

const admins = "For administrators.";
const staff = "For moderators and administrators.";
const owners = "For administrators and the group's owners.";
const category = z.object({ category: protocol.adminCategory });
const group = z.object({ group: protocol.adminGroup });
const incident = z.object({ incident: protocol.incident });
const adminFile = z.object({ file: protocol.adminFile });
const queueItem = z.object({ item: protocol.queueItem });

/** The calls of administrators, moderators and groups' owners. */
export const adminOperations: Readonly<Record<string, Operation>> = {
  "GET /admin/stats": {
    says: `Numbers for the overview; with a range, also over that time. ${admins}`,
    query: protocol.adminStatsQuery,
    gives: protocol.adminStats,
  },
  "GET /admin/log": {
    says:
      `Searches the server's log, newest first, a bounded part of it at a time. The look is in the audit log. ${admins}`,
    query: protocol.logQuery,
    gives: protocol.logPage,
  },
  "GET /admin/system": {
    says: `Gives the configuration without secrets, versions, licences, jobs and backups. ${admins}`,
    gives: protocol.systemState,
  },
  "GET /admin/backups": {
    says: `Lists the server's backups of itself. ${admins}`,
    gives: z.object({ backup: protocol.backupState }),
  },
  "POST /admin/backups": {
    says: `Begins a backup into BEHEST_BACKUP_DIR, and answers before it is done. ${admins}`,
    gives: z.object({ backup: protocol.backupState }),
    status: 202,
  },
  "GET /admin/series": {
    says: `Gives one of the server's numbers over time. ${admins}`,
    query: protocol.seriesQuery,
    gives: protocol.oneSeries,
  },
  "GET /admin/audit/export.csv": {
    says: `Gives the audit entries that a filter finds, as CSV. The export is an entry too. ${admins}`,
    query: protocol.auditExportQuery,
    gives: { type: "text/csv", says: "The entries, newest first." },
  },
  "GET /admin/audit/export.json": {
    says: `The same as JSON. ${admins}`,
    query: protocol.auditExportQuery,
    gives: { type: "application/json", says: "A list of entries, newest first." },
  },
  "POST /admin/audit/verify": {
    says: `Checks the whole chain of the audit log. ${admins}`,
    gives: protocol.auditVerdict,
  },
  "GET /admin/audit": {
    says: `Lists audit entries, newest first. ${admins}`,
    query: protocol.auditQuery,
    gives: protocol.auditPage,
  },
  "GET /admin/users": {
    says: `Lists people. ${staff}`,
    query: protocol.adminUserQuery,
    gives: protocol.adminUserPage,
  },
  "GET /admin/users/{username}": {
    says: `Gives one person. ${staff}`,
    gives: z.object({ user: protocol.adminUser }),
  },
  "PATCH /admin/users/{username}": {
    says: `Changes a role or right. ${admins}`,
    body: protocol.adminUserChange,
    gives: z.object({ user: protocol.adminUser }),
  },
  "POST /admin/users/{username}/sanctions": {
    says: `Warns, mutes or suspends someone. ${staff}`,
    body: protocol.sanctionBody,
    gives: z.object({ sanction: protocol.sanction }),
    status: 201,
  },
  "DELETE /admin/users/{username}/sanctions/{id}": {
    says: `Lifts a sanction. ${staff}`,
    body: protocol.liftBody,
  },
  "GET /admin/users/{username}/facts": {
    says: `Gives someone's sessions, groups, files and reports. The look is in the audit log. ${admins}`,
    gives: z.object({ facts: protocol.personFacts }),
  },
  "DELETE /admin/users/{username}/sessions": {
    says: `Logs someone out everywhere. ${admins}`,
    body: protocol.logOutBody,
  },
  "POST /admin/users/{username}/login-link": {
    says:
      `Makes a one-time link, for 24 hours, with which someone who lost their password sets a new one. The person is told. ${admins}`,
    body: protocol.loginLinkBody,
    gives: protocol.loginLinkAnswer,
    status: 201,
  },
  "DELETE /admin/users/{username}/two-factor": {
    says: `Removes the second factors of someone who lost them. ${admins}`,
    body: protocol.twoFactorReset,
  },
  "GET /admin/two-factor": {
    says: `Which roles need a second factor. ${admins}`,
    gives: protocol.twoFactorPolicy,
  },
  "PUT /admin/two-factor": {
    says: `Sets which roles need a second factor. ${admins}`,
    body: protocol.twoFactorPolicy,
    gives: protocol.twoFactorPolicy,
  },
  "GET /admin/invites": { says: `Whether members may invite. ${admins}`, gives: protocol.invitePolicy },
  "PUT /admin/invites": {
    says: `Sets whether members may invite. ${admins}`,
    body: protocol.invitePolicy,
    gives: protocol.invitePolicy,
  },
  "GET /admin/categories": {
    says: `Lists categories. ${admins}`,
    gives: z.object({ categories: z.array(protocol.adminCategory) }),
  },
  "POST /admin/categories": {
    says: `Adds a category. ${admins}`,
    body: protocol.categoryBody,
    gives: category,
    status: 201,
  },
  "PATCH /admin/categories/{slug}": {
    says: `Changes a category. ${admins}`,
    body: protocol.categoryChange,
    gives: category,
  },
  "GET /admin/groups": {
    says: `Lists the groups that the caller manages. ${owners}`,
    gives: z.object({ groups: z.array(protocol.adminGroup) }),
  },
  "POST /admin/groups": {
    says: `Makes a group. ${admins} BEHEST_GROUPS=members lets everyone.`,
    body: protocol.groupBody,
    gives: group,
    status: 201,
  },
  "GET /admin/groups/{group}": { says: `Gives a group with its members. ${owners}`, gives: group },
  "PATCH /admin/groups/{group}": {
    says: `Renames a group. ${owners}`,
    body: protocol.groupChange,
    gives: group,
  },
  "DELETE /admin/groups/{group}": { says: `Ends a group. ${owners}` },
  "PUT /admin/groups/{group}/members/{username}": {
    says: `Invites someone to a group, or changes their role there. ${owners}`,
    body: protocol.memberBody,
    gives: group,
  },
  "DELETE /admin/groups/{group}/members/{username}": { says: `Removes someone from a group. ${owners}` },
  "GET /admin/files": {
    says: `Lists files that are checked, held or rejected. ${staff}`,
    query: protocol.adminFileQuery,
    gives: protocol.adminFilePage,
  },
  "GET /admin/files/{sha256}": { says: `Gives the verdicts on a file. ${staff}`, gives: adminFile },
  "POST /admin/files/{sha256}/decision": {
    says: `Decides about a held file. ${staff}`,
    body: protocol.fileDecision,
    gives: adminFile,
  },
  "GET /admin/commands/{id}": {
    says: `Gives a command's states, rules and times, without what people wrote. ${staff}`,
    gives: z.object({ command: protocol.commandTruth }),
  },
  "GET /admin/commands/{id}/why": {
    says: `Why a command was or was not delivered to a person. ${staff}`,
    query: protocol.whyQuery,
    gives: z.object({ why: protocol.commandWhy }),
  },
  "GET /admin/queue": {
    says:
      `Lists requests for removal, then reports, appeals, held files and incidents, the most harmful and oldest first. ${staff}`,
    query: protocol.queueQuery,
    gives: protocol.queuePage,
  },
  "GET /admin/auto-rules": { says: `Lists automatic rules. ${staff}`, gives: protocol.autoRules },
  "PUT /admin/auto-rules": {
    says: `Replaces the automatic rules. ${admins}`,
    body: protocol.autoRules,
    gives: protocol.autoRules,
  },
  "GET /admin/queue/transparency.csv": {
    says: `Numbers of a year's decisions by month, as CSV without names. ${staff}`,
    query: protocol.transparencyQuery,
    gives: { type: "text/csv", says: "The numbers." },
  },
  "GET /admin/queue/stats": { says: `Numbers of the queue. ${staff}`, gives: protocol.queueStats },
  "GET /admin/queue/{queueId}": {
    says: `Gives one item with its history. ${staff}`,
    gives: protocol.queueDetail,
  },
  "GET /admin/queue/{queueId}/pictures/{sha256}": {
    says: `Gives a clean picture that a case is about. Each look is in the audit log. ${staff}`,
    gives: { type: "application/octet-stream", says: "The bytes, with the picture's own type." },
  },
  "POST /admin/queue/{queueId}/claim": {
    says: `Takes an item for a while, so that nobody else decides it; release gives it back. ${staff}`,
    body: protocol.queueClaim,
    gives: z.object({ until: z.string().nullable() }),
  },
  "POST /admin/queue/{queueId}/decide": {
    says: `Decides an item. ${staff}`,
    body: protocol.queueDecision,
    gives: queueItem,
  },
  "POST /admin/queue/{queueId}/undo": {
    says: `Takes a decision back. ${staff}`,
    body: protocol.queueUndo,
    gives: queueItem,
  },
  "POST /admin/queue/{queueId}/note": {
    says: `Adds a note for moderators. ${staff}`,
    body: protocol.queueNote,
    gives: queueItem,
  },
  "GET /admin/reports/{id}": {
    says: `Gives one report with its snapshot. ${staff}`,
    gives: z.object({ report: protocol.staffReport }),
  },
  "GET /admin/sanction-reasons": {
    says: `Lists reasons for sanctions. ${staff}`,
    gives: protocol.sanctionReasons,
  },
  "PUT /admin/sanction-reasons": {
    says: `Replaces the reasons for sanctions. ${admins}`,
    body: protocol.sanctionReasons,
    gives: protocol.sanctionReasons,
  },
  "GET /admin/incidents": {
    says: `Lists incidents. ${staff}`,
    query: protocol.incidentQuery,
    gives: protocol.incidentPage,
  },
  "GET /admin/incidents/{id}": { says: `Gives one incident; never the picture. ${staff}`, gives: incident },
  "PUT /admin/incidents/{id}/report": {
    says: `Drafts its report. ${staff}`,
    body: protocol.reportDraft,
    gives: incident,
  },
  "POST /admin/incidents/{id}/report": { says: `Submits its report. ${staff}`, gives: incident },
  "GET /admin/incidents/{id}/report.xml": {
    says: `Gives the report as a file. ${staff}`,
    gives: { type: "application/xml", says: "The report." },
  },
  "POST /admin/incidents/{id}/close": {
    says: `Closes an incident. ${staff}`,
    body: protocol.incidentClose,
    gives: incident,
  },
};

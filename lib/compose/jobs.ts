import type { AccountJob, GroupJob } from "../accounts/mod.ts";
import type { Job as CommandJob } from "../commands/mod.ts";
import type { FileJob } from "../files/mod.ts";
import type { JobRoom, JobTable, NoticeJob, WebhookJob } from "../platform/mod.ts";
import type { NewNotice } from "../protocol/mod.ts";
import type { PushJob } from "../push/mod.ts";
import type { IncidentJob } from "../scanning/mod.ts";

export type Job =
  | AccountJob
  | CommandJob
  | FileJob
  | GroupJob
  | IncidentJob
  | NoticeJob<NewNotice>
  | PushJob
  | WebhookJob;

export interface JobRooms {
  accounts: JobRoom<AccountJob>;
  commands: JobRoom<CommandJob>;
  files: JobRoom<FileJob>;
  groups: JobRoom<GroupJob>;
  incidents: JobRoom<IncidentJob>;
  notices: JobRoom<NoticeJob<NewNotice>>;
  push: JobRoom<PushJob>;
  webhooks: JobRoom<WebhookJob>;
}

/** Each kind of job, and the room that runs it. */
export function jobTable(
  { accounts, commands, files, groups, incidents, notices, push, webhooks }: JobRooms,
): JobTable<Job> {
  return {
    account_removal: accounts,
    blob_changed: files,
    blob_quarantine: files,
    blob_sweep: files,
    end_evidence: incidents,
    expire: commands,
    expire_made: commands,
    file_expire: files,
    file_settle: files,
    group_end: groups,
    index: commands,
    notice: notices,
    push,
    quarantine_end: files,
    release: commands,
    remind: commands,
    seal_evidence: incidents,
    stop: commands,
    timer: commands,
    undefer: commands,
    webhook: webhooks,
  };
}

import type { DueJob } from "../../commands/ports.ts";
import { keys } from "./keys.ts";
import type { KvKey } from "./port.ts";

/** The write of a job of commands. Writing the same job for the same time twice makes one job. */
export function jobSet({ dueMs, job }: DueJob): { key: KvKey; value: DueJob["job"] } {
  return { key: keys.job(dueMs, jobId(job)), value: job };
}

function jobId(job: DueJob["job"]): string {
  switch (job.kind) {
    case "expire":
    case "release":
      return `${job.kind}:${job.commandId}`;
    case "expire_made":
      return `${job.kind}:${job.madeMs}:${job.keepMs}`;
    case "undefer":
    case "timer":
      return `${job.kind}:${job.userId}:${job.commandId}`;
    case "remind":
      return `${job.kind}:${job.commandId}:${job.userId ?? ""}`;
    case "stop":
    case "index":
      return `${job.kind}:${job.userId}`;
    case "notice":
    case "webhook":
      return `${job.kind}:${job.id}`;
    default:
      return job satisfies never;
  }
}

import type { WebhookJob } from "../../platform/mod.ts";
import { jobSet } from "./command_jobs.ts";
import type { Store } from "./store.ts";

/** Writes the next try of a webhook's message. */
export function kvWebhookJobs({ committer }: Store): (job: WebhookJob, dueMs: number) => Promise<void> {
  return async (job, dueMs) => {
    await committer.commit({ sets: [jobSet({ dueMs: Math.ceil(dueMs), job })] });
  };
}

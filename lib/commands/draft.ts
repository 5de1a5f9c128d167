import { createHash } from "node:crypto";
import { type CommandDraft, limits, type Message, Refusal, say } from "../protocol/mod.ts";
import { iso } from "../platform/mod.ts";

const dayMs = 24 * 3600_000;

/** The times of a command once they were checked against the clock; RFC 3339 UTC or null. */
export interface Times {
  deliverAt: string | null;
  dueAt: string | null;
  /** When it stops waiting, ms: the sender's own or the end of retention (DL-6). */
  expiresMs: number;
}

/** Checks what a schema cannot: the times, against now (CM-8, DL-6). */
export function checkTimes(draft: CommandDraft, now: number, retentionDays: number): Times | Refusal {
  const deliverMs = toMs(draft.deliverAt);
  const dueMs = toMs(draft.dueAt);
  const expiresMs = toMs(draft.expiresAt);
  if (deliverMs !== null && deliverMs <= now) {
    return wrong("deliverAt", "field.past");
  }
  if (deliverMs !== null && deliverMs > now + limits.scheduleMs) {
    return wrong("deliverAt", say("field.schedule", { count: limits.scheduleMs / dayMs }));
  }
  const startMs = deliverMs ?? now;
  if (dueMs !== null && dueMs <= startMs) return wrong("dueAt", "field.afterDelivery");
  if (expiresMs !== null && expiresMs <= startMs) {
    return wrong("expiresAt", "field.afterDelivery");
  }
  const lastMs = startMs + retentionDays * dayMs;
  if (expiresMs !== null && expiresMs > lastMs) {
    return wrong(
      "expiresAt",
      say("field.retention", { count: retentionDays, time: iso(lastMs) }),
    );
  }
  return {
    deliverAt: deliverMs === null ? null : iso(deliverMs),
    dueAt: dueMs === null ? null : iso(dueMs),
    expiresMs: expiresMs ?? lastMs,
  };
}

function toMs(time: string | null | undefined): number | null {
  return time === null || time === undefined ? null : Date.parse(time);
}

function wrong(field: string, reason: Message): Refusal {
  return new Refusal("invalid_params", say("request.fields", { fields: field }), {
    fields: { [field]: reason },
  });
}

/** SHA-256 of what was sent, without the key and whatever the order of its fields (CM-1). */
export function digestOf(draft: CommandDraft): string {
  const { key: _, ...content } = draft;
  return createHash("sha256").update(JSON.stringify(content, inOrder)).digest("base64url");
}

function inOrder(_name: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}

import { createHash } from "node:crypto";
import type { CommandDraft } from "../protocol/mod.ts";
import { categoriesOf } from "./new_command.ts";

/**
 * SHA-256 of what a draft means, without its key (CM-1): defaults count the same whether spelled out or left out, and so do the
 * order of fields, recipients and categories, and the form of a time.
 */
export function digestOf(draft: CommandDraft): string {
  const { audience } = draft;
  return sha256({
    audience: audience.kind === "user" ? { ...audience, to: [...new Set(audience.to)].sort() } : audience,
    kind: draft.kind,
    title: draft.title || null,
    body: draft.body || null,
    data: draft.data ?? null,
    categories: categoriesOf(draft).sort(),
    attachments: [...new Set(draft.attachments ?? [])],
    deliverAt: moment(draft.deliverAt),
    dueAt: moment(draft.dueAt),
    expiresAt: moment(draft.expiresAt),
    requires: draft.requires ?? "none",
  });
}

/** Whether a stored digest is the draft's. Keys that an earlier version stored, for 24 h, have a digest of the draft as it was sent. */
export function isDigestOf(digest: string, draft: CommandDraft): boolean {
  if (digest === digestOf(draft)) return true;
  const { key: _, ...asSent } = draft;
  return digest === sha256(asSent);
}

function moment(time: string | null | undefined): number | null {
  return time === null || time === undefined ? null : Date.parse(time);
}

function sha256(content: object): string {
  return createHash("sha256").update(JSON.stringify(content, inOrder)).digest("base64url");
}

function inOrder(_name: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}

import assert from "node:assert/strict";
import type { Acceptance, CommandStore, FirstState, StoredState } from "../../lib/commands/mod.ts";

/** When the commands of these tests were sent. */
export const at = "2026-01-01T00:00:00.000Z";

export const allowed: FirstState = { allowedBy: "acceptFrom=anyone", withheldBy: null };
export const withheld: FirstState = { allowedBy: null, withheldBy: "blocked_user" };

/** A send of ann to these people. */
export function acceptanceOf(id: string, to: Record<string, FirstState>, key = `key-${id}`): Acceptance {
  return {
    record: {
      command: {
        id,
        kind: "message",
        title: null,
        body: "b",
        data: { d: 1 },
        categories: ["general"],
        attachments: [],
        from: { id: "ann", username: "ann", displayName: "ann" },
        audience: { kind: "user" },
        createdAt: at,
        deliverAt: null,
        dueAt: null,
        expiresAt: at,
        requires: "none",
      },
      senderId: "ann",
      recipients: Object.keys(to),
      expiresMs: 1000,
    },
    states: Object.entries(to).map(([userId, first]) => ({ userId, ...first })),
    key,
    sent: {
      commandId: id,
      digest: "digest",
      audience: { matched: 1, online: 0, offline: 1, excluded: {} },
      expiresMs: 1,
    },
    jobs: [{ dueMs: 1000, job: { kind: "expire", commandId: id } }],
  };
}

/** Throws when there is no state. */
export async function read(store: CommandStore, userId: string, commandId: string): Promise<StoredState> {
  const [stored] = await store.states([{ userId, commandId }]);
  assert.ok(stored);
  return stored;
}

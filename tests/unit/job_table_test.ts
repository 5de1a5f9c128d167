import assert from "node:assert/strict";
import { jobTable } from "../../lib/compose/jobs.ts";
import { runByKind } from "../../lib/platform/mod.ts";

Deno.test("DL-6, FI-7: each kind of job goes to the room that knows it", async () => {
  const ran: string[] = [];
  const room = (name: string) => ({
    run: ({ kind }: { kind: string }) => Promise.resolve(void ran.push(`${name} ${kind}`)),
  });
  const run = runByKind(jobTable({
    accounts: room("accounts"),
    commands: room("commands"),
    files: room("files"),
    incidents: room("incidents"),
    groups: room("groups"),
    notices: room("notices"),
    push: room("push"),
    webhooks: room("webhooks"),
  }));
  await run({ kind: "expire", commandId: "c" });
  await run({ kind: "expire_made", madeMs: 0, keepMs: 1 });
  await run({ kind: "stop", userId: "u" });
  await run({ kind: "blob_changed", sha256: "h" });
  await run({ kind: "seal_evidence", incidentId: "i" });
  await run({ kind: "account_removal", userId: "u" });
  await run({ kind: "group_end", group: "g" });
  await run({
    kind: "webhook",
    id: "w",
    tokenId: "t",
    commandId: "c",
    recipientId: "u",
    state: "completed",
    at: "2026-01-01T00:00:00.000Z",
    failures: 0,
  });
  await run({ kind: "notice", id: "n", dueMs: 0, userId: "u", notice: { kind: "login_link" } });
  await run({ kind: "push", userId: "u" });
  assert.deepEqual(ran, [
    "commands expire",
    "commands expire_made",
    "commands stop",
    "files blob_changed",
    "incidents seal_evidence",
    "accounts account_removal",
    "groups group_end",
    "webhooks webhook",
    "notices notice",
    "push push",
  ]);
});

Deno.test("DL-6: a job of an unknown kind rejects, so that it is kept and not lost", async () => {
  const run = runByKind<{ kind: "known" }>({ known: { run: () => Promise.resolve() } });
  await run({ kind: "known" });
  await assert.rejects(run(JSON.parse('{ "kind": "newer" }')), /"newer"/);
  await assert.rejects(run(JSON.parse('{ "kind": "constructor" }')), /"constructor"/);
});

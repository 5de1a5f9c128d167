import assert from "node:assert/strict";
import fc from "fast-check";
import { carrierText, type FileCarrier, parseCarrier } from "../../lib/platform/mod.ts";

const id = fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/);
const carrier: fc.Arbitrary<FileCarrier> = fc.oneof(
  id.map((commandId) => ({ kind: "command" as const, commandId })),
  fc.tuple(id, id).map(([commandId, userId]) => ({ kind: "proof" as const, commandId, userId })),
  id.map((messageId) => ({ kind: "chat" as const, messageId })),
  id.map((userId) => ({ kind: "avatar" as const, userId })),
);

Deno.test("FI-7: what keeps a file is read back as it was stored", () => {
  fc.assert(fc.property(carrier, (one) => assert.deepEqual(parseCarrier(carrierText(one)), one)));
});

Deno.test("FI-7: stored forms do not change", () => {
  assert.equal(carrierText({ kind: "command", commandId: "C" }), "command:C");
  assert.equal(carrierText({ kind: "proof", commandId: "C", userId: "U" }), "proof:C:U");
  assert.equal(carrierText({ kind: "chat", messageId: "M" }), "chat:M");
  assert.equal(carrierText({ kind: "avatar", userId: "U" }), "avatar:U");
});

Deno.test("FI-5, FI-7: text in another form is unknown, and is stored again as it was", () => {
  const odd = ["", "command", "command:", "command:C:U", "proof:C", "proof::U", "proof:C:", "proof:C:U:X"];
  for (const text of [...odd, "avatar:U:X", "chat:", "chat:M:U", "note:T", "Command:C", ":C"]) {
    assert.deepEqual(parseCarrier(text), { kind: "unknown", text }, text);
  }
  fc.assert(fc.property(fc.string(), (text) => assert.equal(carrierText(parseCarrier(text)), text)));
});

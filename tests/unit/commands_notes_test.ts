import assert from "node:assert/strict";
import { type Note, noteLength } from "../../lib/commands/mod.ts";
import { firstRecord, moved } from "../../lib/commands/state_records.ts";
import { recipientState, timelineOf } from "../../lib/commands/views.ts";
import { renderMessage } from "../../lib/words/refusals.ts";
import { CommandRig, dayMs, taken } from "../fakes/command_rig.ts";

const bob = { id: "bob", username: "bob", displayName: "Bob" };

async function failedWith(note: Note) {
  await using rig = await CommandRig.open();
  const [ann, to] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, to);
  const deliverAt = new Date(rig.clock.now() + dayMs).toISOString();
  const command = await rig.send(ann, to, { deliverAt });
  const first = firstRecord(command, { allowedBy: null, withheldBy: null });
  const record = moved(first, "failed", deliverAt, { note });
  const [stored] = await rig.commands.states([{ userId: to.userId, commandId: command.id }]);
  assert.ok(await rig.commands.change([{ from: stored!, to: record }]));
  const { recipients, timeline } = taken(await rig.room.history.get(ann, { id: command.id }));
  return { record, told: recipients?.[0]?.note, timeline };
}

Deno.test("CM-7, FI-6: why the server ended a command is stored as a key, and its sender gets it in English", async () => {
  const { record, told, timeline } = await failedWith({ key: "command.rejectedFile" });
  assert.deepEqual(record.timeline.at(-1)?.note, { key: "command.rejectedFile" });
  assert.equal(told, "A file did not pass the checks.");
  assert.equal(timeline.at(-1)?.note, told);
  assert.equal(
    renderMessage("de", { key: "command.rejectedFile" }),
    "Eine Datei hat die Prüfung nicht bestanden.",
  );
});

Deno.test("CM-7: notes of older records are told as they are", async () => {
  const { record, told, timeline } = await failedWith("The inbox was full.");
  assert.equal(told, "The inbox was full.");
  assert.equal(timeline.at(-1)?.note, told);
  assert.equal(noteLength("The inbox was full."), 19);
  assert.equal(recipientState(bob, record, () => false).note, told);
  assert.deepEqual(timelineOf(record, () => false).at(-1)?.note, told);
});

import assert from "node:assert/strict";
import { methods, type Notification, notifications, readFrame } from "../../lib/protocol/mod.ts";
import { isEffect, readTranscripts, transcriptText } from "../fakes/transcript.ts";
import { play } from "../fakes/transcript_client.ts";

const transcripts = await readTranscripts();

for (const transcript of transcripts) {
  Deno.test(`OP-11: the library of TypeScript passes the transcript ${transcript.name}`, async () => {
    await play(transcript);
  });
}

Deno.test("OP-11: transcripts have only frames of the protocol, except those that say otherwise", () => {
  assert.ok(transcripts.length >= 30, `only ${transcripts.length} transcripts were found`);
  for (const { name, steps } of transcripts) {
    const asked = new Map<unknown, string>();
    for (const step of steps) {
      const at = `${name}: ${JSON.stringify(step).slice(0, 200)}`;
      if ("out" in step && "method" in step.out) {
        const frame = readFrame(JSON.stringify(step.out));
        assert.ok(frame.kind === "request", at);
        asked.set(step.out.id, frame.request.method);
      } else if ("in" in step && step.broken !== true) {
        const { id, method, params, result } = step.in;
        if (typeof method === "string") {
          assert.ok(Object.hasOwn(notifications, method), at);
          notifications[method as Notification].parse(params);
        } else if (result !== undefined) {
          const request = asked.get(id);
          assert.ok(request !== undefined, `${at} answers nothing`);
          methods[request as keyof typeof methods].result.parse(result);
        }
        assert.notEqual(readFrame(JSON.stringify(step.in)).kind, "broken", at);
      }
    }
  }
});

Deno.test("OP-11: a player notices when a client does something else", async () => {
  const transcript = transcripts.find(({ name }) => name === "deliver-live")!;
  const steps = transcript.steps.filter((step) => !("out" in step));
  await assert.rejects(() => play({ ...transcript, steps }), /deliver-live, action/);
  assert.ok(isEffect({ closed: 1000 }) && !isEffect({ connect: true }));
});

Deno.test("OP-11: transcripts are stored one step on a line", async () => {
  for (const transcript of transcripts) {
    const stored = await Deno.readTextFile(`sdk/conformance/${transcript.name}.json`);
    assert.equal(stored, transcriptText(transcript), transcript.name);
  }
});

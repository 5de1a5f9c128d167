import assert from "node:assert/strict";
import { BehestClient } from "../../lib/client/mod.ts";
import type { OpenServices } from "../../lib/compose/mod.ts";
import { english, Refusal } from "../../lib/protocol/mod.ts";
import { type LoggedInCaller, openTestServices, person } from "../fakes/open_services.ts";
import { until } from "../fakes/until.ts";
import { Wire } from "../fakes/wire.ts";

/** More than one frame of deliveries at a window of two. */
const waiting = 5;
const live = 3;
/** How many lines break in a row before one holds. */
const breaks = 3;
/** Past the frames of an unbroken session: ready, deliveries, acknowledgements and their answers. */
const lastFrame = 70;

async function send(open: OpenServices, from: LoggedInCaller, key: string): Promise<string> {
  const sent = await open.services.commands.send(from, {
    key,
    audience: { kind: "user", to: ["demo-bob"] },
    kind: "message",
    title: key,
  });
  if (sent instanceof Refusal) throw new Error(english(sent.message));
  return sent.command.id;
}

Deno.test("DL-3: a line that breaks at any frame shows the person each command once, in order", async () => {
  await using open = await openTestServices();
  const { caller: ann } = await person(open, "demo-ann");
  const { caller: bob } = await person(open, "demo-bob");
  const expected: string[] = [];
  for (let number = 0; number < waiting; number++) expected.push(await send(open, ann, `waiting-${number}`));

  let unbroken = 0;
  for (let frame = 0; frame <= lastFrame; frame++) {
    const lines: Wire[] = [];
    const seen: string[] = [];
    // No wait before a reconnect: jitter is not what this is about.
    const random = { bytes: (length: number) => new Uint8Array(length), fraction: () => 0 };
    await using client = new BehestClient({
      url: "ws://test/api/ws",
      random,
      ticket: () => Promise.resolve("ticket"),
      socket: () => {
        const cutAfter = lines.length < breaks ? frame : Infinity;
        const opening = { caller: bob, device: `cut-${frame}`, window: 2, accept: null };
        const wire = new Wire(open.services.realtime, opening, cutAfter);
        lines.push(wire);
        return wire.client;
      },
    });
    client.on("deliver", ({ command }) => void seen.push(command.id));
    client.connect();
    await until(() => seen.length >= expected.length, `the backlog with a cut after ${frame} frames`);
    if (frame % 20 === 0) {
      for (let number = 0; number < live; number++) {
        expected.push(await send(open, ann, `live-${frame}-${number}`));
      }
    }
    await until(() => seen.length >= expected.length, `live commands with a cut after ${frame} frames`);
    assert.deepEqual(seen, expected, `cut after ${frame} frames`);
    if (lines.length === 1) unbroken++;
  }
  assert.ok(unbroken > 0, "the cuts never reached the end of a session: raise lastFrame");
});

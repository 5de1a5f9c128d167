import assert from "node:assert/strict";
import fc from "fast-check";
import type { Delivery } from "../../lib/protocol/mod.ts";
import { settle } from "../fakes/clock.ts";
import { ClientRig, commandId, deliveryAt, type FakeSocket, readyParams } from "../fakes/client_rig.ts";

/** A server with one log that delivers again what was not acknowledged, and cuts the connection after its `cutAfter`-th frame. */
class ScriptedServer {
  readonly log: Delivery[];
  readonly #batch: number;
  readonly #window: number;
  #acked = 0;
  #sent = 0;
  #frames = 0;
  #cuts: number[];

  constructor(size: number, batch: number, window: number, cuts: number[]) {
    this.log = Array.from({ length: size }, (_, place) => deliveryAt(place + 1));
    this.#batch = batch;
    this.#window = window;
    this.#cuts = [...cuts];
  }

  get done(): boolean {
    return this.#acked === this.log.length;
  }

  /** Serves one socket until it is cut. Frames in both directions count, and a cut may fall on any of them. */
  serve(socket: FakeSocket): void {
    this.#sent = this.#acked;
    let open = true;
    const passes = (): boolean => {
      if (!open) return false;
      if (this.#cuts.length > 0 && this.#frames++ === this.#cuts[0]) {
        this.#cuts.shift();
        this.#frames = 0;
        open = false;
        socket.end();
      }
      return open;
    };
    const fill = () => {
      while (open && this.#sent < this.log.length && this.#sent - this.#acked < this.#window) {
        const room = Math.min(this.#batch, this.#window - (this.#sent - this.#acked));
        const deliveries = this.log.slice(this.#sent, this.#sent + room);
        this.#sent += deliveries.length;
        if (passes()) socket.notify("command.deliver", { deliveries });
      }
    };
    socket.onSent = (frame) => {
      // Cut before the acknowledgement arrived, or after it, before its answer.
      if (frame.method !== "inbox.ack" || !passes()) return;
      this.#acked = this.log.findIndex((delivery) => delivery.cursor === frame.params?.cursor) + 1;
      if (passes()) socket.answer(frame, frame.params);
      fill();
    };
    if (!passes()) return;
    socket.notify("session.ready", readyParams({ pending: this.log.length - this.#acked }));
    fill();
  }
}

/** Runs until the server has everything acknowledged; gives what the person saw. */
async function receive(server: ScriptedServer, slow: boolean, seed: number): Promise<string[]> {
  const seen: string[] = [];
  await using rig = new ClientRig({ seed });
  rig.client.on("deliver", async (delivery) => {
    if (slow) await settle();
    seen.push(delivery.command.id);
  });
  rig.client.connect();
  let served: FakeSocket | undefined;
  for (let turn = 0; turn < 2000 && !(server.done && rig.kind === "online"); turn++) {
    if (rig.kind === "offline") await rig.clock.advanceAsync(rig.retryInMs);
    if (rig.socket !== served) server.serve(served = rig.socket);
    await settle();
  }
  assert.ok(server.done, "everything was acknowledged");
  return seen;
}

Deno.test("DL-3: a connection cut at every possible frame of a delivery: the person sees each command once, in order", async () => {
  const wanted = Array.from({ length: 6 }, (_, place) => commandId(place + 1));
  let reached = 0;
  for (const slow of [false, true]) {
    for (let cut = 0; cut < 24; cut++) {
      for (let second = -1; second < 8; second++) {
        const server = new ScriptedServer(6, 2, 3, second < 0 ? [cut] : [cut, second]);
        assert.deepEqual(
          await receive(server, slow, cut + 1),
          wanted,
          `cuts ${cut} and ${second}, slow ${slow}`,
        );
        reached++;
      }
    }
  }
  assert.equal(reached, 2 * 24 * 9);
});

Deno.test("DL-3: whatever the batches, the window and the cuts, each command is seen once, in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        size: fc.integer({ min: 0, max: 30 }),
        batch: fc.integer({ min: 1, max: 8 }),
        window: fc.integer({ min: 1, max: 16 }),
        cuts: fc.array(fc.nat({ max: 40 }), { maxLength: 12 }),
        slow: fc.boolean(),
        seed: fc.nat(),
      }),
      async ({ size, batch, window, cuts, slow, seed }) => {
        const server = new ScriptedServer(size, batch, window, cuts);
        const seen = await receive(server, slow, seed);
        assert.deepEqual(seen, server.log.map((delivery) => delivery.command.id));
      },
    ),
    { numRuns: 150 },
  );
});

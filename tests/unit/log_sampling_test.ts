import assert from "node:assert/strict";
import { linesASecond, sampledLog } from "../../lib/platform/log_sampling.ts";
import { FakeClock } from "../fakes/clock.ts";
import { KeptLog } from "../fakes/accounts_rig.ts";

Deno.test("OP-3: of the noisiest events some lines a second are written, and one that says how many more there were", () => {
  const [clock, kept] = [new FakeClock(), new KeptLog()];
  using sampled = sampledLog(kept, clock, new Set(["socket.opened"]));
  const log = sampled.log.with({ requestId: "R1" });
  const written = () => kept.lines.splice(0).map(({ event, fields }) => [event, fields.omitted ?? null]);
  const opened = (count: number) => Array.from({ length: count }, () => ["socket.opened", null]);

  for (let n = 0; n < linesASecond + 7; n++) log.info("socket.opened");
  log.info("command.sent");
  log.warn("socket.opened");
  assert.deepEqual(written(), [...opened(linesASecond), ["command.sent", null], ["socket.opened", null]]);
  clock.advance(1_000);
  assert.deepEqual(written(), [["log.sampled", 7]]);

  // The next second begins anew, and one that omits nothing says nothing.
  for (let n = 0; n < linesASecond; n++) log.info("socket.opened");
  clock.advance(2_000);
  assert.deepEqual(written(), opened(linesASecond));

  for (let n = 0; n < linesASecond + 1; n++) log.info("socket.opened");
  written();
  sampled[Symbol.dispose]();
  assert.deepEqual(written(), [["log.sampled", 1]]);
});

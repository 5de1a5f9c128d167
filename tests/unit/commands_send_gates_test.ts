import assert from "node:assert/strict";
import { SendBudget } from "../../lib/commands/send_budget.ts";
import { Refusal } from "../../lib/protocol/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { CommandRig, kindOf, taken } from "../fakes/command_rig.ts";
import { aCaller } from "../fakes/realtime.ts";
import { told } from "../fakes/told.ts";

const all = { kind: "all" };

Deno.test("WS-9: in no minute more sends than allowed, counted per user over all connections", () => {
  const clock = new FakeClock();
  const sends = new SendBudget(30, clock);
  const accepted: number[] = [];
  for (let n = 0; n < 2000; n++) {
    const caller = aCaller({ device: n % 2 ? "phone" : "desk" });
    const refused = sends.take(caller);
    if (refused === null) accepted.push(clock.now());
    else {
      assert.equal(refused.kind, "rate_limited");
      const wait = refused.detail.retryAfterMs!;
      assert.ok(wait >= 1 && wait <= 60_000);
    }
    clock.advance(n % 7 * 50);
  }
  assert.ok(accepted.length > 100);
  for (let n = 30; n < accepted.length; n++) assert.ok(accepted[n]! - accepted[n - 30]! >= 60_000);
  assert.equal(sends.take(aCaller({ userId: "another" })), null);
});

Deno.test("WS-9: waiting retryAfterMs is enough; admins and 0 are exempt", () => {
  const clock = new FakeClock();
  const sends = new SendBudget(2, clock);
  sends.take(aCaller());
  clock.advance(1000);
  sends.take(aCaller());
  const refused = sends.take(aCaller());
  assert.equal(refused?.detail.retryAfterMs, 59_000);
  clock.advance(59_000);
  assert.equal(sends.take(aCaller()), null);
  for (let n = 0; n < 100; n++) assert.equal(sends.take(aCaller({ role: "admin" })), null);
  const off = new SendBudget(0, clock);
  for (let n = 0; n < 100; n++) assert.equal(off.take(aCaller()), null);
});

Deno.test("MO-2: a muted person sends nothing, may look what a send would do, and sends when it is over", async () => {
  let mute: Refusal | null = new Refusal("forbidden", told("You may not send."));
  const gates = { muted: (userId: string) => userId === ann.userId ? mute : null };
  await using rig = await CommandRig.open({ gates });
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const { sender } = rig.room;
  assert.equal(await sender.send(ann, rig.draft(bob)), mute);
  assert.deepEqual(await rig.take(bob), []);
  assert.equal(kindOf(await sender.preview(ann, rig.draft(bob))), "taken");
  assert.equal(kindOf(await sender.send(bob, rig.draft(ann))), "taken");
  mute = null;
  const { command } = taken(await sender.send(ann, rig.draft(bob)));
  assert.deepEqual(await rig.take(bob), [command.id]);
});

Deno.test("BR-2: rights count as the account has them now, not as the caller came with them", async () => {
  const now = { role: "member" as const, rights: { broadcast: false } };
  await using rig = await CommandRig.open({ gates: { asNow: (caller) => ({ ...caller, ...now }) } });
  const admin = rig.person("admin", "admin");
  const { sender } = rig.room;
  for (const call of ["send", "preview"] as const) {
    assert.equal(kindOf(await sender[call](admin, rig.draft([], { audience: all }))), "forbidden");
  }
  now.rights.broadcast = true;
  for (const call of ["send", "preview"] as const) {
    assert.equal(kindOf(await sender[call](admin, rig.draft([], { audience: all }))), "taken");
  }
});

Deno.test("WS-9: who is an administrator no longer is not exempt any more", async () => {
  const now: { role: "member" | "admin" } = { role: "admin" };
  const gates = { asNow: (caller: ReturnType<typeof aCaller>) => ({ ...caller, ...now }), sendsPerMinute: 1 };
  await using rig = await CommandRig.open({ gates });
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  rig.connect(admin, bob);
  const send = async () => kindOf(await rig.room.sender.send(admin, rig.draft(bob)));
  assert.deepEqual([await send(), await send(), await send()], ["taken", "taken", "taken"]);
  now.role = "member";
  assert.deepEqual([await send(), await send()], ["taken", "rate_limited"]);
});

Deno.test("CM-1: a key keeps its answer, whatever the gates say of the same send later", async () => {
  let mute: Refusal | null = null;
  const now = { rights: { broadcast: true } };
  const gates = { muted: () => mute, asNow: (caller: ReturnType<typeof aCaller>) => ({ ...caller, ...now }) };
  await using rig = await CommandRig.open({ gates });
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const { sender } = rig.room;
  const [direct, broadcast] = [rig.draft(bob), rig.draft([], { audience: all })];
  const before = [taken(await sender.send(ann, direct)), taken(await sender.send(ann, broadcast))];
  const underWay = rig.draft(bob);
  const running = sender.send(ann, underWay);
  mute = new Refusal("forbidden", told("You may not send."));
  now.rights.broadcast = false;
  assert.deepEqual([await sender.send(ann, direct), await sender.send(ann, broadcast)], before);
  assert.deepEqual(await sender.send(ann, underWay), await running);
  assert.equal(kindOf(await sender.send(ann, { ...direct, body: "other" })), "conflict");
  assert.equal(await sender.send(ann, rig.draft(bob)), mute);
});

Deno.test("DL-5: gates that answer at once hand sends to the sender in the same turn, and in order", async () => {
  await using rig = await CommandRig.open();
  const [ann, bob] = [rig.person("ann"), rig.person("bob")];
  rig.connect(ann, bob);
  const sends = Array.from({ length: 20 }, () => rig.room.sender.send(ann, rig.draft(bob)));
  const ids = (await Promise.all(sends)).map((sent) => taken(sent).command.id);
  assert.deepEqual(await rig.take(bob), ids);
});

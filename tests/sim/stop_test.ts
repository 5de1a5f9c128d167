import assert from "node:assert/strict";
import type { Caller } from "../../lib/platform/mod.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { storeFile } from "../fakes/kv_stores.ts";
import { type LiveDevice, LiveRig } from "../fakes/live_rig.ts";
import { FakeSocket } from "../fakes/socket.ts";
import { until } from "../fakes/until.ts";

const connections = 1000;
const stopping = 100;
const all = { kind: "all" } as const;

/** Counts deliveries as they come, so that what comes after an answer can be told. */
class CountingSocket extends FakeSocket {
  deliveries = 0;
  override send(text: string): void {
    super.send(text);
    if (text.startsWith('{"jsonrpc":"2.0","method":"command.deliver"')) this.deliveries++;
  }
}

Deno.test("CO-6: with 1,000 connections and a broadcast under way, nothing is delivered after the answer to safety.stop", async () => {
  await using file = await storeFile();
  await using store = await openStore(file.path);
  await using live = await LiveRig.open({ store });
  const { rig } = live;
  const admin = rig.person("admin", "admin");
  const people = Array.from({ length: connections - 1 }, (_, n) => rig.person(`person-${n}`));
  for (const person of people.slice(0, stopping)) rig.connect(admin, person);
  const office = await live.connect(admin);
  // Half of those who stop have two devices, as each of them has to fall silent.
  const sockets = new Map<Caller, CountingSocket[]>();
  const devices = await Promise.all(people.map(async (person, n) => {
    const own = n < stopping && n % 2 === 0 ? ["phone", "desk"] : ["phone"];
    const opened = await Promise.all(own.map(async (device) => {
      const socket = new CountingSocket();
      sockets.set(person, [...sockets.get(person) ?? [], socket]);
      return await live.connect(person, device, { window: 256 }, socket);
    }));
    return opened[0]!;
  }));
  const direct = await Promise.all(people.slice(0, stopping).map((person) => rig.send(admin, person)));
  const before = await rig.broadcast(admin, all);
  await until(
    () => [...sockets.values()].flat().every(({ deliveries }) => deliveries >= 1),
    "the first broadcast on every device",
  );
  // A broadcast that goes on while a tenth of the people press stop, each at another moment of it.
  const broadcasts: Promise<unknown>[] = [];
  const pressed: Promise<{ device: LiveDevice; at: number[]; own: CountingSocket[] }>[] = [];
  for (let n = 0; n < stopping; n++) {
    if (n % 4 === 0) broadcasts.push(rig.broadcast(admin, all), rig.send(admin, people[n]!));
    const device = devices[n]!;
    const own = sockets.get(people[n]!)!;
    const id = device.call("safety.stop");
    pressed.push(
      until(() => device.socket.answer(id), "the answer to safety.stop").then((answer) => {
        assert.equal(answer.result?.stopped, true);
        return { device, own, at: own.map(({ deliveries }) => deliveries) };
      }),
    );
    if (n % 8 === 7) await Promise.all(broadcasts.slice(-1));
  }
  const answers = await Promise.all(pressed);
  await Promise.all(broadcasts);
  for (let n = 0; n < 3; n++) await rig.broadcast(admin, all);
  await Promise.all(people.slice(0, stopping).map((person) => rig.send(admin, person)));
  await rig.rest();
  await rig.clock.advanceAsync(1000);
  await rig.rest();
  for (const { device, own, at } of answers) {
    assert.deepEqual(
      own.map(({ deliveries }) => deliveries),
      at,
      `${device.caller.username} after the answer`,
    );
    for (const socket of own) assert.equal(socket.closeCode(), null);
    const heard = own.map((socket) => socket.notified("safety.changed").map(({ stopped }) => stopped));
    assert.deepEqual(heard, own.map(() => [true]), "every device hears of it");
  }
  // The others got all of it.
  const last = people.at(-1)!;
  const open = (await rig.inboxOf(last)).map(({ command }) => command.id);
  for (const person of people.slice(stopping)) {
    assert.deepEqual(sockets.get(person)![0]!.delivered(), open, person.username);
  }
  // Every sender was informed: of each direct command, and by the totals of the broadcast.
  const told = office.socket.notified("command.changed");
  for (const [n, { id }] of direct.entries()) {
    const states = told.filter((change) => change.id === id).map(({ state }) => state);
    assert.equal(states.at(-1), "stopped", `the sender of ${people[n]!.username}'s command`);
  }
  const totals = told.filter(({ id }) => id === before.id).at(-1)?.totals as Record<string, number>;
  assert.equal(totals.stopped, stopping);
  assert.equal(Object.values(totals).reduce((sum, count) => sum + count, 0), people.length);
  for (const person of people.slice(0, stopping)) {
    assert.equal((await rig.stateOf(person, before.id))?.state, "stopped");
    assert.deepEqual(await rig.inboxOf(person), []);
  }
});

Deno.test("CO-6: after resume a device gets all that waited, once and in order", async () => {
  await using live = await LiveRig.open();
  const { rig } = live;
  const [admin, bob] = [rig.person("admin", "admin"), rig.person("bob")];
  rig.connect(admin, bob);
  const phone = await live.connect(bob);
  await rig.broadcast(admin, all);
  await live.answer(phone, "safety.stop");
  const waiting: string[] = [];
  for (let n = 0; n < 20; n++) {
    waiting.push((n % 2 === 0 ? await rig.broadcast(admin, all) : await rig.send(admin, bob)).id);
  }
  const before = phone.socket.delivered().length;
  rig.clock.advance(1000);
  await live.answer(phone, "safety.resume", { confirm: true });
  await until(() => phone.socket.delivered().length >= before + waiting.length);
  assert.deepEqual(phone.socket.delivered().slice(before), waiting);
  const desk = await live.connect(bob, "desk");
  await until(() => desk.socket.delivered().length >= waiting.length);
  assert.deepEqual(desk.socket.delivered(), waiting);
});

import assert from "node:assert/strict";
import type { OpenOptions } from "../../lib/compose/mod.ts";
import { FullDisk } from "../fakes/full_disk.ts";
import { RawSocket } from "../fakes/raw_socket.ts";
import { FakeLog, request } from "../fakes/realtime.ts";
import { until } from "../fakes/until.ts";
import { type WholePerson, WholeServer } from "../fakes/whole_server.ts";

/** More than uploads leave free, so that the server finds room for stops at its start. */
const diskBytes = 96 * 2 ** 20;

function serverOn(disk: FullDisk, options: Partial<OpenOptions> = {}): Promise<WholeServer> {
  return WholeServer.start({ BEHEST_KV: `${disk.root}/kv.sqlite3` }, options, disk.root);
}

/** A greeted socket, and whether the greeting says that the person is stopped. */
async function greeted(server: WholeServer, { token }: WholePerson, device: string) {
  const socket = await RawSocket.open(server.port, `/api/ws?token=${token}&device=${device}`);
  const ready = await socket.seen((frame) => frame.method === "session.ready");
  return { socket, stopped: ready.params?.stopped };
}

async function call(socket: RawSocket, id: string, method: string, params: unknown = {}) {
  await socket.text(request(id, method, params));
  return await socket.seen((frame) => frame.id === id);
}

const draft = (key: string) => ({
  key,
  audience: { kind: "user", to: ["demo-bob"] },
  kind: "message",
  title: "x".repeat(100),
  body: "y".repeat(2000),
});

/** Fills the disk, and what the store still had of it. */
async function fillAll(disk: FullDisk, sender: RawSocket): Promise<void> {
  await disk.fill();
  let sends = 0;
  const refused = await until(async () => {
    const { error } = await call(sender, `full-${sends}`, "command.send", draft(`full-${sends++}`));
    return error;
  }, "a send that the disk has no room for");
  assert.equal(refused.data?.kind, "unavailable", JSON.stringify(refused));
  assert.match(refused.message, /disk is full/);
}

Deno.test("OP-9, CO-6: a full disk has room for a stop, which holds across a restart, and for no send", async () => {
  await using disk = await FullDisk.of(diskBytes);
  let bob: WholePerson;
  {
    await using server = await serverOn(disk);
    const ann = await server.person("demo-ann");
    bob = await server.person("demo-bob");
    const sender = await greeted(server, ann, "sender");
    await using _sender = sender.socket;
    const phone = await greeted(server, bob, "phone");
    await using _phone = phone.socket;
    assert.equal(phone.stopped, false);
    const sent = await call(sender.socket, "s", "command.send", draft("open"));
    const { command } = sent.result as { command: { id: string } };
    await fillAll(disk, sender.socket);
    assert.equal((await server.ask(ann, "/files")).status, 200, "what needs no write goes on");
    const stop = await call(phone.socket, "stop", "safety.stop");
    assert.equal(
      (stop.result as { stopped: boolean } | undefined)?.stopped,
      true,
      JSON.stringify(stop.error),
    );
    await sender.socket.seen(({ method, params }) =>
      method === "command.changed" && params?.id === command.id && params?.state === "stopped"
    );
    assert.equal((await call(sender.socket, "after", "heartbeat")).error, undefined, "the socket is closed");
  }
  await using server = await serverOn(disk);
  const again = await greeted(server, bob, "phone");
  await using _again = again.socket;
  assert.equal(again.stopped, true);
});

Deno.test("OP-9, CO-6: a stop that has no room at all holds, is told as unsaved, and is saved when there is room", async () => {
  await using disk = await FullDisk.of(diskBytes);
  let bob: WholePerson;
  {
    const log = new FakeLog();
    await using server = await serverOn(disk, { log });
    const ann = await server.person("demo-ann");
    bob = await server.person("demo-bob");
    const sender = await greeted(server, ann, "sender");
    await using _sender = sender.socket;
    const phone = await greeted(server, bob, "phone");
    await using _phone = phone.socket;
    await Deno.truncate(`${disk.root}/kv.sqlite3.reserve`, 0);
    await fillAll(disk, sender.socket);
    const stop = await call(phone.socket, "stop", "safety.stop");
    assert.equal(stop.error?.data?.kind, "unavailable", JSON.stringify(stop));
    assert.match(stop.error!.message, /^You are stopped\. The server cannot save it yet/);
    await phone.socket.seen(({ method, params }) => method === "safety.changed" && params?.stopped === true);
    const desk = await greeted(server, bob, "desk");
    await using _desk = desk.socket;
    assert.equal(desk.stopped, true, "the greeting says the truth");
    const form = await fetch(`${server.origin}/stop`, {
      method: "POST",
      redirect: "manual",
      headers: { ...bob.headers, cookie: `behest_session=${bob.token}` },
    });
    await form.body?.cancel();
    assert.equal(form.headers.get("location"), "/resume");
    const page = await fetch(`${server.origin}/resume`, {
      headers: { cookie: `behest_session=${bob.token}` },
    });
    assert.match(await page.text(), /You are stopped\. The server cannot save it yet/);
    await disk.empty();
    await until(() => log.lines.some(({ event }) => event === "stop.saved"), "the stop in the store");
    const saved = await fetch(`${server.origin}/resume`, {
      headers: { cookie: `behest_session=${bob.token}` },
    });
    assert.doesNotMatch(await saved.text(), /cannot save it/);
    const repeated = await call(phone.socket, "again", "safety.stop");
    assert.equal((repeated.result as { stopped: boolean }).stopped, true);
  }
  await using server = await serverOn(disk);
  const again = await greeted(server, bob, "phone");
  await using _again = again.socket;
  assert.equal(again.stopped, true);
});

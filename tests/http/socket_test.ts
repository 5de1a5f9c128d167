import assert from "node:assert/strict";
import { App } from "fresh";
import type { Config } from "../../lib/config/mod.ts";
import type { State } from "../../lib/web/define.ts";
import { type Clock, Ids, systemClock, systemRandom } from "../../lib/platform/mod.ts";
import { Refusal } from "../../lib/protocol/mod.ts";
import { type Handlers, Hub, Realtime, type RealtimeSettings } from "../../lib/realtime/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { handler } from "../../routes/api/ws.ts";
import { FakeClock } from "../fakes/clock.ts";
import { frameBytes, RawSocket } from "../fakes/raw_socket.ts";
import {
  aCaller,
  aDelivery,
  annId,
  aUser,
  FakeInbox,
  FakeLog,
  request,
  someHandlers,
} from "../fakes/realtime.ts";
import { until } from "../fakes/until.ts";
import { told } from "../fakes/told.ts";

/** The real route, hub and sockets over a server on a free port, with accounts and an inbox in memory. */
class Stage implements AsyncDisposable {
  readonly log = new FakeLog();
  readonly inbox = new FakeInbox();
  readonly hub: Hub;
  readonly realtime: Realtime;
  readonly port: number;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(
    handlers: Partial<Handlers> = {},
    over: Partial<RealtimeSettings> = {},
    clock: Clock = systemClock,
  ) {
    const settings = {
      heartbeatMs: 20_000,
      rateRequests: 20,
      rateSends: 30,
      retentionDays: 14,
      uploadMaxBytes: 1024,
      ...over,
    };
    this.hub = new Hub(clock, settings.heartbeatMs);
    this.realtime = new Realtime({
      clock,
      ids: new Ids(clock, systemRandom),
      log: this.log,
      hub: this.hub,
      inbox: this.inbox,
      greeting: {
        user: (caller) => Promise.resolve(aUser(caller)),
        stoppedSince: () => Promise.resolve(null),
        sanctions: () => Promise.resolve([]),
      },
      asNow: (caller) => caller,
      handlers: someHandlers({ "category.list": () => Promise.resolve({ categories: [] }), ...handlers }),
      settings,
    });
    const services = {
      accounts: { authenticate, redeemTicket: authenticate } as Partial<
        Services["accounts"]
      > as Services["accounts"],
      realtime: this.realtime,
      log: this.log,
      config: { origins: ["https://app.example"] } as unknown as Config,
    } as Partial<Services> as Services;
    const app = new App<State>()
      .use((ctx) => {
        Object.assign(ctx.state, { services, requestId: "r", address: "127.0.0.1" });
        return ctx.next();
      })
      .get("/api/ws", (ctx) => handler.GET(ctx));
    this.#server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, app.handler());
    this.port = this.#server.addr.port;
  }

  open(query = "", headers: Record<string, string> = {}): Promise<RawSocket> {
    return RawSocket.open(this.port, `/api/ws?token=good${query}`, headers);
  }

  /** A greeted client. */
  async client(device = "phone"): Promise<RawSocket> {
    const socket = await this.open(`&device=${device}`);
    await socket.seen((frame) => frame.method === "session.ready");
    return socket;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.realtime.shutdown();
    await this.#server.shutdown();
  }
}

function authenticate(token: string) {
  if (token === "suspended") {
    return Promise.resolve(new Refusal("forbidden", told("The account is suspended.")));
  }
  if (token !== "good") return Promise.resolve(new Refusal("unauthorized", "login.none"));
  const sessionExpiresAt = new Date(Date.now() + 3_600_000).toISOString();
  return Promise.resolve({ ...aCaller(), sessionExpiresAt });
}

/** The rest of the server lives: another client is still served. */
async function assertAlive(other: RawSocket): Promise<void> {
  await other.text(request("alive", "category.list"));
  assert.ok((await other.seen((frame) => frame.id === "alive")).result);
}

Deno.test("WS-1: refused before the upgrade, as problem+json", async (t) => {
  await using stage = new Stage();
  const cases: [string, number, string, string, Record<string, string>][] = [
    ["no token", 401, "unauthorized", "/api/ws", {}],
    ["a wrong token", 401, "unauthorized", "/api/ws?token=bad", {}],
    ["a suspended account", 403, "forbidden", "/api/ws?token=suspended", {}],
    ["a cookie from a foreign page", 403, "forbidden", "/api/ws", {
      cookie: "behest_session=good",
      origin: "https://evil.example",
    }],
    ["no upgrade", 426, "upgrade_required", "/api/ws?token=good", { upgrade: "" }],
    ["no key", 426, "upgrade_required", "/api/ws?token=good", { "sec-websocket-key": "" }],
    ["another version", 426, "upgrade_required", "/api/ws?token=good", { "sec-websocket-version": "8" }],
    ["a wrong device", 400, "invalid_params", "/api/ws?token=good&device=a+b", {}],
    ["a wrong window", 400, "invalid_params", "/api/ws?token=good&window=257", {}],
  ];
  for (const [name, status, kind, path, headers] of cases) {
    await t.step(`WS-1: ${name}: ${status}`, async () => {
      await using socket = await RawSocket.open(stage.port, path, headers);
      assert.equal(socket.status, status);
      assert.equal(socket.headers.get("content-type"), "application/problem+json");
      assert.equal(JSON.parse(socket.body).kind, kind);
      if (status === 426) assert.equal(socket.headers.get("upgrade"), "websocket");
    });
  }
  assert.equal(stage.realtime.connections(), 0);
});

Deno.test("WS-1, OP-10: a refused origin is one line in the log, with the server's own: a proxy that rewrites Host shows there", async () => {
  await using stage = new Stage();
  const cookie = "behest_session=good";
  const origin = "https://behest.example";
  await using socket = await RawSocket.open(stage.port, "/api/ws", { cookie, origin });
  assert.equal(socket.status, 403);
  const lines = stage.log.lines.filter(({ event }) => event === "origin.refused");
  assert.deepEqual(lines.map(({ level, fields }) => [level, fields.origin, fields.own, fields.path]), [
    ["warn", origin, `http://127.0.0.1:${stage.port}`, "/api/ws"],
  ]);
});

Deno.test("WS-1: cookie logins of our own and of allowed pages are taken, as are tokens in any place", async () => {
  await using stage = new Stage();
  const own = `http://127.0.0.1:${stage.port}`;
  const cookie = "behest_session=good";
  const ways: [string, Record<string, string>][] = [
    ["/api/ws", { cookie, origin: own }],
    ["/api/ws", { cookie, origin: "https://app.example" }],
    ["/api/ws", { cookie }],
    ["/api/ws", { authorization: "Bearer good", origin: "https://elsewhere.example" }],
    ["/api/ws", { authorization: `Basic ${btoa("ann:good")}` }],
    ["/api/ws?ticket=good", {}],
  ];
  for (const [path, headers] of ways) {
    await using socket = await RawSocket.open(stage.port, path, headers);
    assert.equal(socket.status, 101);
    const ready = await socket.seen((frame) => frame.method === "session.ready");
    assert.equal(ready.params?.device, "default");
  }
});

Deno.test("WS-1: the sub-protocol is echoed when offered, in any way of writing the list, and else not", async () => {
  await using stage = new Stage();
  for (const list of ["behest.v1", "other, behest.v1", "other,behest.v1", "behest.v1,other"]) {
    await using socket = await stage.open("", { "sec-websocket-protocol": list });
    assert.equal(socket.status, 101);
    assert.equal(socket.headers.get("sec-websocket-protocol"), "behest.v1");
    await socket.seen((frame) => frame.method === "session.ready");
  }
  for (const list of ["", "other"]) {
    await using socket = await stage.open("", { "sec-websocket-protocol": list });
    assert.equal(socket.status, 101);
    assert.equal(socket.headers.get("sec-websocket-protocol"), null);
  }
});

Deno.test("WS-1: the runtime's own client gets through, with the sub-protocol", async () => {
  await using stage = new Stage();
  const socket = new WebSocket(`ws://127.0.0.1:${stage.port}/api/ws?token=good`, ["behest.v1"]);
  const texts: string[] = [];
  socket.onmessage = (event) => void texts.push(String(event.data));
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  await until(() => texts.length > 0);
  assert.equal(socket.protocol, "behest.v1");
  stage.hub.closeUser(annId, "suspended");
  const event = await closed;
  assert.equal(event.code, 4403);
  assert.equal(event.reason, "suspended");
});

const bad: [string, number, (socket: RawSocket) => Promise<unknown>][] = [
  ["not JSON", 4400, (socket) => socket.text("{")],
  ["10,000 brackets", 4400, (socket) => socket.text("[".repeat(10_000))],
  ["a binary frame", 4400, (socket) => socket.frame("binary", new Uint8Array([1, 2, 3]))],
  ["a 65 KiB frame", 4413, (socket) => socket.text("x".repeat(65 * 1024))],
  ["a 5 MiB frame in fragments", 4413, async (socket) => {
    const part = new Uint8Array(64 * 1024).fill(120);
    await socket.frame("text", part, false);
    for (let n = 0; n < 79; n++) await socket.frame("continuation", part, n === 78);
  }],
];
for (const [name, code, send] of bad) {
  Deno.test(`WS-6: ${name} is logged, answered with an error, closes with ${code}, and others live`, async () => {
    await using stage = new Stage();
    await using other = await stage.client("desk");
    await using socket = await stage.client();
    await send(socket);
    assert.equal(await socket.closed(), code);
    assert.equal(socket.frames.at(-1)?.error !== undefined, true);
    const line = stage.log.lines.find((one) => one.fields.code === code);
    assert.equal(line?.fields.user, annId);
    assert.equal(typeof line?.fields.connection, "string");
    await assertAlive(other);
    assert.equal(stage.realtime.connections(), 1);
  });
}

Deno.test("WS-6: a text frame that is not UTF-8 costs one connection", async () => {
  await using stage = new Stage();
  await using other = await stage.client("desk");
  await using socket = await stage.client();
  await socket.frame("text", new Uint8Array([0x22, 0xff, 0xfe, 0x22]));
  await until(() => stage.realtime.connections() === 1);
  const line = stage.log.lines.find((one) => one.event === "socket.error");
  assert.equal(line?.fields.user, annId);
  await assertAlive(other);
});

Deno.test("WS-9: 10,000 frames at once are answered or closed (4429), and others live", async () => {
  await using stage = new Stage();
  await using other = await stage.client("desk");
  await using socket = await stage.client();
  const frame = frameBytes(1, new TextEncoder().encode(request(1, "category.list")));
  const all = new Uint8Array(frame.length * 10_000);
  for (let n = 0; n < 10_000; n++) all.set(frame, n * frame.length);
  await socket.bytes(all);
  assert.equal(await socket.closed(), 4429);
  const limited = socket.frames.filter((one) => one.error?.data?.kind === "rate_limited");
  assert.equal(limited.length, 30);
  await assertAlive(other);
});

Deno.test("WS-6: a throw inside a handler closes one connection (4500) and nothing else", async () => {
  await using stage = new Stage({
    "contact.list": () => {
      throw new Error("a bug");
    },
  });
  await using other = await stage.client("desk");
  await using socket = await stage.client();
  await socket.text(request(1, "contact.list"));
  assert.equal(await socket.closed(), 4500);
  assert.equal((await socket.seen((frame) => frame.id === 1)).error?.code, -32603);
  assert.ok(stage.log.lines.some((line) => line.level === "error"));
  await assertAlive(other);
});

Deno.test("WS-4: three missed heartbeats close with 4408; a client that sends other frames stays", async () => {
  const heartbeatMs = 200;
  const clock = new FakeClock();
  await using stage = new Stage({}, { heartbeatMs }, clock);
  await using silent = await stage.client("silent");
  await using talking = await stage.client("talking");
  let passedMs = 0;
  const pass = async (untilMs: number) => {
    for (; passedMs < untilMs; passedMs++) {
      clock.advance(1);
      if (passedMs % 100 > 0) continue;
      await talking.text(request(passedMs, "category.list"));
      await talking.seen((frame) => frame.id === passedMs);
    }
  };
  await pass(heartbeatMs * 3 - 1);
  assert.equal(silent.closeCode, null);
  await pass(heartbeatMs * 3.5);
  assert.equal(await silent.closed(), 4408);
  assert.equal(talking.closeCode, null);
  assert.ok(stage.log.lines.some((line) => line.fields.code === 4408));
  await assertAlive(talking);
});

Deno.test("WS-4: a ping of the protocol is answered by the runtime and nothing is pinged by it", async () => {
  await using stage = new Stage();
  await using socket = await stage.client();
  await socket.frame("ping", "x");
  await assertAlive(socket);
});

Deno.test("WS-5: a newer socket of the same device replaces the older (4409)", async () => {
  await using stage = new Stage();
  await using older = await stage.client();
  await using newer = await stage.client();
  assert.equal(await older.closed(), 4409);
  await assertAlive(newer);
  assert.equal(stage.realtime.connections(), 1);
});

Deno.test("WS-6: a peer that hangs up without a word is cleaned up once", async () => {
  await using stage = new Stage();
  const other = await stage.client("desk");
  {
    await using socket = await stage.client();
    stage.inbox.log.push(aDelivery(1));
    stage.hub.ring(annId);
    await socket.seen((frame) => frame.method === "command.deliver");
  }
  await until(() => stage.realtime.connections() === 1);
  assert.equal(stage.log.lines.filter((line) => line.event === "socket.left").length, 1);
  assert.equal(stage.log.lines.filter((line) => line.level === "error").length, 0);
  await assertAlive(other);
  await other[Symbol.asyncDispose]();
});

Deno.test("WS-7: a client that does not read is closed (4508) and what waits stays below 1 MiB", async () => {
  await using stage = new Stage();
  const hostile = await Deno.connect({ hostname: "127.0.0.1", port: stage.port });
  const head = [
    "GET /api/ws?token=good HTTP/1.1",
    "host: x",
    "upgrade: websocket",
    "connection: upgrade",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  await hostile.write(new TextEncoder().encode(head.join("\r\n") + "\r\n\r\n"));
  await until(() => stage.log.lines.some((line) => line.event === "socket.opened"));
  const text = "x".repeat(50_000);
  await until(() => {
    for (let n = 0; n < 10; n++) stage.hub.notify(annId, "preferences.changed", text);
    return stage.realtime.connections() === 0;
  });
  assert.ok(stage.log.lines.some((line) => line.fields.code === 4508));
  hostile.close();
});

Deno.test("WS-8: a shutdown says session.closing, ends requests, closes with 4503 and leaves nothing open", async () => {
  const { promise, resolve } = Promise.withResolvers<{ categories: [] }>();
  await using stage = new Stage({ "category.list": () => promise });
  await using busy = await stage.client();
  await using idle = await stage.client("desk");
  await busy.text(request("work", "category.list"));
  await until(() => stage.log.lines.some((line) => line.event === "socket.request"));
  const shutdown = stage.realtime.shutdown();
  const closing = await idle.seen((frame) => frame.method === "session.closing");
  assert.deepEqual(closing.params, { code: 4503, reconnect: true });
  assert.equal(busy.closeCode, null);
  resolve({ categories: [] });
  assert.deepEqual((await busy.seen((frame) => frame.id === "work")).result, { categories: [] });
  assert.equal(await busy.closed(), 4503);
  assert.equal(await idle.closed(), 4503);
  // These clients do not answer a close frame, so the shutdown waits its bounded time for them.
  await shutdown;
  assert.equal(stage.realtime.connections(), 0);
});

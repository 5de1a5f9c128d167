import assert from "node:assert/strict";
import { AppRig } from "../fakes/app_rig.ts";
import { served, type ServedApp } from "../fakes/served.ts";
import { TextLineStream } from "../fakes/text_lines.ts";
import { until } from "../fakes/until.ts";

interface Frame {
  id?: unknown;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { data?: { kind: string } };
}

/** A client without a WebSocket. */
class StreamClient implements AsyncDisposable {
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | null = null;
  over = false;
  readonly #app: ServedApp;
  readonly #headers: Record<string, string>;
  readonly #device: string;
  readonly #leaving = new AbortController();
  #more = "";
  #reading: Promise<void> = Promise.resolve();
  #reader: ReadableStreamDefaultReader<string> | null = null;

  constructor(app: ServedApp, headers: Record<string, string>, device: string) {
    this.#app = app;
    this.#headers = headers;
    this.#device = device;
  }

  /** `more`: of the query, which the library sends with each frame too. */
  async open(more = ""): Promise<Response> {
    this.#more = more;
    const response = await fetch(`${this.#app.origin}/api/stream?device=${this.#device}${more}`, {
      headers: this.#headers,
      signal: this.#leaving.signal,
    });
    if (response.ok) this.#reading = this.#read(response.body!).catch(() => undefined);
    return response;
  }

  post(body: string, device = this.#device): Promise<Response> {
    return fetch(`${this.#app.origin}/api/v1/rpc?device=${device}${this.#more}`, {
      method: "POST",
      headers: { ...this.#headers, "content-type": "application/json" },
      body,
    });
  }

  async call(id: unknown, method: string, params: unknown = {}): Promise<Frame> {
    const response = await this.post(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    assert.equal(response.status, 200);
    return await response.json();
  }

  async notified(method: string): Promise<Frame> {
    return await until(() => this.frames.find((frame) => frame.method === method), method);
  }

  /** The reader is cancelled too: after many tests in one process an abort alone did not always end a read. */
  leave(): void {
    this.#leaving.abort();
    this.#reader?.cancel().catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    await this.#reading;
  }

  async #read(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const lines = body.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    const reader = this.#reader = lines.getReader();
    let event = "message";
    while (true) {
      const { done, value: line } = await reader.read();
      if (done) break;
      if (line.startsWith("event: ")) event = line.slice("event: ".length);
      if (!line.startsWith("data: ")) continue;
      const data = JSON.parse(line.slice("data: ".length));
      if (event === "close") this.closed = data;
      else this.frames.push(data);
      event = "message";
    }
    this.over = true;
  }
}

const draft = (key: string) => ({
  key,
  audience: { kind: "user", to: ["bob"] },
  kind: "task",
  title: "Water\nthe plants".replace("\n", " "),
  body: "first line\nsecond line\r\n\r\ndata: not an event",
});

Deno.test("WS-12: greeting, requests, deliveries and acknowledgements without a WebSocket", async () => {
  await using rig = await AppRig.start();
  await rig.befriend("ann", "bob");
  await using app = await served(rig.services);
  await using ann = new StreamClient(app, rig.bearerOf("ann"), "browser");
  await using bob = new StreamClient(app, { cookie: rig.cookieOf("bob") }, "browser");
  const opened = await ann.open();
  assert.equal(opened.headers.get("content-type"), "text/event-stream");
  assert.equal((await bob.open("&window=1&accept=task,x-lamp")).status, 200);
  const ready = await ann.notified("session.ready");
  assert.equal(ready.params?.protocol, 1);
  await bob.notified("session.ready");
  assert.deepEqual(Object.keys((await ann.call(1, "heartbeat")).result ?? {}), ["serverTime"]);
  const sent = await ann.call("a", "command.send", draft("one"));
  assert.equal(sent.id, "a");
  await ann.call("b", "command.send", draft("two"));
  const deliver = await bob.notified("command.deliver");
  const deliveries = deliver.params?.deliveries as {
    cursor: string;
    command: { id: string; body: string };
  }[];
  assert.equal(deliveries[0]?.command.body, draft("one").body);
  assert.equal(bob.frames.filter(({ method }) => method === "command.deliver").length, 1, "a window of one");
  const { cursor } = deliveries[0]!;
  assert.deepEqual((await bob.call(1, "inbox.ack", { cursor })).result, { cursor });
  await until(() => bob.frames.filter(({ method }) => method === "command.deliver").length === 2, "the next");
  assert.equal((await ann.call(2, "no.such.method")).error !== undefined, true);
  const refused = await ann.call(3, "command.get", { id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" });
  assert.equal(refused.error?.data?.kind, "not_found");
  const silent = await ann.post(JSON.stringify({ jsonrpc: "2.0", method: "heartbeat", params: {} }));
  assert.equal(silent.status, 204);
  const response = await ann.post(JSON.stringify({ jsonrpc: "2.0", id: 9, result: {} }));
  assert.equal(response.status, 204, "a response waits for no answer");
  assert.equal(ann.frames.every(({ id }) => id === undefined), true, "answers go to their requests alone");
});

Deno.test("WS-12: a frame without a stream, of another device, session or person, is refused", async () => {
  await using rig = await AppRig.start();
  await using app = await served(rig.services);
  await using ann = new StreamClient(app, rig.bearerOf("ann"), "one");
  const frame = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "heartbeat", params: {} });
  const kindOf = async (response: Promise<Response>) => (await (await response).json()).kind;
  assert.equal(await kindOf(ann.post(frame)), "conflict");
  await ann.open();
  await ann.notified("session.ready");
  assert.equal(await kindOf(ann.post(frame, "two")), "conflict");
  await using bob = new StreamClient(app, rig.bearerOf("bob"), "one");
  assert.equal(await kindOf(bob.post(frame)), "conflict");
  const again = await rig.logIn({ username: "ann", password: "a long enough passphrase" });
  await using other = new StreamClient(app, {
    authorization: `Bearer ${/^[^=]*=([^;]+)/.exec(again)?.[1] ?? again}`,
  }, "one");
  assert.equal(await kindOf(other.post(frame)), "conflict");
  assert.equal((await ann.call(1, "heartbeat")).id, 1);
  const nobody = await fetch(`${app.origin}/api/stream`);
  assert.equal(nobody.status, 401);
  await nobody.body?.cancel();
  for (const site of ["cross-site", "same-site"]) {
    const linked = await rig.send("/api/stream", { headers: { cookie: again, "sec-fetch-site": site } });
    assert.equal(linked.status, 403, "another site's link opens no stream");
  }
  const wrong = await ann.open("&window=0");
  assert.equal(wrong.status, 400);
  await wrong.body?.cancel();
});

Deno.test("WS-12, WS-5, WS-6: the close code comes as an event: replaced, a broken frame, a session that is over", async () => {
  await using rig = await AppRig.start();
  await using app = await served(rig.services);
  await using first = new StreamClient(app, rig.bearerOf("ann"), "tablet");
  await using second = new StreamClient(app, rig.bearerOf("ann"), "tablet");
  await first.open();
  await first.notified("session.ready");
  await second.open();
  await second.notified("session.ready");
  await until(() => first.over, "the end of the first");
  assert.equal(first.closed?.code, 4409);
  assert.equal((await second.call(1, "heartbeat")).id, 1, "the older one's end took nothing from the newer");
  assert.equal((await second.post("{nonsense")).status, 204);
  await until(() => second.over, "the end after a broken frame");
  assert.equal(second.closed?.code, 4400);
  await using third = new StreamClient(app, rig.bearerOf("bob"), "tablet");
  await third.open();
  await third.notified("session.ready");
  await rig.send("/api/v1/auth/logout", { method: "POST", headers: rig.bearerOf("bob") });
  await until(() => third.over, "the end of the session");
  assert.equal(third.closed?.code, 4401);
});

Deno.test("WS-12, CO-6: a stop holds on a stream, and a client that leaves is gone", async () => {
  await using rig = await AppRig.start();
  await rig.befriend("ann", "bob");
  await using app = await served(rig.services);
  await using ann = new StreamClient(app, rig.bearerOf("ann"), "phone");
  await using bob = new StreamClient(app, rig.bearerOf("bob"), "phone");
  await ann.open();
  await bob.open();
  await Promise.all([ann.notified("session.ready"), bob.notified("session.ready")]);
  assert.equal((await bob.call(1, "safety.stop")).result?.stopped, true);
  await ann.call(1, "command.send", draft("held"));
  await bob.call(2, "heartbeat");
  assert.equal(bob.frames.some(({ method }) => method === "command.deliver"), false);
  await bob.call(3, "safety.resume", { confirm: true });
  await bob.notified("command.deliver");
  assert.equal(rig.services.realtime.connections(), 2);
  bob.leave();
  await until(() => rig.services.realtime.connections() === 1, "the end of the one that left");
});

Deno.test("WS-12, WS-4: a stream without a frame of its client for three intervals ends with 4408", async () => {
  await using rig = await AppRig.start();
  await using app = await served(rig.services);
  await using ann = new StreamClient(app, rig.bearerOf("ann"), "phone");
  await ann.open();
  await ann.notified("session.ready");
  await until(async () => {
    await rig.later(5_000);
    return ann.over;
  }, "the end of a silent client");
  assert.equal(ann.closed?.code, 4408);
});

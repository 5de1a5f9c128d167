import assert from "node:assert/strict";
import { openStore } from "../../lib/adapters/kv/store.ts";
import type { OpenServices } from "../../lib/compose/mod.ts";
import { type Command, commandDraft, Refusal } from "../../lib/protocol/mod.ts";
import { type LoggedInCaller, openTestServices, person } from "../fakes/open_services.ts";
import { emptyPlace, sharedPort } from "../fakes/postgres_process.ts";
import { until } from "../fakes/until.ts";

/** A device's connection as server-sent events, read to its end. */
class Stream {
  text = "";
  over = false;

  constructor(at: OpenServices, caller: LoggedInCaller, device: string) {
    const body = at.services.realtime.openStream({ caller, device, window: 64, accept: null });
    void this.#read(body);
  }

  async #read(body: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const part of body.pipeThrough(new TextDecoderStream())) this.text += part;
    this.over = true;
  }

  has(words: string): boolean {
    return this.text.includes(words);
  }
}

async function twoInstances(): Promise<AsyncDisposable & { both: [OpenServices, OpenServices] }> {
  const place = await emptyPlace();
  await using opening = new AsyncDisposableStack();
  const open = async () => {
    const store = opening.use(await openStore(place, { shared: true }));
    return opening.use(await openTestServices({ store }));
  };
  const both: [OpenServices, OpenServices] = [await open(), await open()];
  const opened = opening.move();
  return {
    both,
    async [Symbol.asyncDispose]() {
      await Promise.all(both.map(({ services }) => services.realtime.shutdown()));
      await opened.disposeAsync();
    },
  };
}

function draft(to: string, title: string) {
  return commandDraft.parse({
    key: `key-${title}`,
    audience: { kind: "user", to: [to] },
    kind: "message",
    title,
    body: "Body",
  });
}

function taken<T>(answer: T | Refusal): T {
  if (answer instanceof Refusal) throw new Error(JSON.stringify(answer));
  return answer;
}

Deno.test({
  name:
    "OP-7, CO-6, AU-3, WS-5: two instances on one PostgreSQL deliver, stop, replace and end for each other",
  // The server of all tests may be started by the first of them.
  sanitizeOps: sharedPort !== undefined,
  sanitizeResources: sharedPort !== undefined,
  async fn() {
    await using two = await twoInstances();
    const [one, other] = two.both;
    const { caller: ann } = await person(one, "ann");
    const { caller: bob, token } = await person(other, "bob");
    taken(await one.services.contacts.request(ann, { username: "bob" }));
    taken(await other.services.contacts.accept(bob, { username: "ann" }));
    const send = async (at: OpenServices, title: string): Promise<Command> =>
      taken(await at.services.commands.send(ann, draft("bob", title))).command;

    // A command that is sent at one is delivered at the other.
    const phone = new Stream(other, bob, "phone");
    await until(() => phone.has("session.ready"), "the greeting");
    await send(one, "first");
    await until(() => phone.has('"first"'), "a command of the other instance");

    // The answer of a stop holds everywhere: the commands' other ways into the log are the same.
    taken(await one.services.safety.stop(bob));
    const before = phone.text.split("command.deliver").length;
    await send(other, "stopped1");
    await send(one, "stopped2");
    await until(() => phone.has("safety.changed"), "word of the stop");
    assert.equal(phone.text.split("command.deliver").length, before);
    taken(await other.services.safety.resume(bob));
    await until(() => phone.has('"stopped1"') && phone.has('"stopped2"'), "what waited");

    // WS-5: the same device at the other instance takes the place of this one.
    const moved = new Stream(one, bob, "phone");
    await until(() => phone.over, "the end of the older connection");
    await until(() => moved.has("session.ready"), "the greeting");
    assert.equal(moved.over, false);

    // A session that is ended at one is over at the other, and its connections end.
    const startedAt = performance.now();
    await other.services.accounts.logout(bob);
    await until(() => moved.over, "the end of the session's connection");
    assert.ok(performance.now() - startedAt < 60_000);
    const origin = { address: "192.0.2.1", device: "phone", requestId: "r" };
    assert.ok(await one.services.accounts.authenticate(token, origin) instanceof Refusal);
  },
});

import assert from "node:assert/strict";
import { BehestClient, RequestError } from "../../lib/client/mod.ts";
import { complain } from "../../lib/platform/console.ts";
import type { Delivery, ListItem } from "../../lib/protocol/mod.ts";
import { dyingServer } from "../fakes/dying_bundle.ts";
import { seededRandom } from "../fakes/random.ts";
import { logIn, ServerProcess } from "../fakes/server_process.ts";
import { until } from "../fakes/until.ts";

/**
 * `KILLS=n` for more. Each hits the sends that are under way at another moment, which the seed of the run chooses: with two dozen of
 * them in every stage, twenty kills cut through each stage many times, and every run of the tests cuts elsewhere.
 */
const runs = Number(Deno.env.get("KILLS") ?? 20);
/** Sends that are under way at once; enough that every kill hits some in every stage. */
const pipelined = 24;
const timeoutMs = 60_000;
/** Kinds of a failure after which the same request is made again. */
const passing: ReadonlySet<string> = new Set(["broken", "offline", "timed_out", "unavailable"]);

interface Sent {
  key: string;
  number: number;
  id: string;
}

/** One person who sends without pause, each command with its number, and keeps what was answered. */
class Load {
  readonly answered: Sent[] = [];
  readonly #client: BehestClient;
  readonly #name: string;
  #number = 0;
  #stopping = false;
  #workers: Promise<void>[] = [];
  /** How many commands the receiver has done. */
  readonly #done: () => number;

  constructor(client: BehestClient, name: string, done: () => number) {
    this.#client = client;
    this.#name = name;
    this.#done = done;
  }

  start(): void {
    this.#workers = Array.from({ length: pipelined }, async () => {
      while (!this.#stopping) await this.#sendOne(this.#number++);
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#workers);
  }

  async #sendOne(number: number): Promise<void> {
    const key = `${this.#name}-${number}`;
    while (true) {
      const done = this.#done();
      try {
        const { command } = await this.#client.request("command.send", draft(key, number), { timeoutMs });
        this.answered.push({ key, number, id: command.id });
        return;
      } catch (error) {
        if (!(error instanceof RequestError && error.kind === "queue_full")) throw error;
        // DL-7: there is room once the receiver has done some.
        await until(() => this.#done() > done, "room for another command");
      }
    }
  }
}

/** Somebody who does every command at once, whatever breaks meanwhile. */
class Doer {
  done = 0;
  readonly #client: BehestClient;
  #stopping = false;

  constructor(client: BehestClient) {
    this.#client = client;
    client.on("deliver", ({ command }) => void this.#do(command.id));
  }

  stop(): void {
    this.#stopping = true;
  }

  async #do(id: string): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#client.request("command.update", { id, state: "completed" }, { timeoutMs });
        this.done++;
        return;
      } catch (error) {
        if (this.#stopping) return;
        if (!(error instanceof RequestError && passing.has(error.kind))) throw error;
      }
    }
  }
}

function draft(key: string, number: number) {
  return {
    key,
    audience: { kind: "user" as const, to: ["demo-bob"] },
    kind: "message" as const,
    title: `number ${number}`,
    data: { number },
  };
}

async function history(client: BehestClient): Promise<ListItem[]> {
  const items: ListItem[] = [];
  let before: string | undefined;
  while (true) {
    const page = await client.request("inbox.list", {
      limit: 200,
      ...(before === undefined ? {} : { before }),
    });
    items.push(...page.items);
    if (page.next === null) return items;
    before = page.next;
  }
}

Deno.test(`DL-3, DL-4, DL-5: ${runs} kills under load lose no answered command, repeat none and keep the order`, async (t) => {
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  complain(`seed ${seed}`);
  const random = seededRandom(seed);
  const dataDir = await Deno.makeTempDir({ prefix: "behest-kill-" });
  const env = { BEHEST_DATA_DIR: dataDir, BEHEST_RATE_REQUESTS: "0", BEHEST_RATE_SENDS: "0" };
  let server = await ServerProcess.start(env);
  const { origin, port } = server;
  const password = await server.demoPassword();
  const url = `${origin.replace("http", "ws")}/api/ws`;
  const received: Delivery[] = [];
  const sender = new BehestClient({ url, token: await logIn(origin, "demo-ann", password), device: "load" });
  const receiver = new BehestClient({
    url,
    token: await logIn(origin, "demo-bob", password),
    device: "phone",
  });
  receiver.on("deliver", (delivery) => void received.push(delivery));
  sender.connect();
  receiver.connect();
  const doer = new Doer(receiver);
  const load = new Load(sender, "ann", () => doer.done);
  try {
    load.start();
    for (let run = 0; run < runs; run++) {
      const before = load.answered.length;
      // Each run gets somewhere, then dies at a moment that the seed chooses.
      await until(() => load.answered.length > before, "an answer before the kill");
      const dueAt = performance.now() + random.fraction() * 250;
      await until(() => performance.now() >= dueAt);
      await server.signal("SIGKILL");
      // One in ten is `main.ts` as it is started; the others are without pages and in one script, which start in a third of the time.
      const program = run % 10 === 0 ? undefined : [await dyingServer()];
      server = await ServerProcess.start({ ...env, BEHEST_PORT: port }, { program });
      sender.wake();
      receiver.wake();
    }
    await load.stop();
    const answered = load.answered;
    await until(() => received.length >= answered.length, "the last deliveries");

    await t.step("every answered command is in the receiver's history once", async () => {
      const listed = (await history(receiver)).map(({ command }) => command.id);
      assert.equal(new Set(listed).size, listed.length, "a command stands twice in the history");
      assert.deepEqual(new Set(listed), new Set(answered.map(({ id }) => id)));
      assert.equal(new Set(answered.map(({ id }) => id)).size, answered.length, "two keys share a command");
    });
    await t.step("the receiver was handed each once, in the order of acceptance", () => {
      const ids = received.map(({ command }) => command.id);
      assert.equal(new Set(ids).size, ids.length, "a command was handed over twice");
      assert.equal(ids.length, answered.length);
      assert.deepEqual(ids, ids.toSorted());
    });
    await t.step("a key that is sent again gives the answer that it gave", async () => {
      for (const { key, number, id } of answered.slice(-pipelined)) {
        const { command } = await sender.request("command.send", draft(key, number));
        assert.equal(command.id, id);
      }
    });
    complain(`${answered.length} commands were answered over ${runs} kills`);
  } finally {
    doer.stop();
    await Promise.all([sender.close(), receiver.close()]);
    await server[Symbol.asyncDispose]();
    await Deno.remove(dataDir, { recursive: true });
  }
});

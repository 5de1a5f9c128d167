import assert from "node:assert/strict";
import { dyingServer } from "../fakes/dying_bundle.ts";
import type { DyingPoint } from "../fakes/dying_points.ts";
import { ServerProcess } from "../fakes/server_process.ts";
import { until } from "../fakes/until.ts";

/** A server that has answered so many requests since the run's match without coming to its point is killed from outside. */
const answersAtMost = 1000;
/** Answers that one wait is for: a slow machine needs its time for each, not for all together. */
const answersAtOnce = 20;
/** Administers every mortal server. */
export const admin = { username: "ada", password: "a sentence that only ada knows" };

/** A data directory, and the servers that live and die on it. */
export class Mortal implements AsyncDisposable {
  readonly dir: string;
  readonly hits: DyingPoint[] = [];
  readonly misses: DyingPoint[] = [];
  #server: ServerProcess | undefined;
  #env: Record<string, string>;

  constructor(dir: string) {
    this.dir = dir;
    this.#env = {
      BEHEST_DATA_DIR: `${dir}/data`,
      BEHEST_CSAM_HASHES: `${dir}/hashes`,
      BEHEST_CLAMD: "127.0.0.1:1",
      BEHEST_RATE_REQUESTS: "0",
      BEHEST_RATE_SENDS: "0",
      BEHEST_ADMIN_USERNAME: admin.username,
      BEHEST_ADMIN_PASSWORD: admin.password,
      BEHEST_LOG_LEVEL: "debug",
    };
  }

  get server(): ServerProcess {
    return this.#server!;
  }

  /** `whole`: `main.ts` as people start it. The others have the same services and no pages, which start in half the time. */
  async start(
    { dies, whole = false }: { dies?: { at: DyingPoint; times: number } | undefined; whole?: boolean } = {},
  ): Promise<ServerProcess> {
    const point = dies === undefined ? [] : [dies.at, String(dies.times)];
    const program = whole ? undefined : [await dyingServer(), ...point];
    this.#server = await ServerProcess.start(this.#env, { program, quiet: true });
    this.#env = { ...this.#env, BEHEST_PORT: this.#server.port };
    return this.#server;
  }

  /** Waits for the death at a point. Brings it when the `match` was answered and the load did much work after it. */
  async dies(at: DyingPoint, load: { readonly answers: number }, match: Promise<unknown>): Promise<void> {
    let [dead, answered] = [false, false];
    void this.server.ended.then(() => dead = true);
    void match.then(() => answered = true);
    await until(() => dead || answered, "an answer to the match");
    for (let answers = 0; !dead && answers < answersAtMost; answers += answersAtOnce) {
      const enough = load.answers + answersAtOnce;
      await until(() => dead || load.answers >= enough, "answers to the load");
    }
    (dead ? this.hits : this.misses).push(at);
    if (!dead) await this.kill();
  }

  /** Nothing when it is dead already. */
  async kill(): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }

  get data(): string {
    return `${this.dir}/data`;
  }

  blob(sha256: string): string {
    return `${this.data}/storage/files/${sha256.slice(0, 2)}/${sha256}`;
  }

  /** Whatever lies in the storage has been there for two hours. */
  async age(): Promise<void> {
    const then = new Date(Date.now() - 2 * 3600_000);
    const walk = async (path: string): Promise<void> => {
      for await (const { name, isDirectory } of Deno.readDir(path)) {
        if (isDirectory) await walk(`${path}/${name}`);
        else await Deno.utime(`${path}/${name}`, then, then);
      }
    };
    await walk(`${this.data}/storage`);
  }

  async stop(): Promise<void> {
    assert.equal((await this.server.signal("SIGTERM")).code, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    await Deno.remove(this.dir, { recursive: true });
  }
}

/** Some at once. */
export async function each<T>(all: readonly T[], look: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (let one = left.pop(); one !== undefined; one = left.pop()) await look(one);
  }));
}

export function shuffled<T>(all: readonly T[], random: { fraction(): number }): T[] {
  return all.map((item) => ({ item, at: random.fraction() })).sort((a, b) => a.at - b.at).map(({ item }) =>
    item
  );
}

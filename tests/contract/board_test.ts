import assert from "node:assert/strict";
import { openPostgres, type PostgresStore } from "../../lib/adapters/postgres/mod.ts";
import type { PostgresPlace } from "../../lib/adapters/postgres/place.ts";
import type { Board, ClusterLink } from "../../lib/cluster/mod.ts";
import { FakeClock } from "../fakes/clock.ts";
import { MemoryBoard } from "../fakes/memory_board.ts";
import { emptyPlace, operatorSql, sharedPort } from "../fakes/postgres_process.ts";
import { until } from "../fakes/until.ts";

/** Two instances, and a way to let the lease of one end. */
interface Two extends AsyncDisposable {
  links: [ClusterLink, ClusterLink];
  endLease(id: string): Promise<void>;
}

const leaseMs = 600_000;

async function inMemory(): Promise<Two> {
  const clock = new FakeClock();
  const board = new MemoryBoard(() => clock.now());
  const links: Two["links"] = [board.link(crypto.randomUUID()), board.link(crypto.randomUUID())];
  for (const { id, board } of links) await board.join(id, leaseMs);
  return {
    links,
    async endLease(id) {
      clock.advance(leaseMs);
      for (const one of links) if (one.id !== id) await one.board.join(one.id, leaseMs);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** A lease ends without a wait: for the store it ended a moment ago. */
async function endLease(place: PostgresPlace, id: string): Promise<void> {
  await operatorSql(
    place,
    `update "${place.schema}".instance set until = now() - interval '1 ms' where id = '${id}'`,
  );
}

async function onPostgres(): Promise<Two & { place: PostgresPlace; stores: [PostgresStore, PostgresStore] }> {
  await using opening = new AsyncDisposableStack();
  const place = await emptyPlace();
  const one = opening.use(await openPostgres(place, { shared: true, leaseMs }));
  const other = opening.use(await openPostgres(place, { shared: true, leaseMs }));
  const open = opening.move();
  return {
    place,
    stores: [one, other],
    links: [one.link!, other.link!],
    endLease: (id) => endLease(place, id),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** `breaks`: lines are cut, and the driver's timers for their return may outlive the test by a second. */
function onPostgresTest(name: string, fn: () => Promise<void>, { breaks = false } = {}): void {
  // The server of all tests may be started by the first of them.
  const sanitize = sharedPort !== undefined;
  Deno.test({ name, sanitizeOps: sanitize && !breaks, sanitizeResources: sanitize, fn });
}

async function readAll(board: Board, id: string, done: number, seen: number): Promise<string[]> {
  const bodies: string[] = [];
  while (true) {
    const beat = await board.beat(id, leaseMs, done, seen);
    if (beat === null || beat.entries.length === 0) return bodies;
    for (const { number, body } of beat.entries) {
      assert.equal(number, seen + 1, "no gap");
      seen = number;
      bodies.push(body);
    }
  }
}

for (const [engine, open] of [["in memory", inMemory], ["PostgreSQL", onPostgres]] as const) {
  onPostgresTest(`OP-7: a board has one order, and knows what is done everywhere (${engine})`, async () => {
    await using two = await open();
    const [{ id: a, board: boardA }, { id: b, board: boardB }] = two.links;
    const posts = Array.from({ length: 12 }, (_, at) => at).map((at) =>
      at % 2 === 0 ? boardA.post(a, at / 2 + 1, `a${at}`) : boardB.post(b, (at + 1) / 2, `b${at}`)
    );
    const numbers = (await Promise.all(posts)).map(Number);
    assert.deepEqual([...numbers].sort((x, y) => x - y), numbers.map((_, at) => at + 1));
    assert.equal(await boardA.post(a, 1, "again"), numbers[0], "a call that is made twice adds one entry");
    const read = await readAll(boardA, a, 0, 0);
    assert.deepEqual(read, await readAll(boardB, b, 0, 0));
    assert.equal(read.length, 12);
    assert.equal(await boardA.doneEverywhere(), 0);
    await boardA.beat(a, leaseMs, 12, 12);
    await boardB.beat(b, leaseMs, 7, 12);
    assert.equal(await boardA.doneEverywhere(), 7);
    // What is late takes nothing back.
    await boardB.beat(b, leaseMs, 3, 12);
    assert.equal(await boardB.doneEverywhere(), 7);
    const live = (await boardA.beat(a, leaseMs, 12, 12))!.live;
    assert.deepEqual([...live].sort(), [a, b].sort());
    await boardB.leave(b);
    assert.equal(await boardA.doneEverywhere(), 12);
  });

  onPostgresTest(
    `OP-7: a lease that has ended is not renewed, and nobody waits for it (${engine})`,
    async () => {
      await using two = await open();
      const [{ id: a, board: boardA }, { id: b, board: boardB }] = two.links;
      await boardA.post(a, 1, "one");
      await boardA.beat(a, leaseMs, 1, 1);
      assert.equal(await boardA.doneEverywhere(), 0);
      await two.endLease(b);
      assert.equal(await boardA.doneEverywhere(), 1);
      assert.equal(await boardB.beat(b, leaseMs, 1, 1), null);
      assert.equal(await boardB.post(b, 1, "late"), null);
      assert.deepEqual((await boardA.beat(a, leaseMs, 1, 1))!.live, [a]);
      assert.deepEqual(await readAll(boardA, a, 1, 0), ["one"]);
    },
  );
}

onPostgresTest(
  "OP-7: an instance whose lease has ended writes nothing more, and one that runs alone waits for all",
  async () => {
    await using two = await onPostgres();
    const [one, other] = two.stores;
    await one.kv.set(["a"], 1);
    await assert.rejects(openPostgres(two.place), /another process uses it/);
    await two.endLease(one.link!.id);
    await assert.rejects(one.kv.set(["a"], 2), /the lease of this instance has ended/);
    assert.match((await one.lost).message, /lease/);
    assert.equal((await other.kv.get(["a"])).value, 1);
    await two.endLease(other.link!.id);
    await using alone = await openPostgres(two.place);
    await alone.kv.set(["a"], 3);
    await assert.rejects(openPostgres(two.place, { shared: true }), /runs alone/);
  },
);

onPostgresTest(
  "OP-7: NOTIFY carries what one instance says to the others, also after its line broke",
  async () => {
    await using two = await onPostgres();
    const [{ wire: wireA }, { wire: wireB }] = two.links;
    const heard: string[] = [];
    wireB.listen((text) => heard.push(text));
    const longest = "é".repeat(wireA.longest / 2);
    for (const text of ["n1", "n2", longest]) wireA.send(text);
    await until(() => heard.length === 3, "three texts");
    assert.deepEqual(heard, ["n1", "n2", longest]);
    await operatorSql(
      two.place,
      "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%' and datname = 'postgres'",
    );
    await until(() => {
      wireA.send(`n${heard.length}`);
      return heard.length > 3;
    }, "a text on the new line");
  },
  { breaks: true },
);

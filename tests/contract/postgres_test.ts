import assert from "node:assert/strict";
import { openPostgres } from "../../lib/adapters/postgres/mod.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { FakeClock } from "../fakes/clock.ts";
import { dump } from "../fakes/kv_stores.ts";
import { emptyPlace, operatorSql, placeAt, PostgresProcess, sharedPort } from "../fakes/postgres_process.ts";
import { LineProxy } from "../fakes/proxy.ts";
import { until } from "../fakes/until.ts";

type Count = { value: bigint };

/** Nobody renews the leases of these. */
const aWhile = { shared: true, leaseMs: 600_000 };

/** The server of all tests may be started by the first of them. */
function postgresTest(name: string, fn: () => Promise<void>): void {
  const sanitize = sharedPort !== undefined;
  Deno.test({ name, sanitizeOps: sanitize, sanitizeResources: sanitize, fn });
}

/** Writers that count, each what was answered to it. `seen` is how often the store says it was. */
async function counting(
  kv: Awaited<ReturnType<typeof openPostgres>>["kv"],
  disturb: () => Promise<void>,
  least: number,
): Promise<{ answered: number; seen: bigint | undefined; lines: number }> {
  let answered = 0;
  let enough = false;
  const writer = async (name: number) => {
    for (let at = 0; !enough; at++) {
      const { ok } = await kv.atomic().check({ key: ["once", name, at], versionstamp: null })
        .set(["once", name, at], at).sum(["count"], 1n).set(["log", name, kv.commitVersionstamp()], at)
        .commit();
      // The one check that could fail is that of a commit that was made twice.
      assert.ok(ok);
      answered++;
    }
  };
  const writers = [1, 2, 3].map(writer);
  await until(() => answered > 20, "the first answers");
  const before = answered;
  await disturb();
  await until(() => answered > before + least, "answers after it");
  enough = true;
  await Promise.all(writers);
  const seen = (await kv.get<Count>(["count"])).value?.value;
  return { answered, seen, lines: (await dump(kv, ["log"])).length };
}

postgresTest("OP-7: a database has one owner; another start is refused, or waits", async () => {
  const place = await emptyPlace();
  {
    await using first = await openPostgres(place);
    await first.kv.set(["a"], 1);
    await assert.rejects(openPostgres(place), /another process uses it\. Stop that one first.*\d+ s$/);
    await first.kv.set(["a"], 2);
  }
  // It let go when it was closed.
  await using second = await openPostgres(place);
  assert.equal((await second.kv.get(["a"])).value, 2);
});

postgresTest(
  "OP-7: a process that begins again in its directory has the store, and the last one has not",
  async () => {
    const place = await emptyPlace();
    const home = crypto.randomUUID();
    await using died = await openPostgres(place, { home });
    await died.kv.set(["a"], 1);
    await using again = await openPostgres(place, { home });
    assert.equal((await again.kv.get(["a"])).value, 1);
    await again.kv.set(["a"], 2);
    // What the last one had sent when it died, and what comes late.
    await assert.rejects(died.kv.set(["a"], 3), /another process has taken over/);
    assert.equal((await again.kv.get(["a"])).value, 2);
  },
);

postgresTest(
  "OP-7: who lost the store writes nothing more, reads nothing more, and hears of it",
  async () => {
    const place = await emptyPlace();
    await using old = await openPostgres(place);
    await old.kv.set(["a"], "old");
    // As after a pause of the process that was longer than its lease.
    await operatorSql(place, `update "${place.schema}".partition set owner_until = now() - interval '1 s'`);
    await using next = await openPostgres(place);
    await next.kv.set(["a"], "next");
    await assert.rejects(old.kv.set(["a"], "late"), /another process has taken over/);
    assert.match((await old.lost).message, /another process has taken over/);
    await assert.rejects(old.kv.get(["a"]), /another process has taken over/);
    assert.equal((await next.kv.get(["a"])).value, "next");
  },
);

postgresTest(
  "OP-7: processes that share a store have one order, and no reader's cursor passes a late one",
  async () => {
    const place = await emptyPlace();
    await using one = await openPostgres(place, aWhile);
    await using other = await openPostgres(place, aWhile);
    const each = 60;
    const write = async (kv: typeof one.kv, name: string) => {
      for (let at = 0; at < each; at++) await kv.set(["log", kv.commitVersionstamp()], `${name}${at}`);
    };
    let done = false;
    const writing = Promise.all([write(one.kv, "a"), write(other.kv, "b"), write(one.kv, "c")])
      .then(() => done = true);
    const read: string[] = [];
    let cursor = "";
    for (let last = false; !last;) {
      last = done;
      for await (
        const { key, value } of other.kv.list<string>({ prefix: ["log"], start: ["log", `${cursor}!`] })
      ) {
        read.push(value);
        cursor = key[1] as string;
      }
    }
    await writing;
    assert.equal(read.length, 3 * each);
    for (const name of ["a", "b", "c"]) {
      const mine = read.filter((one) => one.startsWith(name));
      assert.deepEqual(mine, Array.from({ length: each }, (_, at) => `${name}${at}`));
    }
  },
);

postgresTest("OP-7: a line that breaks loses no answer and makes nothing twice", async () => {
  const place = await emptyPlace();
  using line = new LineProxy(Number(/[0-9]+$/.exec(place.hosts[0]!)![0]));
  await using store = await openPostgres({ ...place, hosts: [`127.0.0.1:${line.port}`] });
  const { answered, seen, lines } = await counting(store.kv, async () => {
    for (let times = 0; times < 5; times++) {
      line.cut();
      await store.kv.get(["count"]);
    }
  }, 20);
  assert.equal(seen, BigInt(answered));
  assert.equal(lines, answered);
});

postgresTest("OP-7: a line that swallows everything is left for another one", async () => {
  const place = await emptyPlace();
  const clock = new FakeClock();
  using line = new LineProxy(Number(/[0-9]+$/.exec(place.hosts[0]!)![0]));
  await using store = await openPostgres({ ...place, hosts: [`127.0.0.1:${line.port}`] }, { clock });
  await store.kv.set(["a"], 1);
  line.swallow();
  let [written, read] = [false, false];
  const both = Promise.all([
    store.kv.atomic().sum(["n"], 1n).commit().then(() => written = true),
    store.kv.get(["a"]).then(() => read = true),
  ]);
  both.catch(() => undefined);
  await until(() => line.swallowed > 0, "something to be swallowed");
  line.heal();
  // The calls are given up at once. From then on time passes slowly: only for the pause before the next try.
  clock.advance(10_000);
  await until(() => {
    clock.advance(1);
    return written && read;
  }, "answers over the next line");
  await both;
  assert.equal((await store.kv.get<Count>(["n"])).value?.value, 1n);
});

postgresTest("OP-7: what has expired goes, and what a check saw before does not hold then", async () => {
  const place = await emptyPlace();
  await using store = await openPostgres(place);
  const { kv } = store;
  await kv.set(["stays"], 1, { expireIn: 60_000 });
  await kv.set(["kept"], 1, { expireIn: 1 });
  await kv.set(["kept"], 2);
  const short = await kv.set(["goes"], 1, { expireIn: 1 });
  await until(async () => {
    await store.sweep();
    return (await kv.get(["goes"])).value === null;
  }, "the expired record to go");
  assert.deepEqual((await dump(kv)).map(([key]) => key), [["kept"], ["stays"]]);
  const late = await kv.atomic().check({ key: ["goes"], versionstamp: short.versionstamp }).set(["goes"], 2)
    .commit();
  assert.equal(late.ok, false);
});

postgresTest("OP-2: a database that cannot hold the store is refused with the reason", async () => {
  const place = await emptyPlace();
  await operatorSql(place, `create database ${place.schema} encoding 'SQL_ASCII' template template0`);
  await assert.rejects(openPostgres({ ...place, database: place.schema }), /not encoded in UTF8/);
  await assert.rejects(
    openPostgres({ ...place, database: "none" }),
    /postgres:\/\/behest@.*\/none: .*does not exist/,
  );
  await assert.rejects(openPostgres(place, { existing: true }), /there is no store in its schema/);
  {
    await using made = await openPostgres(place);
    await made.kv.set(["a"], 1);
  }
  await operatorSql(place, `update "${place.schema}".meta set layout = 99`);
  await assert.rejects(openPostgres(place), /layout 99.*start the newer version/);
});

postgresTest("OP-7: two starts at once make the tables once", async () => {
  const place = await emptyPlace();
  const both = await Promise.all([1, 2].map(() => openPostgres(place, aWhile)));
  for (const { kv } of both) await kv.atomic().sum(["n"], 1n).commit();
  assert.equal((await both[0]!.kv.get<Count>(["n"])).value?.value, 2n);
  for (const store of both) await store[Symbol.asyncDispose]();
});

Deno.test("OP-7: a server that dies under load loses no answer; TLS shows who it is", async () => {
  // As operators have it: synced, with a certificate.
  await using server = await PostgresProcess.start(["ssl=on"], makeCertificate);
  const caFile = `${server.dir}/data/server.crt`;
  const plain = placeAt(server.port);
  const secure = { ...plain, tls: "verified" as const, caFile };
  {
    await using store = await openStore({ ...secure, hosts: [`localhost:${server.port}`] });
    const { answered, seen, lines } = await counting(store.kv, async () => {
      await server.kill();
      await server.run();
    }, 20);
    assert.equal(seen, BigInt(answered));
    assert.equal(lines, answered);
    // A connection that was cut may be there for a while beside the new one.
    const ours = "select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid) " +
      "where backend_type = 'client backend' and pid <> pg_backend_pid()";
    assert.equal(await operatorSql(plain, ours), "t");
  }
  // The driver would compare the certificate of an address with another name.
  await assert.rejects(openPostgres(secure), /is an address.*sslmode=require/);
  await assert.rejects(
    openPostgres({ ...secure, hosts: [`localhost:${server.port}`], caFile: null }),
    /certificate/i,
  );
  await using unasked = await openPostgres({ ...plain, tls: "unverified" });
  await unasked.kv.set(["a"], 1);
});

Deno.test("OP-7: a synchronous standby that takes over has every answer, and nothing twice", async () => {
  // Not synced to the disk by itself: what counts here is what the standby has.
  const settings = ["fsync=off", "full_page_writes=off"];
  await using primary = await PostgresProcess.start([...settings, "wal_level=replica"]);
  await using standby = await PostgresProcess.standbyOf(primary, settings);
  const [first] = placeAt(primary.port).hosts;
  const both = { ...placeAt(standby.port), hosts: [first!, ...placeAt(standby.port).hosts] };
  // The tables, before a commit waits for the standby.
  await (await openPostgres(both))[Symbol.asyncDispose]();
  await operatorSql(placeAt(primary.port), "alter system set synchronous_standby_names = '*'");
  await operatorSql(placeAt(primary.port), "select pg_reload_conf()");
  const synced = "select count(*) from pg_stat_replication where sync_state = 'sync'";
  await until(async () => await operatorSql(placeAt(primary.port), synced) === "1", "a synchronous standby");
  await using store = await openPostgres(both);
  const { answered, seen, lines } = await counting(store.kv, async () => {
    await primary.kill();
    await standby.promote();
  }, 20);
  assert.equal(seen, BigInt(answered));
  assert.equal(lines, answered);
  assert.equal(
    await operatorSql(placeAt(standby.port), `select count from behest.kv where count is not null`),
    `${seen}`,
  );
});

async function makeCertificate(dir: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ...["req", "-new", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost"],
      ...[
        "-addext",
        "subjectAltName=DNS:localhost",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
      ],
      ...["-keyout", `${dir}/data/server.key`, "-out", `${dir}/data/server.crt`],
    ],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const { uid, gid } = await Deno.stat(`${dir}/data`);
  await Deno.chown(`${dir}/data/server.key`, uid, gid);
  await Deno.chmod(`${dir}/data/server.key`, 0o600);
}

import assert from "node:assert/strict";
import { SealedFiles } from "../../lib/adapters/evidence/store.ts";
import { BehestClient } from "../../lib/client/mod.ts";
import { complain } from "../../lib/platform/console.ts";
import type { Delivery, FileObject, Incident } from "../../lib/protocol/mod.ts";
import { type DyingPoint, dyingPoints } from "../fakes/dying_points.ts";
import { seededRandom } from "../fakes/random.ts";
import { logIn } from "../fakes/server_process.ts";
import { until } from "../fakes/until.ts";
import { admin, each, Mortal, shuffled } from "./mortal_server.ts";
import {
  content,
  contentMark,
  FilesLoad,
  hashOf,
  type KnownFile,
  nameMark,
  type Person,
} from "./files_load.ts";

/**
 * `KILLS=n` for more. One run dies at each of the points, in another order and after other work with each seed; the others are killed
 * from outside at whatever moment it is, which finds what has no point yet. One of them is `main.ts` as people start it.
 */
const runs = Number(Deno.env.get("KILLS") ?? dyingPoints.length + 3);
const password = "a long enough passphrase";
const matchBytes = 1_200_000;
/** There is one match in each run, so that these are come to once or twice; the others many times. */
const rare: ReadonlySet<DyingPoint> = new Set([
  "read",
  "before incident",
  "after incident",
  "before sealed",
  "after sealed",
  "before removing",
  "removed",
]);

/** Ways to the bytes of a file. */
const waysIn: readonly [string, string, string?][] = [
  ["GET", "/content"],
  ["HEAD", "/content"],
  ["GET", "/content/x.jpg"],
  ["GET", "/content", "bytes=0-0"],
];

Deno.test(`FI-1, FI-2, FI-3, FI-7, SC-1, SC-5: ${runs} kills lose no file that was answered, and let nothing through`, async (t) => {
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  complain(`seed ${seed}`);
  const random = seededRandom(seed);
  await using mortal = new Mortal(await Deno.makeTempDir({ prefix: "behest-files-kill-" }));
  const matches = Array.from({ length: runs }, () => content(random, matchBytes));
  await Deno.writeTextFile(`${mortal.dir}/hashes`, matches.map(hashOf).join("\n"));
  const { origin } = await mortal.start();
  const login = async (username: string, secret: string): Promise<Person> => ({
    username,
    headers: { authorization: `Bearer ${await logIn(origin, username, secret)}` },
  });
  const demo = await mortal.server.demoPassword();
  const [ann, bob, ada] = await Promise.all([
    login("demo-ann", demo),
    login("demo-bob", demo),
    login(admin.username, admin.password),
  ]);
  const villains = await Promise.all(matches.map(async (_, at) => {
    const username = `villain-${at}`;
    const body = JSON.stringify({ username, password, adult: true });
    const headers = { "content-type": "application/json" };
    const made = await fetch(`${origin}/api/v1/auth/register`, { method: "POST", headers, body });
    assert.equal(made.status, 201, await made.text());
    return await login(username, password);
  }));
  const clientOf = ({ headers }: Person, device: string) =>
    new BehestClient({
      url: `${origin.replace("http", "ws")}/api/ws`,
      token: headers["authorization"]!.slice("Bearer ".length),
      device,
    });
  const [sender, receiver] = [clientOf(ann!, "load"), clientOf(bob!, "phone")];
  const received: Delivery[] = [];
  receiver.on("deliver", (delivery) => void received.push(delivery));
  sender.connect();
  receiver.connect();
  const ask = (path: string, who: Person, init: RequestInit = {}) =>
    fetch(`${origin}/api/v1${path}`, {
      ...init,
      headers: { ...who.headers, ...init.headers as Record<string, string> },
    });
  const json = async (path: string, who: Person) => {
    const response = await ask(path, who);
    const body = await response.json();
    assert.equal(response.status, 200, `${path}: ${JSON.stringify(body)}`);
    return body;
  };
  const incidents = async (): Promise<Incident[]> =>
    (await json("/admin/incidents?limit=200", ada!)).incidents;

  const listOf = async (who: Person): Promise<FileObject[]> => {
    const found: FileObject[] = [];
    for (let before = "", more = true; more;) {
      const page = await json(`/files?limit=200${before}`, who);
      found.push(...page.files);
      more = page.next !== null;
      before = `&before=${page.next}`;
    }
    return found;
  };
  const quiet = async () => {
    for (const state of ["scanning", "held"]) {
      if ((await json(`/admin/files?state=${state}`, ada!)).files.length > 0) return false;
    }
    const shown = (await listOf(ann!)).every(({ state }) => state === "clean" || state === "rejected");
    return shown && (await incidents()).every(({ evidence }) => evidence !== "sealing");
  };
  const load = new FilesLoad(origin, ann!, sender, random);
  const crimes: Promise<KnownFile | null>[] = [];
  const points = shuffled(dyingPoints, random);
  try {
    load.start();
    for (let run = 0; run < runs; run++) {
      const point = points[run];
      await mortal.kill();
      await mortal.start({
        dies: point && { at: point, times: rare.has(point) ? 1 : 1 + Math.floor(random.fraction() * 12) },
        whole: point === undefined && run % 3 === 0,
      });
      sender.wake();
      receiver.wake();
      const match = load.upload(villains[run]!, matches[run]!, "match");
      crimes.push(match);
      if (point !== undefined) {
        await mortal.dies(point, load, match);
        continue;
      }
      const before = load.answers;
      await until(() => load.answers > before, "an answer before the kill");
      const dueAt = performance.now() + random.fraction() * 300;
      await until(() => performance.now() >= dueAt);
    }
    await mortal.kill();
    await mortal.start({ whole: true });
    sender.wake();
    receiver.wake();
    await Promise.all(crimes);
    await load.stop();
    const bobs = () => new Set(received.map(({ command }) => command.id));
    const due = load.sent.filter(({ file }) => file.what === "clean");
    await until(() => due.every(({ id }) => bobs().has(id)), "every command whose file is clean");
    await until(() => quiet(), "every scan and every incident to be settled");
    assert.deepEqual(load.wrong, []);
    complain(
      `${load.files.size} files and ${load.sent.length} commands were answered, ${load.unanswered} requests died; ` +
        `died at ${mortal.hits.length} of ${dyingPoints.length} points, not at ${
          mortal.misses.join(", ") || "none"
        }`,
    );
    // A point that this many runs did not come to is one that nothing comes to any more.
    assert.ok(mortal.hits.length >= dyingPoints.length - 4, `${mortal.misses}`);
    assert.ok(load.unanswered >= runs, `${load.unanswered} requests were cut off`);

    const files = [...load.files.values()];
    const all: readonly Person[] = [ann!, bob!, ada!];
    await t.step(
      "FI-1, FI-2: every file that was answered is there with its bytes, what was deleted is gone",
      async () => {
        await each(files, async (file) => {
          if (file.what === "match") return;
          const response = await ask(`/files/${file.id}/content`, ann!);
          const bytes = await response.bytes();
          if (file.deleted !== "no" && response.status === 404) return;
          assert.notEqual(file.deleted, "yes", `${file.id} was deleted and is there`);
          if (file.what === "infected") assert.equal(response.status, 409, file.id);
          else {
            assert.equal(response.status, 200, file.id);
            assert.equal(hashOf(bytes), file.sha256, file.id);
          }
        });
      },
    );
    const listed = await listOf(ann!);
    await t.step("FI-3, FI-7: what is listed is whole, also where the answer was lost", async () => {
      const there = files.filter(({ owner, deleted }) => owner === ann && deleted === "no");
      const ids = new Set(listed.map(({ id }) => id));
      assert.deepEqual(there.filter(({ id }) => !ids.has(id)).map(({ id }) => id), []);
      await each(listed.filter(({ state }) => state === "clean"), async ({ id, sha256, size }) => {
        const bytes = await (await ask(`/files/${id}/content`, ann!)).bytes();
        assert.deepEqual([hashOf(bytes), bytes.length], [sha256, size]);
      });
    });
    await t.step("FI-5, SC-2: nothing that was rejected is read, by anybody, by any way", async () => {
      const rejected = [
        ...files.filter(({ what }) => what !== "clean").map(({ id }) => id),
        ...listed.filter(({ state }) => state === "rejected").map(({ id }) => id),
      ];
      assert.ok(rejected.length > runs, `${rejected.length} rejected`);
      await each([...new Set(rejected)], async (id) => {
        for (const who of all) {
          for (const [method, path, range] of waysIn) {
            const headers: Record<string, string> = range === undefined ? {} : { range };
            const response = await ask(`/files/${id}${path}`, who, { method, headers });
            await response.body?.cancel();
            assert.ok([404, 409].includes(response.status), `${method} ${path}: ${response.status}`);
          }
        }
      });
    });
    await t.step(
      "FI-6: a recipient reads what a command carries; one with a rejected file came to nobody",
      async () => {
        await each(due, async ({ file }) => {
          const response = await ask(`/files/${file.id}/content`, bob!);
          assert.equal(hashOf(await response.bytes()), file.sha256, `${response.status}`);
        });
        const never = load.sent.filter(({ file }) => file.what !== "clean");
        assert.ok(never.length > 0, "no command carried an infected file");
        assert.deepEqual(never.filter(({ id }) => bobs().has(id)), []);
      },
    );
    const crimesAnswered = (await Promise.all(crimes)).filter((file) => file !== null);
    const opened = await incidents();
    await t.step(
      "SC-5: each match has one incident, its uploader is out, its bytes are nowhere but sealed",
      async () => {
        assert.ok(crimesAnswered.length > runs / 2, `${crimesAnswered.length} matches were answered`);
        const first = opened.filter(({ evidence }) => evidence !== "none").map(({ sha256 }) => sha256);
        assert.equal(new Set(first).size, first.length, "two incidents of one match");
        for (const { sha256, owner } of crimesAnswered) {
          assert.ok(first.includes(sha256));
          const refused = await ask("/files", owner);
          await refused.body?.cancel();
          assert.ok([401, 403].includes(refused.status), `${owner.username}: ${refused.status}`);
          await assert.rejects(Deno.stat(mortal.blob(sha256)), Deno.errors.NotFound);
        }
      },
    );
    await mortal.stop();
    await t.step("SC-5: the evidence is what was uploaded", async () => {
      const evidence = new SealedFiles({
        dir: `${mortal.data}/evidence`,
        keyFile: `${mortal.data}/evidence.key`,
      });
      const bytesOf = new Map(matches.map((bytes) => [hashOf(bytes), bytes]));
      for (const { id, sha256, evidence: state } of opened) {
        if (state === "none") continue;
        assert.equal(state, "sealed");
        const plain = await evidence.open(id);
        assert.equal(hashOf(await new Response(plain).bytes()), sha256);
        assert.ok(bytesOf.has(sha256));
      }
    });
    await t.step("FI-3, FI-7: after a sweep the storage is what the store says of it", async () => {
      await mortal.age();
      const { origin } = await mortal.start({ whole: true });
      // Once it answers it also hears a signal.
      await (await fetch(`${origin}/healthz`)).body?.cancel();
      await mortal.stop();
      const { code, stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "tools/check_storage.ts", mortal.data],
        stderr: "null",
      }).output();
      assert.equal(code, 0, new TextDecoder().decode(stdout));
    });
    await t.step("OP-3: the log has no name and no content of a file, and no error", async () => {
      const log = await Deno.readTextFile(`${mortal.data}/logs/behest.log`);
      assert.ok(log.includes("file.added"), "the log tells of uploads");
      for (const mark of [nameMark, contentMark, "EICAR-STANDARD"]) assert.ok(!log.includes(mark), mark);
      const errors = log.split("\n").filter((line) => /"level":"(?:ERROR|FATAL)"/i.test(line));
      assert.deepEqual(errors, []);
    });
  } finally {
    await Promise.all([sender.close(), receiver.close()]);
  }
});

import assert from "node:assert/strict";
import { backUp, restore, unsealed, verifyBackup } from "../../lib/adapters/backup/mod.ts";
import { DiskBlobs } from "../../lib/adapters/blobs/mod.ts";
import { KvAudit, openStore } from "../../lib/adapters/kv/mod.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { BehestClient } from "../../lib/client/mod.ts";
import { verifyChain } from "../../lib/moderation/mod.ts";
import { complain } from "../../lib/platform/console.ts";
import { silentLog, systemClock } from "../../lib/platform/mod.ts";
import { seededRandom } from "../fakes/random.ts";
import { logIn, ServerProcess } from "../fakes/server_process.ts";
import { until } from "../fakes/until.ts";
import { FilesLoad, type KnownFile } from "./files_load.ts";
import { Mortal } from "./mortal_server.ts";

/** Backups under load; in every third the server is killed meanwhile. `RUNS` makes it another number. */
const runs = Number(Deno.env.get("RUNS") ?? 3);
/** Answers before each backup. */
const answersBefore = 40;

Deno.test(`OP-6: ${runs} backups under load, some while the server is killed, restore everything that was answered before`, async () => {
  const seed = Number(Deno.env.get("SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  complain(`seed ${seed}`);
  const random = seededRandom(seed);
  await using mortal = new Mortal(await Deno.makeTempDir({ prefix: "behest-backups-" }));
  await Deno.writeTextFile(`${mortal.dir}/hashes`, "");
  const { origin } = await mortal.start();
  const password = await mortal.server.demoPassword();
  const [token, bobs] = [
    await logIn(origin, "demo-ann", password),
    await logIn(origin, "demo-bob", password),
  ];
  const clientOf = (token: string, device: string) =>
    new BehestClient({ url: `${origin.replace("http", "ws")}/api/ws`, token, device });
  const [sender, receiver] = [clientOf(token, "load"), clientOf(bobs, "phone")];
  sender.connect();
  receiver.connect();
  // DL-7: done commands make room for others.
  receiver.on("deliver", ({ command }) => {
    void receiver.request("command.update", { id: command.id, state: "declined" }).catch(() => {});
  });
  const ann = { username: "demo-ann", headers: { authorization: `Bearer ${token}` } };
  const load = new FilesLoad(origin, ann, sender, random);
  const live = { dataDir: `${mortal.dir}/data`, kv: `${mortal.dir}/data/kv.sqlite3` };
  try {
    for (let run = 0; run < runs; run++) {
      load.start();
      const enough = load.answers + answersBefore;
      await until(() => load.answers >= enough, "answers to the load");
      const commands = load.sent.map(({ id }) => id);
      const files = [...load.files.values()];
      const file = `${mortal.dir}/${run}.zip`;
      const last = run === runs - 1;
      // The last one by the command, which has fewer permissions than a test.
      const made = last
        ? task(["backup", file], live.dataDir)
        : backUp({ ...live, file, withKeys: true, sealing: unsealed, nowMs: systemClock.now() });
      if (run % 3 === 1) {
        await mortal.kill();
        await mortal.start();
        sender.wake();
        receiver.wake();
      }
      await made;
      await load.stop();
      assert.deepEqual(load.wrong, [], `seed ${seed}`);
      assert.deepEqual((await verifyBackup({ file, ageKey: null }, `${file}.plain`)).missing, []);
      const dataDir = `${mortal.dir}/restored-${run}`;
      const kv = `${dataDir}/kv.sqlite3`;
      if (last) {
        await task(["verify-backup", file], dataDir);
        await task(["restore", file], dataDir);
      } else {
        const { findings } = await restore({ dataDir, kv, file, ageKey: null, nowMs: systemClock.now() });
        assert.deepEqual(findings, [], `seed ${seed}, backup ${run}`);
      }
      await holdsAll(dataDir, commands, files.filter(({ deleted }) => deleted === "no"));
      if (!last) continue;
      // The last one is run: tokens of before are valid, and people find what is theirs.
      await using server = await ServerProcess.start({
        BEHEST_DATA_DIR: dataDir,
        BEHEST_CLAMD: "127.0.0.1:1",
      });
      const answer = await fetch(`${server.origin}/api/v1/files?limit=1`, { headers: ann.headers });
      assert.equal(answer.status, 200);
      assert.equal((await answer.json()).files.length, 1);
      await logIn(server.origin, "demo-bob", password);
    }
  } finally {
    sender.close();
    receiver.close();
  }
});

/** Runs a task as an operator does. */
async function task(args: string[], dataDir: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", ...args],
    env: { BEHEST_DATA_DIR: dataDir },
    stdout: "null",
    stderr: "piped",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

/** Everything that was answered before the backup began, and a chain of audit entries that holds. */
async function holdsAll(dataDir: string, commands: string[], files: KnownFile[]): Promise<void> {
  await using store = await openStore(`${dataDir}/kv.sqlite3`);
  for (const id of commands) {
    assert.notEqual((await store.kv.get(keys.command(id))).value, null, `command ${id}`);
  }
  await using blobs = new DiskBlobs(`${dataDir}/storage`);
  for (const { id, what, sha256, bytes } of files) {
    assert.notEqual((await store.kv.get(keys.file(id))).value, null, `file ${id}`);
    if (what !== "clean") continue;
    const kept = await blobs.open(sha256);
    assert.ok(kept, `the bytes of ${id}`);
    assert.deepEqual(new Uint8Array(await new Response(kept).arrayBuffer()), bytes);
  }
  const { entries, head } = await new KvAudit(store, systemClock, silentLog).chain();
  assert.equal((await verifyChain(entries, head)).ok, true);
}

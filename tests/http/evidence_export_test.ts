import assert from "node:assert/strict";
import { KvAudit } from "../../lib/adapters/kv/audit_log.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { silentLog, systemClock } from "../../lib/platform/mod.ts";
import { incidentRig } from "../fakes/incident_rig.ts";
import { storeFile } from "../fakes/kv_stores.ts";

/** What the task prints, and how it ends. */
async function run(directory: string, ...args: string[]): Promise<{ code: number; text: string }> {
  const permissions = ["--no-prompt", "--allow-env", "--allow-read", "--allow-write"];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", ...permissions, "tools/evidence_export.ts", ...args],
    env: { NO_COLOR: "1", BEHEST_DATA_DIR: directory, BEHEST_KV: "" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("SC-5, MO-3: evidence leaves by a task at the terminal only, with key and reason, and the audit log says so", async () => {
  await using file = await storeFile();
  const directory = file.path.slice(0, file.path.lastIndexOf("/"));
  const [key, out] = [`${directory}/evidence.key`, `${directory}/out`];
  let match: { id: string; bytes: Uint8Array };
  {
    await using store = await openStore(file.path);
    await using rig = await incidentRig({ store });
    match = await rig.matched([await rig.person("ann")], 2_000_000);
    const early = await run(directory, match.id, out, "--why=x", `--key=${key}`);
    assert.deepEqual([early.code, /open in another process/.test(early.text)], [1, true], early.text);
    await rig.jobs.runDue();
    await Deno.mkdir(`${directory}/evidence`);
    await Deno.copyFile(`${rig.root}/evidence/${match.id}`, `${directory}/evidence/${match.id}`);
    await Deno.copyFile(`${rig.root}/evidence.key`, key);
  }
  await Deno.writeFile(`${directory}/wrong.key`, new Uint8Array(32));
  const refused: [args: string[], says: RegExp][] = [
    [[], /Say what, where to and why/],
    [[match.id, out, `--key=${key}`, "--why= "], /Say what, where to and why/],
    [["01ARZ3NDEKTSV4RRFFQ69G5FAV", out, `--key=${key}`, "--why=x"], /There is no incident/],
    [[match.id, out, `--key=${directory}/wrong.key`, "--why=x"], /sealed with another key/],
    [[match.id, out, `--key=${directory}/none.key`, "--why=x"], /no key at/],
    [[match.id, key, `--key=${key}`, "--why=x"], /exists/],
  ];
  for (const [args, says] of refused) {
    const { code, text } = await run(directory, ...args);
    assert.equal(code, 1, text);
    assert.match(text, says);
  }
  await assert.rejects(Deno.stat(out), Deno.errors.NotFound);
  const done = await run(directory, match.id, out, `--key=${key}`, "--why=Order 12 of the court");
  assert.equal(done.code, 0, done.text);
  assert.deepEqual(await Deno.readFile(out), new Uint8Array(match.bytes));
  assert.equal((await Deno.stat(out)).mode! & 0o777, 0o600);
  await using store = await openStore(file.path);
  const auditEntries = (await new KvAudit(store, systemClock, silentLog).entriesBefore(null, 10)).reverse();
  assert.deepEqual(
    auditEntries.map(({ actor, action, subject, reason }) => [actor, action, subject, reason]),
    [
      ["(server)", "incident.open", `incident:${match.id}`, null],
      ["(server)", "incident.sealed", `incident:${match.id}`, null],
      ["(operator)", "incident.evidence_exported", `incident:${match.id}`, "Order 12 of the court"],
    ],
  );
});

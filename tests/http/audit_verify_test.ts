import assert from "node:assert/strict";
import { KvAudit } from "../../lib/adapters/kv/audit_log.ts";
import { keys } from "../../lib/adapters/kv/keys.ts";
import { openStore } from "../../lib/adapters/kv/store.ts";
import { silentLog, systemClock } from "../../lib/platform/mod.ts";
import { storeFile } from "../fakes/kv_stores.ts";

/** What the task prints of a data directory, and how it ends. */
async function verify(directory: string): Promise<{ code: number; text: string }> {
  const permissions = ["--no-prompt", "--allow-env", "--allow-read", "--allow-write"];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, "tools/audit_verify.ts", directory],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

Deno.test("MO-3: one command verifies the log of a data directory and names what is broken", async () => {
  await using file = await storeFile();
  const directory = file.path.slice(0, file.path.lastIndexOf("/"));
  const missing = await verify(`${directory}/none`);
  assert.equal(missing.code, 1);
  assert.match(missing.text, /There is no store/);
  {
    await using store = await openStore(file.path);
    const audit = new KvAudit(store, systemClock, silentLog);
    for (const action of ["one", "two", "three"]) {
      await audit.commit({}, {
        actor: { userId: "root", username: "root" },
        action,
        subject: null,
        address: "192.0.2.1",
        reason: null,
        detail: {},
      });
    }
    const running = await verify(directory);
    assert.equal(running.code, 1);
    assert.match(running.text, /open in another process/);
  }
  const whole = await verify(directory);
  assert.equal(whole.code, 0, whole.text);
  assert.match(whole.text, /holds: 3 entries.*[0-9a-f]{64}/);
  {
    await using store = await openStore(file.path);
    const { value } = await store.kv.get<object>(keys.audit(2));
    await store.kv.set(keys.audit(2), { ...value, actor: "somebody else" });
  }
  const broken = await verify(directory);
  assert.equal(broken.code, 1);
  assert.match(broken.text, /broken at entry 2/);
});

import assert from "node:assert/strict";
import { ConfigProblem, readConfig } from "../../lib/config/mod.ts";
import { permissionFlags } from "../../tools/permissions.ts";
import { FullDisk } from "../fakes/full_disk.ts";
import { until } from "../fakes/until.ts";

interface Running extends AsyncDisposable {
  origin: string;
  /** Ends it with SIGTERM; its exit code. */
  end(): Promise<number>;
}

/** A server whose output goes where `redirection`, of bash, says; what it says of itself is in its log. */
async function serverWith(
  redirection: string,
  dataDir: string,
  more: Record<string, string> = {},
): Promise<Running> {
  const env = { BEHEST_DATA_DIR: dataDir, BEHEST_PORT: "0", BEHEST_LOG_LEVEL: "debug", ...more };
  const read = readConfig(env);
  if (read instanceof ConfigProblem) assert.fail(read.line);
  const child = new Deno.Command("bash", {
    args: [
      "-c",
      `exec "$0" "$@" ${redirection}`,
      Deno.execPath(),
      "run",
      ...permissionFlags(read.config),
      "main.ts",
    ],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let code: number | null = null;
  const status = child.status.then((ended) => code = ended.code);
  const origin = await until(async () => {
    if (code !== null) throw new Error(`It ended with ${code}.`);
    const text = await Deno.readTextFile(`${dataDir}/logs/behest.log`).catch(() => "");
    return /"event":"server.started","origin":"([^"]+)"/.exec(text)?.[1];
  }, "the start in the log");
  return {
    origin,
    async end() {
      child.kill("SIGTERM");
      return await status;
    },
    async [Symbol.asyncDispose]() {
      if (code === null) child.kill("SIGKILL");
      await status;
      await Promise.allSettled([child.stdout.cancel(), child.stderr.cancel()]);
    },
  };
}

/** Makes a line for each request, and one for a refused login. */
async function talk(origin: string, requests = 10): Promise<void> {
  for (let request = 0; request < requests; request++) {
    const { status, body } = await fetch(`${origin}/healthz?${request}`);
    await body?.cancel();
    assert.equal(status, 200);
  }
  const refused = await fetch(`${origin}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "demo-ann", password: "not the password" }),
  });
  await refused.body?.cancel();
  assert.equal(refused.status, 401);
}

const redirections = {
  "a full disk": ">/dev/full 2>/dev/full",
  "a pipe that was closed": "> >(true) 2> >(true)",
  "a pipe that nobody reads": "",
  "nothing at all": ">&- 2>&-",
};

for (const [where, redirection] of Object.entries(redirections)) {
  Deno.test(`OP-9, WS-8: with ${where} as console it starts, answers, and ends at a signal`, async () => {
    const dataDir = await Deno.makeTempDir({ prefix: "behest-sinks-" });
    try {
      await using server = await serverWith(redirection, dataDir);
      // More lines than a pipe holds.
      await talk(server.origin, redirection === "" ? 600 : 10);
      assert.equal(await server.end(), 0);
    } finally {
      await Deno.remove(dataDir, { recursive: true });
    }
  });
}

Deno.test("OP-9: with the log's disk full it goes on, and ends at a signal", async () => {
  await using disk = await FullDisk.of(256 * 1024);
  const dir = await Deno.makeTempDir({ prefix: "behest-sinks-" });
  try {
    await using server = await serverWith("2>/dev/full", disk.root, { BEHEST_KV: `${dir}/kv.sqlite3` });
    await disk.fill();
    await talk(server.origin);
    assert.equal(await server.end(), 0);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

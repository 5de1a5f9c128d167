import assert from "node:assert/strict";
import { verifyBackup } from "../../lib/adapters/backup/mod.ts";
import { type Config, ConfigProblem, readConfig } from "../../lib/config/mod.ts";
import { limits } from "../../lib/protocol/mod.ts";
import { permissionFlags } from "../../tools/permissions.ts";
import { FullDisk } from "../fakes/full_disk.ts";
import { logIn, ServerProcess } from "../fakes/server_process.ts";
import { until } from "../fakes/until.ts";

/** A directory of a test's own, gone at its end. */
async function dataDir(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

interface Ended {
  code: number;
  out: string;
  errorLines: string[];
}

/** Runs to the end what is expected to end by itself. */
async function ended(args: string[], env: Record<string, string>): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1", BEHEST_LOG_LEVEL: "error", ...env },
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stderr).trimEnd();
  return { code, out: new TextDecoder().decode(stdout), errorLines: text.split("\n") };
}

function configOf(env: Record<string, string>): Config {
  const read = readConfig(env);
  if (read instanceof ConfigProblem) assert.fail(read.line);
  return read.config;
}

/** A start that must fail: the last line it leaves for the person, which stands alone. */
async function failedStart(env: Record<string, string>): Promise<string> {
  const whole = { BEHEST_PORT: "0", ...env };
  const { code, out, errorLines } = await ended(
    ["run", ...permissionFlags(configOf(whole)), "main.ts"],
    whole,
  );
  assert.equal(code, 1);
  assert.equal(out, "", "something was said to be serving");
  return errorLines.at(-1)!;
}

function logLines(path: string): Record<string, unknown>[] {
  const text = Deno.readTextFileSync(`${path}/logs/behest.log`);
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

Deno.test("OP-8: the flags name every permission, and neither all nor running nor native code", () => {
  const flags = permissionFlags(configOf({ BEHEST_DATA_DIR: "/srv/behest", BEHEST_HOST: "::1" }));
  assert.ok(flags.includes("--no-prompt"));
  // Its own address and clamd's.
  assert.ok(flags.includes("--allow-net=[::1]:8000,127.0.0.1:3310"), flags.join(" "));
  assert.ok(flags.includes("--allow-read=.,/srv/behest"));
  assert.ok(flags.includes("--allow-write=/srv/behest"));
  for (const flag of flags) {
    assert.doesNotMatch(flag, /^(-A|--allow-all|--allow-run|--allow-ffi|--allow-import)/);
    if (flag.startsWith("--allow-")) assert.match(flag, /=./, `${flag} allows without limit`);
  }
  const remote = permissionFlags(configOf({ BEHEST_KV: "https://kv.example.org" }));
  assert.ok(
    remote.includes("--allow-net=127.0.0.1:8000,127.0.0.1:3310,kv.example.org"),
    remote.join(" "),
  );
  const database = permissionFlags(configOf({
    BEHEST_KV: "postgres://me:secret@db1.example.org,[fd00::2]:6432/behest?sslmode=require",
  }));
  assert.ok(
    database.includes("--allow-net=127.0.0.1:8000,127.0.0.1:3310,db1.example.org:5432,[fd00::2]:6432"),
  );
  assert.doesNotMatch(database.join(" "), /secret/);
  const verified = permissionFlags(configOf({
    BEHEST_KV: "postgres://me:secret@db1.example.org/behest?sslrootcert=/etc/ca.pem",
  }));
  assert.ok(verified.includes("--allow-read=.,./data,/etc/ca.pem"), verified.join(" "));
});

Deno.test("OP-8, SC-3: the services that are configured may be reached, on their port only", () => {
  const netOf = (env: Record<string, string>) =>
    permissionFlags(configOf(env)).find((flag) => flag.startsWith("--allow-net="))!.slice(12).split(",")
      .slice(1);
  assert.deepEqual(
    netOf({
      BEHEST_CLAMD: "[fd00::1]:3311",
      BEHEST_CYBERTIP_URL: "https://report.cybertip.org/ispws",
      BEHEST_CYBERTIP_USER: "example-platform",
    }),
    ["[fd00::1]:3311", "report.cybertip.org:443"],
  );
  assert.deepEqual(netOf({}), ["127.0.0.1:3310"], "the CyberTipline only with credentials for it");
  const secrets = { BEHEST_CSAM_USER: "example-platform", BEHEST_CSAM_SECRET: "what-it-gave-you" };
  const own = netOf({ BEHEST_CSAM: "arachnid", ...secrets });
  assert.equal(own[1], "shield.projectarachnid.com:443");
  assert.equal(netOf({ BEHEST_CSAM: "photodna", ...secrets })[1], "api.microsoftmoderator.com:443");
  assert.equal(netOf({ BEHEST_CSAM: "hma", BEHEST_CSAM_URL: "http://hma.internal/x" })[1], "hma.internal:80");
  assert.equal(netOf({ BEHEST_CSAM: "hma", BEHEST_CSAM_URL: "http://127.0.0.1:5000" })[1], "127.0.0.1:5000");
  const read = permissionFlags(
    configOf({ BEHEST_DATA_DIR: "/srv/behest", BEHEST_CSAM_HASHES: "/srv/hashes" }),
  );
  assert.ok(read.includes("--allow-read=.,/srv/behest,/srv/hashes"), read.join(" "));
  const key = permissionFlags(
    configOf({ BEHEST_DATA_DIR: "/srv/behest", BEHEST_EVIDENCE_KEY: "/srv/keys/evidence.key" }),
  );
  assert.ok(key.includes("--allow-write=/srv/behest,/srv/keys/"), key.join(" "));
});

Deno.test("OP-8: the tool prints these flags, for the shell of `deno task start`", async () => {
  const env = { BEHEST_DATA_DIR: "/srv/behest", BEHEST_PORT: "8123" };
  const printed = await ended(
    ["run", "--no-prompt", "--allow-env", "--allow-read=.env", "tools/permissions.ts"],
    env,
  );
  assert.equal(printed.code, 0);
  assert.deepEqual(printed.out.trim().split(" "), permissionFlags(configOf(env)));
});

Deno.test("OP-4, OP-8: under exactly those permissions it serves, is healthy and ready", async () => {
  await using dir = await dataDir();
  await using server = await ServerProcess.start({ BEHEST_DATA_DIR: dir.path });
  const health = await fetch(`${server.origin}/healthz`);
  assert.equal(health.status, 200);
  assert.deepEqual(await health.json(), { status: "ok" });
  const ready = await fetch(`${server.origin}/readyz`);
  assert.equal(ready.status, 200);
  // The disk of the machine that runs the tests may be nearly full.
  const { warnings, ...told } = await ready.json();
  assert.deepEqual(warnings.filter(({ name }: { name: string }) => name !== "disk_room"), []);
  assert.deepEqual(told, {
    status: "ok",
    checks: ["kv", "disk", "virus_scanner", "csam_matcher"].map((name) => ({ name, ok: true, reason: null })),
  });
  assert.ok((await server.demoPassword()).length >= 10);
  assert.match(await server.setupLink(), /^\/setup\?token=[\w-]{20,}$/);
});

Deno.test("OP-1: a wrong value stops `deno task start` with one line and exit code 1", async () => {
  const start = await ended(["task", "--quiet", "start"], { BEHEST_PORT: "eighty" });
  assert.equal(start.code, 1);
  assert.equal(start.errorLines.length, 1, start.errorLines.join("\n"));
  assert.match(start.errorLines[0]!, /^BEHEST_PORT: "eighty" must be .+; for example BEHEST_PORT=8000$/);
  assert.doesNotMatch(start.out, /serving/);
});

Deno.test("OP-1: `deno task config` prints what is in force, secrets masked", async () => {
  const shown = await ended(["task", "--quiet", "config"], {
    BEHEST_ADMIN_USERNAME: "ada",
    BEHEST_ADMIN_PASSWORD: "correct horse battery",
    BEHEST_PORT: "8123",
  });
  assert.equal(shown.code, 0);
  assert.match(shown.out, /^BEHEST_PORT=8123$/m);
  assert.match(shown.out, /^BEHEST_ADMIN_PASSWORD=\*\*\*$/m);
  assert.doesNotMatch(shown.out, /correct horse/);
});

Deno.test("OP-1: a port in use, and a store in use, are told in one line", async () => {
  await using dir = await dataDir();
  await using other = await dataDir();
  await using server = await ServerProcess.start({ BEHEST_DATA_DIR: dir.path });
  const port = await failedStart({ BEHEST_DATA_DIR: other.path, BEHEST_PORT: server.port });
  assert.match(port, /^BEHEST_PORT: port \d+ of 127\.0\.0\.1 is in use; .+ for example BEHEST_PORT=\d+$/);
  const store = await failedStart({ BEHEST_DATA_DIR: dir.path });
  assert.match(store, /^BEHEST_DATA_DIR: the store .+ is open in another process; .+ for example /);
});

Deno.test("OP-3: a log file that cannot be written stops the start in one line", async () => {
  await using dir = await dataDir();
  await Deno.writeTextFile(`${dir.path}/file`, "in the way");
  const line = await failedStart({ BEHEST_DATA_DIR: `${dir.path}/file/data` });
  assert.match(line, /^BEHEST_DATA_DIR: the log file .+ cannot be written \(.+\); for example /);
});

Deno.test("OP-9, OP-3: a data directory on a read-only disk stops the start in one line", async () => {
  await using disk = await FullDisk.of(16 * 2 ** 20);
  await disk.makeReadOnly();
  const line = await failedStart({ BEHEST_DATA_DIR: `${disk.root}/data` });
  assert.match(
    line,
    /^BEHEST_DATA_DIR: the log file .+ cannot be written \(Read-only file system.*\); for example /,
  );
});

Deno.test("WS-8: SIGTERM tells the sockets, closes them with 4503 and ends with 0 within 10 s", async () => {
  await using dir = await dataDir();
  await using server = await ServerProcess.start({ BEHEST_DATA_DIR: dir.path, BEHEST_LOG_LEVEL: "info" });
  const token = await logIn(server.origin, "demo-ann", await server.demoPassword());
  const socket = new WebSocket(`${server.origin.replace("http", "ws")}/api/ws?token=${token}`);
  const frames: { method?: string; params?: Record<string, unknown> }[] = [];
  const closed = Promise.withResolvers<CloseEvent>();
  socket.onmessage = (event) => frames.push(JSON.parse(event.data));
  socket.onclose = (event) => closed.resolve(event);
  await until(() => frames.some((frame) => frame.method === "session.ready"), "session.ready");
  const status = await server.signal("SIGTERM");
  assert.equal(status.code, 0);
  assert.equal((await closed.promise).code, 4503);
  const closing = frames.find((frame) => frame.method === "session.closing");
  assert.deepEqual(closing?.params, { code: 4503, reconnect: true });
  const events = logLines(dir.path).map((line) => line.event);
  assert.equal(events[0], "server.started");
  assert.equal(events.at(-1), "server.stopped");
  // The server ends itself within the limit, and tells when it had to.
  assert.ok(!events.includes("server.stopped_late"));
  assert.equal(limits.shutdownMs, 10_000);
});

Deno.test("WS-8: a second signal does not wait for a request that does not end", async () => {
  await using dir = await dataDir();
  await using server = await ServerProcess.start({ BEHEST_DATA_DIR: dir.path });
  using held = await Deno.connect({ hostname: "127.0.0.1", port: Number(server.port) });
  await held.write(
    new TextEncoder().encode(
      "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
        "Content-Length: 99\r\nExpect: 100-continue\r\n\r\n",
    ),
  );
  // The server asks for the body when the route reads it: from then on the request is in work.
  const asked = new Uint8Array(64);
  await held.read(asked);
  assert.match(new TextDecoder().decode(asked), /^HTTP\/1\.1 100 /);
  let ended = false;
  const first = server.signal("SIGTERM").then((status) => {
    ended = true;
    return status;
  });
  const signalledAt = performance.now();
  await until(() => performance.now() - signalledAt > 1500, "the time in which two signals are one");
  assert.equal(ended, false, "the request was not waited for");
  // An end by the first signal, also a late one, would be 0.
  assert.equal((await server.signal("SIGTERM")).code, 1);
  assert.equal((await first).code, 1);
});

Deno.test("AU-5, OP-3, OP-6: one id follows a request through the log, no secret does, and a backup is made meanwhile", async () => {
  await using dir = await dataDir();
  await using backups = await dataDir();
  const [admin, adminPassword] = ["ada", "correct horse battery"];
  await using server = await ServerProcess.start({
    BEHEST_DATA_DIR: dir.path,
    BEHEST_LOG_LEVEL: "debug",
    BEHEST_ADMIN_USERNAME: admin,
    BEHEST_ADMIN_PASSWORD: adminPassword,
    BEHEST_BACKUP_DIR: backups.path,
  });
  // Under the permissions of a start (OP-8).
  const authorization = `Bearer ${await logIn(server.origin, admin, adminPassword)}`;
  const asked = (method: string) =>
    fetch(`${server.origin}/api/v1/admin/backups`, { method, headers: { authorization } });
  assert.equal((await (await asked("POST")).json()).backup?.running, true);
  const password = await server.demoPassword();
  const token = await logIn(server.origin, "demo-ann", password);
  await logIn(server.origin, "demo-bob", "not the password at all").catch(() => "refused");
  const socket = new WebSocket(`${server.origin.replace("http", "ws")}/api/ws?token=${token}&device=probe`);
  let closedWith = 0;
  socket.onclose = (event) => closedWith = event.code;
  socket.onopen = () => socket.send("this is not JSON and holds a word: xylophone");
  await until(() => closedWith !== 0, "the close of a broken frame");
  assert.equal(closedWith, 4400);
  const made = await until(async () => {
    const { backup } = await (await asked("GET")).json();
    return backup.running ? false : backup;
  }, "the end of the backup");
  assert.equal(made.failed, null);
  const found = await verifyBackup(
    { file: `${backups.path}/${made.backups[0].name}`, ageKey: null },
    `${backups.path}/aside`,
  );
  assert.ok(found.files.some(({ path }) => path === "kv.sqlite3"));
  assert.equal((await server.signal("SIGTERM")).code, 0);
  const lines = logLines(dir.path);
  const text = JSON.stringify(lines);
  for (
    const secret of [
      token,
      token.split(".").at(-1)!,
      password,
      "not the password at all",
      adminPassword,
      "?token",
      "xylophone",
    ]
  ) {
    assert.ok(!text.includes(secret), `the log holds ${secret}`);
  }
  assert.ok(lines.some((line) => line.event === "http.request" && line.path === "/api/v1/auth/login"));
  const requests = lines.filter((line) => line.event === "http.request").map((line) => line.requestId);
  assert.ok(requests.length >= 2 && requests.every((id) => typeof id === "string" && id.length > 0));
  assert.equal(new Set(requests).size, requests.length, "two requests have one id");
});

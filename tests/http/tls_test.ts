import assert from "node:assert/strict";
import { certificateHealth } from "../../lib/adapters/disk/mod.ts";
import { readCertificate } from "../../lib/platform/certificate.ts";
import { english } from "../../lib/protocol/mod.ts";
import { TlsServing } from "../../lib/web/mod.ts";
import { KeptLog } from "../fakes/accounts_rig.ts";
import { withApp } from "../fakes/app_rig.ts";
import { handlerOver } from "../fakes/built_app.ts";
import { writeCertificate } from "../fakes/certificate.ts";
import { freePort } from "../fakes/clamd_process.ts";
import { FakeClock } from "../fakes/clock.ts";
import { ServerProcess } from "../fakes/server_process.ts";
import { until } from "../fakes/until.ts";

/** A directory of a test's own, gone at its end. */
async function directory(): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempDir({ prefix: "behest-tls-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** As a client that believes in this certificate alone. */
async function asked(url: string, caCert: string): Promise<Response> {
  using client = Deno.createHttpClient({ caCerts: [caCert] });
  const response = await fetch(url, { client, redirect: "manual" });
  return new Response(await response.text(), response);
}

Deno.test("OP-10: the server speaks https itself, and goes over to a new certificate while it runs", async () => {
  await withApp(async (_send, app) => {
    await using dir = await directory();
    const files = await writeCertificate(dir.path);
    const first = await readCertificate(files);
    const serving = new TlsServing({
      hostname: "127.0.0.1",
      port: 0,
      handler: await handlerOver(app.services),
      onError: () => new Response(null, { status: 500 }),
    }, first);
    await using _closing = { [Symbol.asyncDispose]: () => serving.shutdown() };
    const twice = {
      hostname: "127.0.0.1",
      port: serving.port,
      handler: () => new Response(),
      onError: () => new Response(),
    };
    assert.throws(
      () => new TlsServing(twice, first),
      Deno.errors.AddrInUse,
      "no other server shares the port",
    );
    const url = `https://127.0.0.1:${serving.port}/login`;
    const page = await asked(url, first.cert);
    assert.deepEqual([page.status, page.headers.get("strict-transport-security")], [200, "max-age=31536000"]);

    const log = new KeptLog();
    await serving.look(files, app.clock, log);
    assert.deepEqual(log.lines.map(({ event }) => event), []);
    await writeCertificate(dir.path);
    const second = await readCertificate(files);
    await serving.look(files, app.clock, log);
    // A connection that the system gave to the listener that ends now is reset; clients try again.
    const answer = await until(() => asked(url, second.cert).catch(() => null), "an answer");
    assert.equal(answer.status, 200);
    await assert.rejects(asked(url, first.cert), "the first certificate is served no more");

    // A key that was written before its certificate: what is served stays.
    await Deno.writeTextFile(files.key, first.key);
    await serving.look(files, app.clock, log);
    assert.equal((await asked(url, second.cert)).status, 200);
    assert.deepEqual(log.lines.map(({ event }) => event), ["tls.renewed", "tls.unusable"]);
  });
});

Deno.test("OP-10: with the setting of deploy/behest-sysctl.conf no connection is reset while a new certificate is taken up", async () => {
  const setting = /^net\.ipv4\.tcp_migrate_req = 1$/m.exec(
    await Deno.readTextFile("deploy/behest-sysctl.conf"),
  );
  assert.ok(setting !== null);
  await using one = await directory();
  await using other = await directory();
  await Promise.all([writeCertificate(one.path), writeCertificate(other.path)]);
  const program = new URL("../fakes/tls_renewals.ts", import.meta.url).pathname;
  const script = 'ip link set lo up && echo 1 > /proc/sys/net/ipv4/tcp_migrate_req && exec "$0" "$@"';
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: [
      ...["--user", "--map-root-user", "--net", "sh", "-c", script],
      ...[Deno.execPath(), "run", "-A", "--no-check", "--unstable-net", "--cached-only", program],
      ...[one.path, other.path],
    ],
  }).output();
  const [told, wrong] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assert.equal(code, 0, wrong);
  const { answered, reset } = JSON.parse(told!);
  assert.equal(reset, 0, told);
  assert.ok(answered >= 80, told);
});

Deno.test("OP-10 OP-4: a check says when the certificate ends, and that it has ended, is missing or has another's key", async () => {
  await using dir = await directory();
  const files = await writeCertificate(dir.path);
  const clock = new FakeClock(Date.now());
  const { check, endsAt } = certificateHealth(files, clock);
  assert.equal(await check(), null);
  const end = Date.parse(await endsAt!());
  assert.ok(end > Date.now());
  clock.advance(end - clock.now() + 1);
  assert.match(english((await check())!), /^the certificate ended at 20/);
  const other = await writeCertificate(await Deno.makeTempDir({ dir: dir.path }));
  await Deno.copyFile(other.key, files.key);
  assert.match(english((await check())!), /^the certificate cannot be used: .* is not the key/);
  await assert.rejects(readCertificate(files), /is not the key of the certificate in/);
  await Deno.remove(files.cert);
  await assert.rejects(readCertificate(files), /cert\.pem cannot be read \(NotFound/);
});

Deno.test("OP-10 OP-8: with a certificate the server starts under its permissions, and says in /readyz when it ends", async () => {
  await using dir = await directory();
  const files = await writeCertificate(dir.path);
  const env = {
    BEHEST_DATA_DIR: `${dir.path}/data`,
    BEHEST_PORT: String(freePort()),
    BEHEST_TLS_CERT: files.cert,
    BEHEST_TLS_KEY: files.key,
    BEHEST_BASE_PATH: "/behest",
  };
  await using server = await ServerProcess.start(env, { quiet: true });
  assert.match(server.origin, /^https:\/\/127\.0\.0\.1:\d+\/behest$/);
  const ready = await (await asked(`${server.origin}/readyz`, await Deno.readTextFile(files.cert))).json();
  const [check] = ready.checks.filter(({ name }: { name: string }) => name === "certificate");
  assert.deepEqual([check.ok, check.reason], [true, null]);
  assert.ok(Date.parse(check.endsAt) > Date.now());
});

import assert from "node:assert/strict";
import { BehestClient } from "../../lib/client/mod.ts";
import { say } from "../../lib/protocol/mod.ts";
import { metricsRefusal } from "../../lib/web/metrics_access.ts";
import { AppRig } from "../fakes/app_rig.ts";
import { served } from "../fakes/served.ts";

const metricsToken = "a-token-of-a-generator-0123456789";

/** The status that a request for the metrics gets; 200 for none of its own. */
function statusOf(
  hostname: string,
  headers: Record<string, string> = {},
  token: string | null = metricsToken,
) {
  const request = new Request("http://behest.example/metrics", { headers });
  const peer = { transport: "tcp", hostname, port: 1 } as const;
  return metricsRefusal(request, peer, { metricsToken: token })?.status ?? 200;
}

Deno.test("OP-4: the metrics are for this machine, and for who has the token", () => {
  for (const here of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]) {
    assert.equal(statusOf(here), 200, here);
    assert.equal(statusOf(here, {}, null), 200, here);
  }
  for (const away of ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "128.0.0.1"]) {
    assert.equal(statusOf(away), 401, away);
    assert.equal(statusOf(away, {}, null), 404, `${away} without a token to have`);
    assert.equal(statusOf(away, { authorization: `Bearer ${metricsToken}` }), 200, away);
    assert.equal(statusOf(away, { authorization: `Bearer ${metricsToken}` }, null), 401, away);
  }
  for (const name of ["x-forwarded-for", "forwarded", "x-real-ip", "via", "x-forwarded-host"]) {
    assert.equal(statusOf("127.0.0.1", { [name]: "for=192.0.2.1" }), 401, `a proxy says ${name}`);
  }
  for (const wrong of ["", "x", `${metricsToken}x`, metricsToken.toUpperCase()]) {
    assert.equal(statusOf("192.0.2.1", { authorization: `Bearer ${wrong}` }), 401, wrong);
  }
});

Deno.test("OP-4: the metrics count requests, calls and commits, with labels that nobody can choose", async () => {
  await using rig = await AppRig.start();
  await rig.send("/no-such-page-of-ann", { headers: { accept: "text/html" } });
  await rig.send("/api/v1/groups/secret-group-name");
  await rig.send("/healthz");
  await using app = await served(rig.services);
  const ann = new BehestClient({
    url: `ws://127.0.0.1:${app.port}/api/ws`,
    token: rig.tokenOf("ann"),
    device: "phone",
  });
  ann.connect();
  await ann.request("command.send", {
    key: "one",
    audience: { kind: "user", to: ["bob"] },
    kind: "task",
    title: "a secret title",
  }).catch(() => undefined);
  await ann.request("command.get", { id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }).catch(() => undefined);
  await ann.request("category.list", {});
  const response = await fetch(`http://127.0.0.1:${app.port}/metrics`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  assert.match(text, /^behest_http_requests_total\{route="\/healthz",method="GET",status="200"\} 1$/m);
  assert.match(text, /^behest_http_requests_total\{route="none",method="GET",status="404"\} [1-9]/m);
  assert.match(text, /^behest_calls_total\{method="category\.list",outcome="ok"\} 1$/m);
  assert.match(text, /^behest_calls_total\{method="command\.send",outcome="\w+"\} 1$/m);
  assert.match(text, /^behest_calls_total\{method="command\.get",outcome="not_found"\} 1$/m);
  assert.match(text, /^behest_commit_seconds_count [1-9]/m);
  assert.match(text, /^behest_check_ok\{check="kv"\} 1$/m);
  assert.match(text, /^behest_connections 1$/m);
  assert.match(text, /^behest_jobs_due \d+$/m);
  assert.match(text, /^process_resident_memory_bytes [1-9]/m);
  ann.close();
  for (const secret of ["ann", "bob", "secret"]) assert.doesNotMatch(text, new RegExp(`\\b${secret}\\b`));
  const unwell = [
    say("health.fault", { text: "connect ECONNREFUSED db.internal:5432" }),
    say("health.log", { text: "open '/srv/behest/logs'" }),
    say("wait.within", {
      what: say("clamd.unreachable", { address: "10.0.0.7:3310", name: "Refused" }),
      count: 9,
    }),
  ].map((reason, at) => ({ name: `check ${at}`, ok: false, reason }));
  rig.services.health.ready = () => Promise.resolve({ ready: false, checks: unwell, warnings: unwell });
  const asked = async (headers: Record<string, string>) =>
    await (await rig.send("/readyz", { headers })).text();
  const inside = /db\.internal|\/srv|10\.0\.0\.7/g;
  assert.equal((await asked({})).match(inside)?.length, 6, "for this machine");
  const told = await asked({ "x-forwarded-for": "192.0.2.1" });
  assert.doesNotMatch(told, inside, "strangers hear what fails, and nothing of how the server is built");
  assert.match(told, /"reason":"the log cannot be written: …"/);
});

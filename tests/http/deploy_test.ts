import assert from "node:assert/strict";
import { validate } from "dockerfile-utils";
import { parse } from "yaml";
import { ConfigProblem, readConfig } from "../../lib/config/mod.ts";

const read = (path: string) => Deno.readTextFile(path);

/** What the tests look at of a part of the compose file. */
interface Service {
  image?: string;
  restart: string;
  networks: string[];
  volumes: string[];
  security_opt: string[];
}

async function ended(program: string, args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await new Deno.Command(program, { args, env, stdin: "null" }).output();
  return { code, told: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

Deno.test("OP-8: the unit for systemd has no mistake, and leaves the server little beside its own directory", async () => {
  const dir = await Deno.makeTempDir({ prefix: "behest-unit-" });
  try {
    const path = `${dir}/behest.service`;
    const unit = await read("deploy/behest.service");
    // Neither the package nor its user are on the machine that tests.
    const here = unit.replace("ExecStart=/opt/behest/behest", "ExecStart=/bin/true")
      .replace("User=behest", "User=root").replace("Group=behest", "Group=root");
    assert.notEqual(here, unit);
    await Deno.writeTextFile(path, here);
    const verified = await ended("systemd-analyze", ["verify", "--man=no", path]);
    assert.deepEqual(verified, { code: 0, told: "" });
    // 0 is nothing that it could do, 10 is everything. What it has is the network, a writable directory and V8's code in memory.
    await Deno.writeTextFile(path, unit);
    const secure = await ended("systemd-analyze", [
      "security",
      "--offline=true",
      "--threshold=20",
      "--no-pager",
      path,
    ]);
    assert.equal(secure.code, 0, secure.told.slice(-200));
    await Deno.writeTextFile(
      path,
      unit.replace("CapabilityBoundingSet=\n", ""),
    );
    const open = await ended("systemd-analyze", [
      "security",
      "--offline=true",
      "--threshold=20",
      "--no-pager",
      path,
    ]);
    assert.notEqual(open.code, 0, "the threshold finds what is taken out");
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("OP-1: the files of settings for a service and a container are a configuration that the server takes", async () => {
  const lines = (await read("deploy/behest.env")).split("\n").filter((line) => /^#?BEHEST_/.test(line));
  const all = Object.fromEntries(
    lines.map((line) => line.replace(/^#/, "").split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
  const { BEHEST_OPERATOR_WEBHOOK: _, ...set } = all;
  const { services } = parse(await read("deploy/compose.yaml"));
  for (
    const settings of [set, {
      ...services.behest.environment,
      BEHEST_MODE: "production",
      BEHEST_HOST: "0.0.0.0",
    }]
  ) {
    const config = readConfig(settings);
    if (config instanceof ConfigProblem) assert.fail(config.line);
    assert.deepEqual(config.warnings.filter((line) => !line.startsWith("BEHEST_CSAM_BANKS")), []);
    assert.equal(config.config.mode, "production");
  }
});

Deno.test("OP-8: the Containerfile has no mistake, runs as its own user and downloads nothing but its base", async () => {
  const text = await read("deploy/Containerfile");
  assert.deepEqual(validate(text).map(({ message }) => message), []);
  assert.notDeepEqual(validate(text.replace("FROM", "FRM")), [], "the check finds mistakes");
  const instructions = [...text.replaceAll(/\\\n/g, "").matchAll(/^([A-Z]+) (.+)$/gm)];
  const of = (name: string) => instructions.filter(([, one]) => one === name).map(([, , rest]) => rest!);
  assert.deepEqual(of("FROM"), ["docker.io/library/debian:12-slim"]);
  assert.deepEqual(of("USER"), ["10001:10001"]);
  for (const run of of("RUN")) assert.doesNotMatch(run, /curl|wget|apt|https?:/);
  // What the package is called, and the port that is listened on.
  assert.match(of("ARG")[0]!, /^PACKAGE=behest-linux-x64-glibc$/);
  assert.deepEqual(of("EXPOSE"), ["8000"]);
});

Deno.test("OP-8: the compose file's parts can do only what they need, and only the proxy is reached from outside", async () => {
  const { services, networks, volumes } = parse(await read("deploy/compose.yaml"), {
    strict: true,
    uniqueKeys: true,
  });
  assert.deepEqual(Object.keys(services), ["behest", "clamd", "proxy"]);
  for (const [name, service] of Object.entries<Service>(services)) {
    assert.ok(service.restart === "always", name);
    assert.deepEqual(service.security_opt, ["no-new-privileges:true"], name);
    assert.equal("ports" in service, name === "proxy", name);
    for (const network of service.networks) assert.ok(network in networks, network);
    for (const volume of service.volumes) {
      const [source] = volume.split(":");
      const path = source!.startsWith(".") ? `deploy/${source}` : null;
      assert.ok(path === null ? source! in volumes : (await Deno.stat(path)).isFile, volume);
    }
    if (service.image !== undefined) assert.match(service.image, /^docker\.io\/[\w/-]+:\d[\d.]*$/, name);
  }
  const { behest, clamd } = services;
  assert.deepEqual([behest.read_only, behest.cap_drop], [true, ["ALL"]]);
  // clamd has no authentication: nothing but the server shares a network with it.
  assert.ok(networks.back.internal && !clamd.networks.includes("front"));
  for (const path of [behest.build.dockerfile, "deploy/Caddyfile"]) assert.ok((await Deno.stat(path)).isFile);
  const caddy = ["validate", "--adapter", "caddyfile", "--config", "deploy/Caddyfile"];
  const valid = await ended("caddy", caddy, { SITE: "behest.example.org" });
  assert.equal(valid.code, 0, valid.told);
});

Deno.test("SC-3: clamd's settings for the container are those that the documentation asks for", async () => {
  const page = await read("docs/operations.md");
  const asked = /```\n(TCPSocket 3310\n[^`]+)```/.exec(page)![1]!.trim().split("\n");
  const given = new Set((await read("deploy/clamd.conf")).split("\n"));
  assert.deepEqual(asked.filter((line) => !given.has(line)), ["TCPAddr 127.0.0.1"]);
  assert.ok(given.has("TCPAddr 0.0.0.0"));
});

import assert from "node:assert/strict";
import type { FileObject, Incident } from "../../lib/protocol/mod.ts";
import { ClamdProcess } from "../fakes/clamd_process.ts";
import { FakeClock } from "../fakes/clock.ts";
import { credentials, CsamServices, picture } from "../fakes/csam_services.ts";
import { until } from "../fakes/until.ts";
import { type WholePerson, WholeServer } from "../fakes/whole_server.ts";
import { eicar, zip } from "../fixtures/scan/archives.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const nowhere = "127.0.0.1:1";
const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

interface Health {
  status: string;
  checks: { name: string; ok: boolean; reason: string | null }[];
}

/** A server in production mode with a real clamd, a matching service, and a clock that moves while somebody waits. */
class Production implements AsyncDisposable {
  readonly server: WholeServer;
  readonly clock: FakeClock;
  readonly ann: WholePerson;
  readonly bob: WholePerson;
  readonly ada: WholePerson;

  private constructor(server: WholeServer, clock: FakeClock, people: readonly WholePerson[]) {
    this.server = server;
    this.clock = clock;
    [this.ann, this.bob, this.ada] = people as [WholePerson, WholePerson, WholePerson];
  }

  static async start(
    { clamd, csam, env = {} }: { clamd?: string; csam?: CsamServices; env?: Record<string, string> },
  ): Promise<Production> {
    const clock = new FakeClock();
    const server = await WholeServer.start({
      BEHEST_MODE: "production",
      BEHEST_CLAMD: clamd ?? nowhere,
      // The fake clock runs ahead of a socket that sends no heartbeat.
      BEHEST_HEARTBEAT_MS: "600000",
      ...csam === undefined ? {} : {
        BEHEST_CSAM: "arachnid",
        BEHEST_CSAM_URL: csam.base("arachnid"),
        BEHEST_CSAM_USER: credentials.user,
        BEHEST_CSAM_SECRET: credentials.secret,
      },
      ...env,
    }, { clock });
    const people = [await server.person("ann"), await server.person("bob"), await server.admin()];
    return new Production(server, clock, people);
  }

  /** Time goes on, some twenty times as fast as outside, until this holds. */
  async until(holds: () => Promise<boolean> | boolean, what: string, stepMs = 100): Promise<void> {
    await until(
      () => {
        this.clock.advance(stepMs);
        return holds();
      },
      what,
    );
  }

  async becomes(who: WholePerson, file: FileObject, state: FileObject["state"]): Promise<void> {
    const seen = new Set<string | undefined>();
    await this.until(
      async () => {
        const now = await this.server.state(who, file.id);
        seen.add(now);
        return now === state;
      },
      `${file.name} to be ${state}`,
    ).catch((error) => {
      throw new Error(`${error.message} It was ${[...seen].join(", ")}.`);
    });
    if (state !== "clean") assert.ok(!seen.has("clean"), `${file.name} was clean before it was ${state}`);
  }

  /** Nobody gets a byte of it. */
  async assertShut(file: FileObject): Promise<void> {
    for (const who of [this.ann, this.bob, this.ada]) {
      const { status } = await this.server.ask(who, `/files/${file.id}/content`);
      assert.ok([401, 403, 404, 409].includes(status), `${who.name} gets ${status}`);
    }
  }

  async assertReadable(who: WholePerson, file: FileObject, bytes: Bytes): Promise<void> {
    const response = await this.server.fetch(who, `/files/${file.id}/content`);
    assert.equal(response.status, 200, `${file.name} of ${who.name}`);
    assert.deepEqual(await response.bytes(), bytes);
  }

  async ready(): Promise<{ status: number; reasons: Record<string, string> }> {
    // Answers are given again for some seconds.
    this.clock.advance(6000);
    let response: Response | undefined;
    void fetch(`${this.server.origin}/readyz`).then((answer) => response = answer);
    await this.until(() => response !== undefined, "an answer of /readyz");
    const { checks }: Health = await response!.json();
    const not = checks.filter(({ ok, name }) => !ok && name !== "disk");
    return {
      status: response!.status,
      reasons: Object.fromEntries(not.map(({ name, reason }) => [name, reason ?? ""])),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
  }
}

const addressOf = ({ host, port }: ClamdProcess) => `${host}:${port}`;

Deno.test("SC-2, SC-3, SC-4: with real services what is clean is handed over, what is infected refused, now and later", async () => {
  await using clamd = await ClamdProcess.start();
  await using csam = new CsamServices();
  await using rig = await Production.start({ clamd: addressOf(clamd), csam });
  const { server, ann, bob, ada } = rig;

  const files = { "a text.txt": utf8("nothing to see"), "a picture.png": picture("a meadow") };
  for (const [name, bytes] of Object.entries(files)) {
    const file = await server.upload(ann, name, bytes);
    await rig.becomes(ann, file, "clean");
    await rig.assertReadable(ann, file, bytes);
    assert.equal((await server.fetch(bob, `/files/${file.id}/content`)).status, 404);
  }
  // The picture alone was a question for the service.
  assert.deepEqual(csam.asked.filter(({ path }) => path === "/arachnid/v1/media/").length, 1);

  const bad = await server.upload(ann, "good.txt", eicar);
  await rig.becomes(ann, bad, "rejected");
  await rig.assertShut(bad);
  for (const who of [ann, bob]) {
    const again = await server.ask(who, "/files?name=other.txt", { method: "POST", body: eicar });
    assert.deepEqual([again.status, again.body["kind"]], [409, "not_clean"]);
  }
  const looked = await server.ask(ada, `/admin/files/${bad.sha256}`);
  assert.match(
    JSON.stringify(looked.body),
    /"scanner":"clamd","version":"ClamAV [^"]+","answer":"[^"]*Test\.Eicar/,
  );
});

Deno.test("SC-2, MO-2: what clamd cannot look into is held until a moderator releases it", async () => {
  await using clamd = await ClamdProcess.start();
  await using csam = new CsamServices();
  await using rig = await Production.start({ clamd: addressOf(clamd), csam });
  const { server, ann, bob, ada } = rig;
  const bytes = zip([{ name: "secret.txt", bytes: utf8("for two"), password: "secret" }]);
  const file = await server.upload(ann, "letters.zip", bytes);
  await rig.becomes(ann, file, "held");
  await rig.assertShut(file);
  const decision = `/admin/files/${file.sha256}/decision`;
  for (const who of [ann, bob]) {
    assert.equal((await server.post(who, decision, { release: true, reason: "mine" })).status, 404);
  }
  await rig.assertShut(file);
  assert.equal((await server.post(ada, decision, { release: true, reason: "seen with ann" })).status, 200);
  await rig.assertReadable(ann, file, bytes);
  assert.equal((await server.post(ada, decision, { release: false, reason: "again" })).status, 409);
});

Deno.test("SC-1, SC-2: clamd stops in the middle of scans, is killed and started: no file is lost and none let through", async () => {
  await using clamd = await ClamdProcess.start();
  await using csam = new CsamServices();
  await using rig = await Production.start({ clamd: addressOf(clamd), csam });
  const { server, clock, ann } = rig;
  const first = await server.upload(ann, "first.txt", utf8("first"));
  await rig.becomes(ann, first, "clean");

  // It takes connections and says nothing, for more than the minute after which a connection is given up.
  clamd.stop();
  const good = await Promise.all(
    Array.from({ length: 6 }, (_, at) => server.upload(ann, `${at}.txt`, utf8(`good ${at}`))),
  );
  const bad = await server.upload(ann, "bad.txt", eicar);
  const all = [...good, bad];
  const pausedMs = clock.now();
  await rig.until(
    async () => {
      for (const { id } of all) assert.notEqual(await server.state(ann, id), "clean");
      return clock.now() - pausedMs > 90_000;
    },
    "a minute and a half",
    2000,
  );
  for (const file of all) await rig.assertShut(file);
  assert.match((await rig.ready()).reasons["virus_scanner"] ?? "", /./);

  // What waited for it goes on by itself.
  clamd.continue();
  for (const file of good) await rig.becomes(ann, file, "clean");
  await rig.becomes(ann, bad, "rejected");

  // Now it dies over a file that it has begun to read.
  clamd.stop();
  const big = new Uint8Array(3_000_000).fill(7);
  const over = await server.upload(ann, "big.bin", big);
  const begunMs = clock.now();
  await rig.until(() => clock.now() - begunMs > 10_000, "the scan to begin");
  await clamd.kill();
  await rig.becomes(ann, over, "held");
  await rig.assertShut(over);
  await clamd.restart();
  await rig.becomes(ann, over, "clean");
  await rig.assertReadable(ann, over, big);
  assert.deepEqual((await rig.ready()).reasons, {});
});

const failures: Record<string, () => Response | Promise<Response>> = {
  "an error": () => Response.json({ detail: "broken" }, { status: 500 }),
  "garbage": () => new Response("<html>It works!</html>", { headers: { "content-type": "text/html" } }),
  "an answer of another kind": () => Response.json({ classification: null, match_type: null }),
  "a classification that nobody knows": () =>
    Response.json({ classification: "brand-new", match_type: null, near_match_details: [] }),
};

Deno.test("SC-2: a matching service that fails holds pictures, and lets them go when it works again", async () => {
  await using clamd = await ClamdProcess.start();
  await using csam = new CsamServices();
  await using rig = await Production.start({ clamd: addressOf(clamd), csam });
  const { server, ann } = rig;
  for (const [what, answer] of Object.entries(failures)) {
    csam.instead = answer;
    const bytes = picture(what);
    const file = await server.upload(ann, `${what}.png`, bytes);
    const text = await server.upload(ann, `${what}.txt`, utf8(what));
    await rig.becomes(ann, file, "held");
    await rig.assertShut(file);
    csam.instead = null;
    await rig.becomes(ann, file, "clean");
    await rig.becomes(ann, text, "clean");
    await rig.assertReadable(ann, file, bytes);
  }
  // One that never answers: its connection is given up.
  const hanging = Promise.withResolvers<Response>();
  csam.instead = () => hanging.promise;
  const file = await server.upload(ann, "hanging.png", picture("hanging"));
  await rig.becomes(ann, file, "held");
  await rig.assertShut(file);
  csam.instead = null;
  hanging.resolve(Response.json({}, { status: 500 }));
  await rig.becomes(ann, file, "clean");
});

Deno.test("SC-4, SC-5, SC-8: a match suspends, seals and refuses; nobody is told what it was", async () => {
  await using clamd = await ClamdProcess.start();
  await using csam = new CsamServices();
  await using rig = await Production.start({ clamd: addressOf(clamd), csam });
  const { server, ann, bob, ada } = rig;
  const known = picture("what the service knows");
  csam.know(known);
  const carol = await server.person("carol");
  const closed = Promise.withResolvers<number>();
  const socket = new WebSocket(`${server.origin.replace("http", "ws")}/api/ws?token=${carol.token}`);
  socket.onclose = ({ code }) => closed.resolve(code);
  const opened = Promise.withResolvers<void>();
  socket.onmessage = () => opened.resolve();
  await opened.promise;

  const file = await server.upload(carol, "holiday.png", known);
  const incidents = async () =>
    (await server.ask<{ incidents: Incident[] }>(ada, "/admin/incidents")).body.incidents;
  await rig.until(async () => (await incidents())[0]?.evidence === "sealed", "the evidence");
  assert.equal(await closed.promise, 4403);

  const [incident, ...others] = await incidents();
  assert.deepEqual(others, []);
  const { sha256, provider, classification, matchType, uploads, state } = incident!;
  assert.deepEqual(
    { sha256, provider, classification, matchType, state },
    { sha256: file.sha256, provider: "arachnid", classification: "csam", matchType: "exact", state: "open" },
  );
  assert.deepEqual(
    uploads.map(({ fileId, name, username }) => ({ fileId, name, username })),
    [{ fileId: file.id, name: "holiday.png", username: "carol" }],
  );
  assert.match(uploads[0]!.address, /^(127\.0\.0\.1|::1)$/);
  assert.ok((uploads[0]!.port ?? 0) > 0);

  for (const path of ["/files", `/files/${file.id}`, `/files/${file.id}/content`]) {
    assert.ok([401, 403].includes((await server.ask(carol, path)).status), path);
  }
  await rig.assertShut(file);
  assert.deepEqual(await server.stored(), []);
  assert.deepEqual((await server.stored("evidence")).map((path) => /^evidence\/[0-9A-Z]{26}$/.test(path)), [
    true,
  ]);
  for (const path of await server.stored("evidence")) {
    const sealed = new TextDecoder("latin1").decode(await Deno.readFile(`${server.dir}/${path}`));
    assert.ok(!sealed.includes("what the service knows"), "the evidence is sealed");
  }
  // Another's try is refused with the words that infected files are refused with, and is recorded.
  await server.upload(ann, "eicar.txt", eicar);
  await rig.until(async () => {
    const { files } = (await server.ask<{ files: FileObject[] }>(ann, "/files")).body;
    return files[0]?.state === "rejected";
  }, "the infected file to be rejected");
  const infected = await server.ask(ann, "/files?name=a.txt", { method: "POST", body: eicar });
  const matched = await server.ask(bob, "/files?name=b.png", { method: "POST", body: known });
  assert.deepEqual([matched.status, matched.body], [infected.status, infected.body]);
  const repeat = (await incidents()).find(({ evidence }) => evidence === "none");
  assert.equal(repeat?.uploads[0]?.username, "bob");
  // SC-8: a job moves the rejected bytes; the matched ones are evidence and no longer here.
  const [infectedFile] = (await server.ask<{ files: FileObject[] }>(ann, "/files")).body.files;
  const quarantined = [`storage/quarantine/${infectedFile!.sha256}`];
  await rig.until(
    async () => JSON.stringify(await server.stored()) === JSON.stringify(quarantined),
    "only the quarantined bytes to be stored",
  );
});

Deno.test("SC-7, OP-4: before its services answer a production server takes uploads, holds them, and says why", async () => {
  await using clamd = await ClamdProcess.start();
  await clamd.kill();
  await using csam = new CsamServices();
  csam.instead = () => Response.json({}, { status: 503 });
  await using rig = await Production.start({ clamd: addressOf(clamd), csam });
  const { server, ann } = rig;
  const before = await rig.ready();
  assert.equal(before.status, 503);
  assert.match(before.reasons["virus_scanner"] ?? "", /clamd cannot be reached .*starting or not running/);
  assert.match(before.reasons["csam_matcher"] ?? "", /answered 503/);

  const files = [
    await server.upload(ann, "a.txt", utf8("a")),
    await server.upload(ann, "b.png", picture("b")),
    await server.upload(ann, "c.txt", eicar),
  ];
  for (const file of files) await rig.becomes(ann, file, "held");
  for (const file of files) await rig.assertShut(file);
  assert.deepEqual((await server.stored()).length, 3);

  await clamd.restart();
  csam.instead = null;
  await rig.becomes(ann, files[0]!, "clean");
  await rig.becomes(ann, files[1]!, "clean");
  await rig.becomes(ann, files[2]!, "rejected");
  await rig.until(async () => Object.keys((await rig.ready()).reasons).length === 0, "both to be ready");
});

Deno.test("SC-7: production without a matching service holds every file, whatever else is on the machine", async () => {
  await using clamd = await ClamdProcess.start();
  const list = await Deno.makeTempFile();
  await using rig = await Production.start({ clamd: addressOf(clamd), env: { BEHEST_CSAM_HASHES: list } });
  const { server, ann, ada } = rig;
  const files = [
    await server.upload(ann, "a.txt", utf8("a")),
    await server.upload(ann, "b.png", picture("b")),
  ];
  for (const file of files) await rig.becomes(ann, file, "held");
  const bad = await server.upload(ann, "c.txt", eicar);
  await rig.becomes(ann, bad, "rejected");
  for (const file of [...files, bad]) await rig.assertShut(file);
  const { reasons, status } = await rig.ready();
  assert.equal(status, 503);
  assert.match(reasons["csam_matcher"] ?? "", /Set BEHEST_CSAM/);
  // Nor can a moderator let out what nobody looked at.
  const decision = { release: true, reason: "looks fine" };
  for (const { sha256 } of files) {
    assert.equal((await server.post(ada, `/admin/files/${sha256}/decision`, decision)).status, 409);
  }
  await Deno.remove(list);
});

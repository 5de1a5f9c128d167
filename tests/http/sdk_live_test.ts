import assert from "node:assert/strict";
import { Behest, type BehestOptions, logIn } from "../../sdk/typescript/mod.ts";
import { goSucceeds, pythonEnvironment, succeeds } from "../fakes/other_languages.ts";
import { environmentOf, SdkWorld, type SuiteWorld } from "../fakes/sdk_world.ts";
import { until } from "../fakes/until.ts";

/** Waits between attempts are no part of these tests. */
const quick = { bytes: (length: number) => new Uint8Array(length), fraction: () => 0.01 };

/** A connected device of somebody, and what it was handed. */
async function device(
  { password, server }: SuiteWorld,
  username: string,
  options: Partial<BehestOptions> = {},
): Promise<Behest & { got: string[] }> {
  const { token } = await logIn(server, { username, password });
  const behest = new Behest({ server, token, device: "suite", ...options });
  const got: string[] = [];
  behest.client.on("deliver", ({ command }) => {
    got.push("title" in command ? command.title ?? "" : "(sealed)");
  });
  behest.client.connect();
  await behest.client.whenOnline();
  return Object.assign(behest, { got });
}

function send({ client }: Behest, to: string, title: string, attachments: string[] = []) {
  return client.request("command.send", {
    audience: { kind: "user", to: [to] },
    kind: "task",
    title,
    attachments,
  });
}

/** The same checks as `sdk/python/tests/live_test.py` and `sdk/go/live_test.go`. */
async function typescript(t: Deno.TestContext, world: SuiteWorld): Promise<void> {
  const { ann, bob } = world;

  await t.step("DL-3: a connection that is cut hands over each command once, in order", async () => {
    await using sender = await device(world, ann, { device: "sender" });
    await using receiver = await device(world, bob);
    const titles = Array.from({ length: 20 }, (_, number) => `number ${number}`);
    for (const [number, title] of titles.entries()) {
      const sending = send(sender, bob, title);
      if (number % 5 === 4) await (await fetch(world.cut)).body?.cancel();
      await sending;
    }
    await until(() => receiver.got.length >= titles.length, "the commands");
    await send(sender, bob, "last");
    await until(() => receiver.got.includes("last"), "the last command");
    assert.deepEqual(receiver.got, [...titles, "last"]);
  });

  await t.step("FI-2: a file goes up in parts, with a command, and down again", async () => {
    await using sender = await device(world, ann, { device: "sender" });
    await using receiver = await device(world, bob);
    const bytes = crypto.getRandomValues(new Uint8Array(65_536));
    const source = new Blob(Array.from({ length: 40 }, () => bytes));
    const sent: number[] = [];
    const file = await sender.files.put(source, { name: "Grüße.bin", progress: (now) => sent.push(now) });
    assert.equal(file.name, "Grüße.bin");
    assert.equal(file.size, source.size);
    assert.deepEqual(sent, [0, 1_000_000, 2_000_000, source.size]);
    await send(sender, bob, "with a file", [file.id]);
    await until(() => receiver.got.includes("with a file"), "the command with the file");
    const content = await receiver.files.content(file.id, { from: source.size - 10 });
    assert.deepEqual(new Uint8Array(await content.arrayBuffer()), bytes.slice(-10));
  });

  await t.step(
    "UI-12: a device is told by UnifiedPush, and says what its push service answered",
    async () => {
      await using person = await device(world, ann);
      const [endpoint = "", p256dh = "", auth = ""] = world.push.split(" ");
      assert.equal((await person.pushes.key())?.length, 87);
      await person.pushes.subscribe({ endpoint, keys: { p256dh, auth }, device: "phone" });
      const { devices: [one = assert.fail()], holds } = await person.pushes.list();
      assert.deepEqual([one.device, one.last, holds], ["phone", null, null]);
      assert.equal((await person.pushes.test(one.id)).last?.outcome, "sent");
      await assert.rejects(() => person.pushes.answer("x"), { kind: "not_found" });
      await person.pushes.unsubscribe(endpoint);
      await assert.rejects(() => person.pushes.remove(one.id), { kind: "not_found" });
    },
  );

  await t.step("CO-6: a stop holds what comes, on every device, until the person resumes", async () => {
    await using sender = await device(world, ann, { device: "sender" });
    await using receiver = await device(world, bob);
    await using other = await device(world, bob, { device: "other" });
    const told: boolean[] = [];
    other.client.on("stopped", ({ stopped }) => void told.push(stopped));
    await receiver.client.request("safety.stop", {});
    await send(sender, bob, "held");
    await until(() => told.includes(true), "the stop on the other device");
    await receiver.client.request("safety.resume", { confirm: true });
    await until(() => receiver.got.includes("held") && other.got.includes("held"), "what was held");
    assert.deepEqual(receiver.client.stop, { stopped: false, pending: false });
  });

  await t.step(
    "WS-12: where WebSockets are blocked the library says so and goes on over a stream",
    async () => {
      const told: string[] = [];
      await using sender = await device(world, ann, { device: "sender" });
      await using receiver = await device({ ...world, server: world.blocked }, bob, {
        device: "blocked",
        transport: (kind) => void told.push(kind),
        random: quick,
      });
      assert.deepEqual(told, ["stream"]);
      await send(sender, bob, "over a stream");
      await until(() => receiver.got.includes("over a stream"), "the command over the stream");
      const { items } = await receiver.client.request("inbox.list", { q: "over a stream" });
      assert.equal(items.length, 1);
      assert.equal((await send(receiver, ann, "back")).command.title, "back");
    },
  );

  await t.step(
    "WS-5: a device that is replaced stays away; AU-6: a session that ends asks for a login",
    async () => {
      await using first = await device(world, ann);
      await using second = await device(world, ann);
      await until(() => first.client.connection.kind === "stopped", "the replaced device");
      await second.rest.call("/api/v1/auth/logout", { method: "POST" });
      await until(() => second.client.connection.kind === "login", "the end of the session");
    },
  );

  await t.step(
    "AU-11: an access token sends and receives, also over a stream, and its end is told",
    async () => {
      await using sender = await device(world, ann, { device: "sender" });
      const wish = { name: "script", scopes: ["send", "receive"] };
      const headers = { "content-type": "application/json" };
      const made = await sender.rest.call("/api/v1/tokens", {
        method: "POST",
        headers,
        body: JSON.stringify(wish),
      });
      const { token, id } = await made.json() as { token: string; id: string };
      for (const server of [world.server, world.blocked]) {
        await using script = new Behest({ server, token, device: "script", random: quick });
        const got: string[] = [];
        script.client.on(
          "deliver",
          ({ command }) => void got.push("title" in command ? command.title ?? "" : ""),
        );
        script.client.connect();
        await script.client.whenOnline();
        await send(script, ann, `by ${script.transport}`);
        await until(() => got.includes(`by ${script.transport}`), "what the script sent");
        if (server === world.blocked) {
          await sender.rest.call(`/api/v1/tokens/${id}`, { method: "DELETE" });
          await until(() => script.client.connection.kind === "login", "the end of the token");
        }
      }
    },
  );

  await t.step("CM-1: a refusal has its kind, and its fields", async () => {
    await using sender = await device(world, ann, { device: "sender" });
    await assert.rejects(() => sender.client.request("command.get", { id: "01ARZ3NDEKTSV4RR0000000000" }), {
      kind: "not_found",
    });
    await assert.rejects(() => sender.client.request("command.get", { id: "no id" }), (error: unknown) => {
      assert.ok(error instanceof Error && "fields" in error && "kind" in error);
      assert.equal(error.kind, "invalid_params");
      assert.deepEqual(Object.keys(error.fields as object), ["id"]);
      return true;
    });
    await assert.rejects(() => sender.files.get("01ARZ3NDEKTSV4RR0000000000"), { kind: "not_found" });
  });
}

/** Types, style, transcripts and live suite. */
async function python(world: SuiteWorld): Promise<void> {
  const interpreter = await pythonEnvironment();
  const env = { PYTHONPATH: "src", PYTHONDONTWRITEBYTECODE: "1" };
  const inLibrary = (args: string[], more = {}) =>
    succeeds(interpreter, args, { cwd: "sdk/python", env: { ...env, ...more } });
  const [, , played, lived] = await Promise.all([
    inLibrary(["-m", "ruff", "check", "--no-cache", "."]),
    inLibrary(["-m", "mypy", "--cache-dir=/dev/null"]),
    inLibrary(["tests/transcripts_test.py"]),
    inLibrary(["tests/live_test.py"], environmentOf(world)),
  ]);
  assert.match(played, /^[3-9]\d passed, 0 failed$/m);
  assert.match(lived, /^10 passed, 0 failed$/m);
}

/** The compiler's and `go vet`'s findings, format, transcripts and live suite. */
async function go(world: SuiteWorld): Promise<void> {
  const said = await goSucceeds(["test", "-vet=all", "-count=1", "-v", "."], environmentOf(world));
  const count = (pattern: RegExp) => said.match(pattern)?.length ?? 0;
  assert.equal(count(/^--- SKIP/gm), 0, said);
  assert.equal(count(/^--- PASS: TestLive/gm), 9, said);
  assert.ok(count(/^ {4}--- PASS: TestTranscripts\//gm) >= 30, said);
}

Deno.test("OP-11: the libraries of all languages with one real server", async (t) => {
  await using all = await SdkWorld.start();
  await t.step("TypeScript", async (t) => await typescript(t, await all.suite("ts")));
  await t.step(
    "Python: types, style, transcripts, live suite",
    async () => await python(await all.suite("py")),
  );
  await t.step("Go: vet, transcripts, live suite", async () => await go(await all.suite("go")));
});

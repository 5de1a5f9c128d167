import assert from "node:assert/strict";
import * as esbuild from "esbuild";
import ts from "typescript";
import { packCommandLine, packLibrary } from "../../tools/sdk/pack.ts";
import { Behest, logIn } from "../../sdk/typescript/mod.ts";
import { CommandLine, type RunningLine } from "../fakes/command_line.ts";
import { succeeds } from "../fakes/other_languages.ts";
import { SdkWorld, type SuiteWorld } from "../fakes/sdk_world.ts";
import { until } from "../fakes/until.ts";

/** The packages as npm packs them, unpacked in a folder. */
async function packed(folder: string): Promise<void> {
  await packLibrary(`${folder}/behest-client`);
  await packCommandLine(`${folder}/behest`);
  await esbuild.stop();
  await succeeds("npm", ["pack", "--silent", "./behest-client", "./behest"], { cwd: folder });
  await Deno.mkdir(`${folder}/node_modules`);
  for (const name of ["behest-client", "behest"]) {
    await succeeds("tar", ["xzf", `${name}-0.1.0.tgz`], { cwd: folder });
    await Deno.rename(`${folder}/package`, `${folder}/node_modules/${name}`);
  }
}

async function compiles(folder: string): Promise<void> {
  const consumer = `${folder}/consumer.ts`;
  await Deno.writeTextFile(
    consumer,
    `import { Behest, type Delivery, RequestError } from "behest-client";
const behest = new Behest({ server: "https://behest.example", token: "t", device: "d" });
behest.client.on("deliver", (delivery: Delivery) => {
  const title: string | null = "sealed" in delivery.command ? null : delivery.command.title;
  console.log(title);
});
const { command } = await behest.client.request("command.send", {
  audience: { kind: "user", to: ["bob"] },
  kind: "task",
  title: "Water the plants",
});
const id: string = command.id;
// @ts-${"expect-error"} -- there is no such method
await behest.client.request("command.sned", {});
// @ts-${"expect-error"} -- a wrong field
await behest.client.request("command.get", { idd: id });
export const kind = new RequestError("offline", "…").kind;
`,
  );
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.esnext.disposable.d.ts"],
    types: [],
  };
  await Deno.writeTextFile(`${folder}/package.json`, '{"type":"module"}');
  const found = ts.getPreEmitDiagnostics(ts.createProgram([consumer], options))
    .map(({ file, messageText }) =>
      `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`
    );
  assert.deepEqual(found, []);
}

async function runsAlone(folder: string, program: string): Promise<void> {
  const help = await succeeds("npx", ["--yes", "--offline", "./behest-0.1.0.tgz", "help"], { cwd: folder });
  assert.match(help, /behest ask QUESTION/);
  for (const shell of ["bash", "zsh", "fish"]) {
    assert.match(await succeeds("node", [program, "completion", shell]), /listen[\s\S]*--?l? ?complete/);
  }
  const unit = await succeeds("node", [
    program,
    "systemd",
    "--on",
    "message",
    'notify-send -- "{title} 100%"',
  ]);
  assert.match(unit, /ExecStart=.*behest\.js listen --on message "notify-send -- \\"\{title\} 100%%\\""/);
  const bytes = await Deno.readTextFile(program);
  assert.doesNotMatch(bytes, /\.cache|node_modules/);
}

/** Somebody with the library, who answers what is asked. */
async function answering(world: SuiteWorld, username: string): Promise<Behest> {
  const { token } = await logIn(world.server, { username, password: world.password });
  const behest = new Behest({ server: world.server, token, device: "answering" });
  behest.client.on("deliver", ({ command }) => {
    if ("sealed" in command || command.kind !== "choice") return;
    const answer = command.title === "Decline?" ? {} : { answer: "2" };
    const state = command.title === "Decline?" ? "declined" as const : "completed" as const;
    if (command.title === "Wait?") return;
    void behest.client.request("command.update", { id: command.id, state, ...answer });
  });
  behest.client.connect();
  await behest.client.whenOnline();
  return behest;
}

async function lives(t: Deno.TestContext, program: string): Promise<void> {
  await using all = await SdkWorld.start();
  const world = await all.suite("cli");
  const { server, ann, bob, password } = world;
  await using asAnn = await CommandLine.open(["node", program], server);
  await using asBob = await CommandLine.open([Deno.execPath(), "run", "-A", "--no-config", program], server);
  const send = async (title: string, more: string[] = []) => {
    const [sent] = await asAnn.json(["send", "--to", bob, ...more, "--", title]);
    return (sent!.command as { id: string }).id;
  };

  await t.step("codes say what is wrong: use 2, login 3, server 4, refusal 1", async () => {
    const code = async (args: string[], env = {}) => (await asAnn.run(args, { env })).code;
    assert.equal(await code(["send", "nobody named"]), 2);
    assert.equal(await code(["sned"]), 2);
    assert.equal(await code(["send", "--to", bob, "not logged in"]), 3);
    assert.equal(await code(["login", "http://behest.example", "--user", ann]), 2);
    assert.equal(
      (await asAnn.run(["login", "--user", ann], { input: "a wrong password of hers\n" })).code,
      3,
    );
    assert.equal(
      await code(["send", "--to", bob, "x"], { BEHEST_SERVER: "http://127.0.0.1:1", BEHEST_TOKEN: "t" }),
      4,
    );
  });

  await t.step("AU-13: a login is kept in a file that only its person can read", async () => {
    const [told] = await asAnn.json(["login", "--user", ann, "--stay"], { input: `${password}\n` });
    assert.deepEqual([told!.username, told!.stays, told!.kept], [ann, true, "file"]);
    await asBob.json(["login", "--user", bob], { input: `${password}\n` });
    const [folder] = [...Deno.readDirSync(asBob.home)].filter(({ isDirectory }) => isDirectory);
    const { mode } = await Deno.stat(`${asBob.home}/${folder!.name}/session`);
    assert.equal((mode ?? 0) & 0o777, 0o600);
    assert.equal((await asAnn.run(["send", "--to", bob, "--requires", "magic", "x"])).code, 1);
  });

  await t.step("doctor finds the server, the login and both ways to connect", async () => {
    for (const line of [asAnn, asBob]) {
      const checks = await line.json(["doctor"]);
      assert.deepEqual(checks.map(({ check, ok }) => [check, ok]), [
        ["server", true],
        ["login", true],
        ["websocket", true],
        ["stream", true],
      ]);
    }
  });

  await t.step("files go up and down", async () => {
    const path = `${asAnn.home}/Grüße.txt`;
    await Deno.writeTextFile(path, "many greetings ".repeat(100_000));
    const [{ file } = {}] = await asAnn.json(["files", "put", path]);
    const { id, name } = file as { id: string; name: string };
    assert.equal(name, "Grüße.txt");
    const { token } = await logIn(server, { username: ann, password });
    await using library = new Behest({ server, token });
    await until(async () => (await library.files.get(id)).state === "clean", "the scan");
    assert.match((await asAnn.run(["files", "list"])).out, new RegExp(`^${id}  clean .* Grüße\\.txt$`, "m"));
    await asAnn.json(["files", "get", id, "-o", `${path}.back`]);
    assert.equal(await Deno.readTextFile(`${path}.back`), await Deno.readTextFile(path));
  });

  await t.step(
    "UI-12: a device is told by UnifiedPush, and says what its push service answered",
    async () => {
      const [endpoint = "", p256dh = "", auth = ""] = world.push.split(" ");
      const [{ key } = {}] = await asAnn.json(["push", "key"]);
      assert.equal(String(key).length, 87);
      await asAnn.json(["push", "add", endpoint, "--p256dh", p256dh, "--auth", auth, "--device", "phone"]);
      const [{ device } = {}] = await asAnn.json(["push", "list"]);
      const { id } = device as { id: string };
      const tested = await asAnn.run(["push", "test", id]);
      assert.deepEqual([tested.code, tested.out.includes(" phone  sent 201 ")], [0, true]);
      assert.equal((await asAnn.run(["push", "remove", id])).code, 0);
      assert.deepEqual(await asAnn.json(["push", "list"]), []);
      assert.equal((await asAnn.run(["push", "add", endpoint])).code, 2);
    },
  );

  await t.step("CM-9: ask waits for the answer and ends with its code", async () => {
    await using _bob = await answering(world, bob);
    const ask = async (question: string, more: string[] = []) => {
      const { code, out } = await asAnn.run(["ask", question, "--to", bob, "--choice", "yes,no", ...more]);
      return [code, out.trim()];
    };
    assert.deepEqual(await ask("Deploy?"), [11, "no"]);
    assert.deepEqual(await ask("Decline?"), [40, "declined"]);
    assert.deepEqual(await ask("Wait?", ["--timeout", "1s"]), [41, "timed out"]);
  });

  const calling = (mcp: RunningLine) => async (id: number, method: string, params: unknown) => {
    await mcp.write({ jsonrpc: "2.0", id, method, params });
    return (await mcp.line(method, (line) => line.id === id)).result as Record<string, unknown>;
  };

  await t.step(
    "CO-12: mcp with a person's grant, a token that asks, reaches that person and nobody else",
    async () => {
      const bobs = await answering(world, bob);
      await using _bob = bobs;
      const made = await bobs.rest.call("/api/v1/tokens", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: "Assistant", scopes: ["ask"] }),
      });
      const { token, id } = await made.json();
      await using mcp = asAnn.start(["mcp", "--allow", ann], { BEHEST_TOKEN: token });
      const call = calling(mcp);
      const question = (more = {}) => ({
        name: "ask_person",
        arguments: { question: "May I?", options: ["yes", "no"], ...more },
      });
      const text = (found: Record<string, unknown>) => (found.content as { text: string }[])[0]!.text;
      assert.equal(text(await call(1, "tools/call", question())), "no");
      assert.equal(text(await call(2, "tools/call", question({ to: bob }))), "no");
      // Whoever runs it cannot widen what the person granted.
      const refused = await call(3, "tools/call", question({ to: ann }));
      assert.deepEqual([refused.isError, /may not do that/.test(text(refused))], [true, true], text(refused));
      await bobs.rest.call(`/api/v1/tokens/${id}`, { method: "DELETE" });
      assert.equal((await call(4, "tools/call", question())).isError, true, "the grant ended");
    },
  );

  await t.step("mcp asks nobody who was not allowed, and gives the answer of who was", async () => {
    await using _bob = await answering(world, bob);
    await using mcp = asAnn.start(["mcp", "--allow", bob]);
    const call = calling(mcp);
    const { serverInfo } = await call(1, "initialize", { protocolVersion: "2025-06-18", capabilities: {} });
    assert.deepEqual(serverInfo, { name: "behest", version: "0.1.0" });
    const { tools } = await call(2, "tools/list", {});
    assert.deepEqual((tools as { name: string }[]).map(({ name }) => name), ["ask_person"]);
    const question = (to: string, options = ["yes", "no"]) => ({
      name: "ask_person",
      arguments: { to, question: "May I?", options },
    });
    assert.equal((await call(3, "tools/call", question("root"))).isError, true);
    assert.equal((await call(4, "tools/call", question(bob, ["one"]))).isError, true);
    assert.deepEqual(await call(5, "tools/call", question(bob)), {
      content: [{ type: "text", text: "no" }],
      isError: false,
    });
  });

  await t.step(
    "DL-3: listen runs programs without a shell, once, whatever they do; a stop ends them",
    async () => {
      const write = async (name: string, text: string) => {
        const path = `${asBob.home}/${name}`;
        await Deno.writeTextFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
        return path;
      };
      const shows = await write(
        "shows",
        'for one; do printf "[%s]" "$one"; done; printf "%s" "$BEHEST_COMMAND_FROM"',
      );
      const fails = await write("fails", "head -c 1000000 /dev/zero | tr '\\0' x; exit 3");
      const hangs = await write("hangs", "sleep 300 & wait");
      const on = (kind: string, program: string) => ["--on", kind, program];
      await using listen = asBob.start([
        "listen",
        "--timeout",
        "2s",
        "--complete",
        ...on("message", `${shows} {title} -- {title} fixed`),
        ...on("task", fails),
        ...on("x-hang", hangs),
        ...on("x-none", `${asBob.home}/missing`),
      ]);
      await listen.line("the connection", ({ kind }) => kind === "online");
      const ran = (id: string) =>
        listen.line(`the program of ${id}`, (line) => line.event === "program" && line.id === id);
      const title = '--icon=$(touch x); `id` "quoted"';
      const shown = await ran(await send(title));
      assert.equal(shown.outcome, "done");
      assert.equal(shown.output, `[ ${title}][--][${title}][fixed]${ann}`);
      const failed = await ran(await send("fails", ["--kind", "task"]));
      assert.deepEqual([failed.outcome, failed.exitCode, failed.truncated], ["failed", 3, true]);
      assert.equal(String(failed.output).length, 65_536);
      assert.equal((await ran(await send("hangs", ["--kind", "x-hang"]))).outcome, "timed_out");
      assert.equal((await ran(await send("missing", ["--kind", "x-none"]))).outcome, "missing");
      // A second one does not take the device away from the first.
      assert.equal((await asBob.run(["listen"])).code, 2);
      // The connection breaks, and it goes on.
      await (await fetch(world.cut)).body?.cancel();
      assert.equal((await ran(await send("after the cut"))).outcome, "done");
      const hung = send("until the stop", ["--kind", "x-hang"]);
      await listen.line("the command", (line) => JSON.stringify(line).includes("until the stop"));
      await asBob.json(["stop"]);
      assert.equal((await ran(await hung)).outcome, "stopped");
      await listen.line("the stop", ({ event, stopped }) => event === "stopped" && stopped === true);
      const ids = listen.lines.filter(({ event }) => event === "command").map(({ command }) =>
        (command as { id: string }).id
      );
      assert.equal(new Set(ids).size, ids.length, "each command once");
      assert.equal(await listen.end(), 0);
    },
  );

  await t.step("CO-6: no script resumes; UI-3: the history is readable without the server", async () => {
    assert.equal((await asBob.run(["resume"], { input: "resume\n" })).code, 2);
    const { out, code } = await asBob.run(["history", "-q", "after the cut"], {
      env: { BEHEST_SERVER: server },
    });
    assert.deepEqual([code, out.split("\n").filter(Boolean).length], [0, 1]);
    await (await asBob.run(["logout"])).code;
    const offline = await asBob.run(["history", "--json"]);
    assert.equal(offline.code, 0, offline.errors);
    assert.ok(offline.out.includes("after the cut"));
  });
}

Deno.test("OP-11: the packages of npm: their types, the command line on Node and on Deno", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "behest-packages-" });
  const program = `${folder}/node_modules/behest/dist/behest.js`;
  try {
    await packed(folder);
    await t.step("a strict program of its users compiles with the library's types", () => compiles(folder));
    await t.step("npm runs the command line from its package, alone", () => runsAlone(folder, program));
    await t.step("the command line with a real server", (t) => lives(t, program));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

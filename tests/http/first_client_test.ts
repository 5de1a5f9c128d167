import assert from "node:assert/strict";
import { AppRig, password } from "../fakes/app_rig.ts";
import { served } from "../fakes/served.ts";
import { TextLineStream } from "../fakes/text_lines.ts";
import { until } from "../fakes/until.ts";

/** The program in a language, as docs/first-client.md prints it. */
async function printed(language: string): Promise<string> {
  const page = await Deno.readTextFile("docs/first-client.md");
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\``).exec(page)?.[1];
  assert.ok(found, `docs/first-client.md has a program in ${language}`);
  assert.ok(found.split("\n").length <= 100, "a client in 100 lines");
  return found;
}

/** Runs a program and keeps its lines. */
function running(command: string, args: string[]): AsyncDisposable & { lines: string[] } {
  const child = new Deno.Command(command, { args, stdin: "null", stdout: "piped", stderr: "inherit" })
    .spawn();
  const lines: string[] = [];
  const reading = (async () => {
    const text = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
    for await (const line of text) lines.push(line);
  })();
  return {
    lines,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended already.
      }
      await Promise.all([child.status, reading]);
    },
  };
}

const programs = [
  {
    language: "js",
    file: "first.mjs",
    run: (path: string) => [Deno.execPath(), "run", "-A", "--no-config", path],
  },
  { language: "python", file: "first.py", run: (path: string) => ["python3", path] },
];

for (const { language, file, run } of programs) {
  Deno.test(`OP-11: the client in ${language} of docs/first-client.md sends, receives, acknowledges and hears a stop`, async () => {
    await using rig = await AppRig.start();
    await rig.befriend("ann", "bob");
    await using app = await served(rig.services);
    const dir = await Deno.makeTempDir({ prefix: "behest-first-" });
    try {
      await Deno.writeTextFile(`${dir}/${file}`, await printed(language));
      const [command, ...args] = run(`${dir}/${file}`);
      await using client = running(command!, [
        ...args,
        app.origin,
        "ann",
        password,
        "bob",
        "Water the plants",
      ]);
      const line = (start: string) => until(() => client.lines.find((one) => one.startsWith(start)), start);
      const id = (await line("sent ")).slice("sent ".length);
      assert.equal((await rig.sentBy("ann"))[0]?.command.id, id);
      const back = await rig.command("bob", "ann", { title: "Thank you" });
      assert.equal(await line("received "), `received ${back.id} Thank you`);
      await line("acknowledged");
      await until(async () => {
        const { recipients } = await rig.commandOf("bob", back.id);
        return recipients?.[0]?.state === "delivered";
      }, "the delivery");
      const ann = await rig.caller("ann");
      await rig.services.safety.stop(ann);
      await line("stopped");
      await rig.send("/api/v1/auth/logout", { method: "POST", headers: rig.bearerOf("ann") });
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  });
}

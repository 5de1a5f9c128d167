import assert from "node:assert/strict";
import { packagedTasks } from "../../tools/package/launcher.ts";
import { variables } from "../../lib/config/mod.ts";
import { ServerProcess } from "../fakes/server_process.ts";

/** A block of commands of docs/operations.md. `as root` and `elsewhere`: what the machine that tests cannot do. */
interface Block {
  mark: string;
  lines: string[];
}

const page = await Deno.readTextFile("docs/operations.md");
const blocks: Block[] = [...page.matchAll(/^```sh(.*)\n([^]*?)^```$/gm)].map(([, mark, text]) => ({
  mark: mark!.trim(),
  lines: text!.trim().split("\n"),
}));
const tasks: Record<string, string> = JSON.parse(await Deno.readTextFile("deno.json")).tasks;

Deno.test("OP-6: the commands of docs/operations.md do what it says, on a server that runs", async () => {
  const dir = await Deno.makeTempDir({ prefix: "behest-book-" });
  try {
    const data = `${dir}/data`;
    await using _server = await ServerProcess.start({ BEHEST_DATA_DIR: data });
    await Deno.mkdir(`${dir}/backups`);
    const said: string[] = [];
    for (const line of blocks.filter(({ mark }) => mark === "").flatMap(({ lines }) => lines)) {
      const here = line.replaceAll("/backups/", `${dir}/backups/`).replaceAll(
        "/var/lib/behest",
        `${dir}/restored`,
      );
      const { code, stdout, stderr } = await new Deno.Command("sh", {
        args: ["-c", here],
        env: {
          BEHEST_DATA_DIR: data,
          PATH: `${Deno.execPath().replace(/\/[^/]+$/, "")}:${Deno.env.get("PATH")}`,
        },
        stdin: "null",
      }).output();
      const told = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      assert.equal(code, 0, `${line}\n${told}`);
      said.push(told);
    }
    assert.ok(said.length >= 5, "the page has commands");
    assert.ok((await Deno.stat(`${dir}/restored/kv.sqlite3`)).isFile);
    assert.ok(said.some((told) => /^whsec_[\w+/=]{44}\n$/.test(told)), said.join("\n"));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("OP-6: commands that need root or another machine name what there is, and a shell can read them", async () => {
  const others = blocks.filter(({ mark }) => mark !== "");
  assert.ok(others.length >= 4);
  for (const { mark, lines } of others) {
    assert.match(mark, /^(?:as root|elsewhere)$/);
    const script = lines.join("\n");
    const { code, stderr } = await new Deno.Command("sh", { args: ["-n", "-c", script] }).output();
    assert.equal(code, 0, `${script}\n${new TextDecoder().decode(stderr)}`);
    for (const [, task] of script.matchAll(/\bdeno task ([\w-]+)/g)) assert.ok(task! in tasks, task);
    for (const [, task] of script.matchAll(/\/opt\/behest\/behest ([a-z][\w-]+)/g)) {
      assert.ok([...packagedTasks, "prepare"].includes(task!), task);
    }
    for (const [path] of script.matchAll(/\bdeploy\/[\w.-]+/g)) {
      assert.ok((await Deno.stat(path)).isFile, path);
    }
  }
});

Deno.test("OP-1: every variable, task and section that docs/operations.md names is there", () => {
  const known = new Set<string>([...Object.keys(variables), "BEHEST_BUS"]);
  for (const [name] of page.matchAll(/\bBEHEST_[A-Z_]+\b/g)) assert.ok(known.has(name), name);
  for (const [, task] of page.matchAll(/`?deno task ([a-z][\w-]+)/g)) assert.ok(task! in tasks, task);
  const headings = [...page.matchAll(/^##+ (.+)$/gm)].map(([, text]) =>
    text!.toLowerCase().replaceAll(/[^\w\s-]/g, "").replaceAll(" ", "-")
  );
  assert.equal(new Set(headings).size, headings.length, "two sections of one name");
  for (const [, anchor] of page.matchAll(/\]\(#([^)]+)\)/g)) assert.ok(headings.includes(anchor!), anchor);
});

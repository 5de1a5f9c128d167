/** `deno task genuine`, with `lib/fresh` in the place of what it fetches: all of it that works without JSR. */
import assert from "node:assert/strict";
import { buildCopy, copyProject, genuineConfig, genuineImports, startArgs } from "../../tools/genuine.ts";
import { ServerProcess } from "../fakes/server_process.ts";

const ownImports = {
  "fresh": "./lib/fresh/mod.ts",
  "fresh/dev": "./lib/fresh/dev.ts",
  "fresh/internal": "./lib/fresh/build.ts",
  "fresh/runtime": "./lib/fresh/runtime.ts",
};

function* filesBelow(path: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    if (isDirectory) yield* filesBelow(`${path}/${name}`);
    else yield `${path}/${name}`;
  }
}

Deno.test("Fresh: the copy's configuration differs in where Fresh comes from", async () => {
  const config = JSON.parse(await Deno.readTextFile("deno.json"));
  const { imports, exclude, ...others } = genuineConfig(config, genuineImports);
  for (const [name, target] of Object.entries(imports)) {
    assert.equal(target, name.startsWith("fresh") ? genuineImports[name] : config.imports[name]);
  }
  assert.deepEqual(Object.keys(imports).sort(), Object.keys(config.imports).sort());
  assert.deepEqual(exclude, ["_fresh"]);
  const { imports: _, exclude: __, ...rest } = config;
  assert.deepEqual(others, rest);
});

Deno.test("Fresh: without JSR `deno task genuine` ends with one line that says what could not be reached", async () => {
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "genuine"],
    // Nothing is served there, and nothing was fetched from there before.
    env: { JSR_URL: "http://127.0.0.1:9/" },
    stdin: "null",
  }).output();
  const lines = new TextDecoder().decode(stderr).trim().split("\n");
  assert.deepEqual([code, lines.length, stdout.length], [1, 1, 0], lines.join("\n"));
  assert.match(lines[0]!, /^JSR could not be reached: .*127\.0\.0\.1:9.* `deno task start` does without\.$/);
});

Deno.test("Fresh: the copy is built with the Builder alone, and serves under the permissions of the start", async () => {
  await Deno.mkdir("tests/.out", { recursive: true });
  const copy = await Deno.makeTempDir({ dir: "tests/.out", prefix: "genuine-" });
  try {
    const folders = ["routes", "islands", "components", "lib", "static"].flatMap((
      path,
    ) => [...filesBelow(path)]);
    await Deno.writeTextFile(`${copy}/left_over.ts`, "");
    await copyProject(".", copy, [...folders, "main.ts", "deno.json"], ownImports);
    await assert.rejects(Deno.stat(`${copy}/left_over.ts`), Deno.errors.NotFound);
    await buildCopy(copy);
    await using server = await ServerProcess.start(
      { BEHEST_DATA_DIR: `${copy}/data` },
      { args: (permissions) => startArgs(copy, permissions) },
    );
    const page = await (await fetch(`${server.origin}/login`)).text();
    const script = /from "(\/_fresh\/js\/[^"]+)"/.exec(page)?.[1] ?? "";
    const answer = await fetch(server.origin + script);
    assert.deepEqual([answer.status, answer.headers.get("content-type")], [
      200,
      "text/javascript; charset=UTF-8",
    ]);
    await answer.body?.cancel();
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
});

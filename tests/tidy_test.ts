import assert from "node:assert/strict";
import { protocolDoc, readmeTable } from "../tools/protocol_doc.ts";
import { brokenBans } from "./tidy/bans.ts";
import { cyclesOf, graphOf, layersOf, partOf, readModules } from "../tools/module_graph.ts";
import { importsOf, projectFiles } from "../tools/module_imports.ts";
import { sdkFiles } from "../tools/sdk/mod.ts";
import { rawPaths, unplacedIslands } from "./tidy/raw_paths.ts";
import { forbidden, rooms } from "./tidy/rooms.ts";

const files = projectFiles();
const modules = readModules();
const { files: code, imports } = modules;
const textOf = (file: string) => Deno.readTextFileSync(file);

/** Fails with one line for each thing found. */
function none(found: readonly string[], what: string): void {
  assert.equal(found.length, 0, `${what}:\n  ${found.join("\n  ")}`);
}

Deno.test("tidy: every import is allowed by the rooms' rules", () => {
  assert.ok(imports.length > 100, `only ${imports.length} imports were found: is the search broken?`);
  const wrong = imports.flatMap((one) => {
    const why = forbidden(one);
    return why === undefined ? [] : [`${one.from} → ${one.specifier}: ${why}`];
  });
  none(wrong, "Forbidden imports");
});

Deno.test("tidy: the rules name only parts that exist", () => {
  const parts = new Set(code.map(partOf));
  none(Object.keys(rooms).filter((part) => !parts.has(part)), "Rules without a part");
});

Deno.test("tidy: no files import each other in a circle, types included, and no rooms do", () => {
  const circles = [
    ...cyclesOf(graphOf(modules, partOf)),
    ...cyclesOf(graphOf(modules, (file) => file)),
  ];
  none(circles.map((circle) => circle.join(" ")), "Import cycles");
});

Deno.test("tidy: the search for cycles finds them, and only them", () => {
  const graphs = [
    { a: ["b"], b: ["c"], c: ["a", "d"], d: [], e: ["a"] },
    { a: ["b", "c"], b: ["c"], c: ["d"], d: [] },
    { a: ["b"], b: ["a"], c: ["d", "a"], d: ["c"] },
  ].map((graph) => new Map(Object.entries(graph).map(([node, needs]) => [node, new Set<string>(needs)])));
  assert.deepEqual(graphs.map(cyclesOf), [[["a", "b", "c"]], [], [["a", "b"], ["c", "d"]]]);
  assert.deepEqual(graphs.map(layersOf), [
    [["d"], ["a", "b", "c"], ["e"]],
    [["d"], ["c"], ["b"], ["a"]],
    [["a", "b"], ["c", "d"]],
  ]);
});

Deno.test("tidy: lib/ has only rooms, and components/ and islands/ have only components", () => {
  none(files.filter((file) => /^lib\/[^/]+$/.test(file)), "Files directly in lib/");
  none(files.filter((file) => /^(components|islands)\/.*(?<!\.tsx)$/.test(file)), "Other files");
});

Deno.test("tidy: the search sees static, side-effect, dynamic and re-exporting imports, and no comments", () => {
  const text = [
    'import { a } from "../protocol/mod.ts";',
    'import type { B } from "./b.ts";',
    "import {\n  c,\n  d,\n} from '../adapters/kv/store.ts';",
    'import "./side.ts";',
    'export * from "./again.ts";',
    'const late = await import("./late.ts");',
    '// import { no } from "./comment.ts";',
    '/* import { no } from "./comment.ts"; */',
  ].join("\n");
  const found = importsOf("lib/commands/x.ts", text, {});
  assert.deepEqual(found.map(({ to }) => to), [
    "lib/protocol/mod.ts",
    "lib/commands/b.ts",
    "lib/adapters/kv/store.ts",
    "lib/commands/side.ts",
    "lib/commands/again.ts",
    "lib/commands/late.ts",
  ]);
  assert.match(forbidden(found[2]!)!, /lib\/commands must not import lib\/adapters/);
});

Deno.test("tidy: no file is longer than 400 lines; those over 250 are named for a look", () => {
  const written = code.filter((file) => !textOf(file).startsWith("// Made by `deno task docs`"));
  const lengths = written.map((file) => ({ file, lines: textOf(file).split("\n").length - 1 }));
  const long = lengths.filter(({ lines }) => lines > 250).sort((a, b) => b.lines - a.lines);
  const told = long.map(({ file, lines }) => `${lines} ${file}`);
  none(told.filter((line) => parseInt(line) > 400), "Files over 400 lines");
  if (told.length > 0) {
    // deno-lint-ignore no-console -- a list to look at, not a failure
    console.log(`over 250 lines:\n  ${told.join("\n  ")}`);
  }
});

Deno.test("tidy: nothing that the house style bans", () => {
  none(code.flatMap((file) => brokenBans(file, textOf(file))), "Banned");
});

Deno.test("tidy: the bans find what they ban", () => {
  const banned: [file: string, text: string][] = [
    ["lib/a.ts", "export function a(value: any): void {}"],
    ["lib/a.ts", "const a = value as any;"],
    ["lib/a.ts", "const a: Record<string, any> = {};"],
    ["lib/a.ts", "// deno-lint" + "-ignore no-explicit-any\nconst a = 1;"],
    ["lib/a.ts", "console.log(1);"],
    ["lib/a.ts", "const kv = await Deno.openKv();"],
    ["lib/a.ts", "const counts = z.record(z.string(), z.number());"],
    ["islands/A.tsx", "export const count = signal(0);"],
    ["tests/unit/a_test.ts", "await new Promise((resolve) => setTimeout(resolve, 100));"],
    ["tests/unit/a_test.ts", "await delay(100);"],
  ];
  for (const [file, text] of banned) assert.equal(brokenBans(file, text).length > 0, true, text);
  const fine: [file: string, text: string][] = [
    ["lib/a.ts", '// any of them\nconst a = "as any";'],
    ["lib/a.ts", "const many: unknown = any(values);"],
    [
      "lib/a.ts",
      "// deno-lint" + "-ignore no-control-regex -- that is what is looked for\nconst a = /\\x01/;",
    ],
    ["islands/A.tsx", "export function A() {\n  const count = useSignal(0);\n}"],
    ["tests/unit/a_test.ts", "const timer = setTimeout(() => controller.abort(), 5000);"],
  ];
  for (const [file, text] of fine) assert.deepEqual(brokenBans(file, text), [], text);
});

Deno.test("tidy: OP-10: a browser's code places every path of the server, and every island draws placed ones", () => {
  none(code.flatMap((file) => rawPaths(file, textOf(file))), "Paths that miss BEHEST_BASE_PATH");
  none(unplacedIslands(code, textOf), "Islands that do not import lib/browser/base_path.ts");
  const raw: [file: string, text: string][] = [
    ["lib/browser/a.ts", 'const path = "/api/v1/files";'],
    ["lib/browser/a.ts", "await fetch(`/api/v1/files/${id}`);"],
    ["islands/A.tsx", 'void fetch("/stop");'],
    ["islands/A.tsx", "location.assign(item.path);"],
    ["components/A.tsx", 'form.setAttribute("action", to);'],
    ["components/A.tsx", 'new WebSocket("/api/ws")'],
  ];
  for (const [file, text] of raw) assert.equal(rawPaths(file, text).length, 1, text);
  const fine = 'fetch(placed("/stop")); form.setAttribute("action", placed(to)); <a href="/files">Files</a>';
  assert.deepEqual(rawPaths("islands/A.tsx", fine), []);
});

Deno.test("tidy: no package registry and no path of somebody's machine in any file", () => {
  const strange = new RegExp(
    ["registry\\.(npm|yarn)", "jsr\\.io", "(?:^|[\\s\"'`(=])/(?:root|home|work|Users)/[\\w.-]"].join("|"),
    "m",
  );
  const found = files.filter((file) => !/\.(png|ico|woff2?)$/.test(file)).flatMap((file) => {
    const hit = strange.exec(textOf(file));
    return hit === null ? [] : [`${file}: ${hit[0].trim()}`];
  });
  none(found, "Found");
});

Deno.test("tidy: docs/PROTOCOL.md and the README's table are what `deno task docs` writes", () => {
  assert.equal(textOf("docs/PROTOCOL.md"), protocolDoc(), "run `deno task docs`");
  assert.ok(textOf("README.md").includes(readmeTable()), "run `deno task docs`");
});

Deno.test("tidy: OP-11: what `sdk/` has of the protocol is what `deno task docs` writes", () => {
  for (const { path, text } of sdkFiles()) {
    assert.ok(textOf(path) === text, `${path}: run \`deno task docs\``);
  }
});

Deno.test("tidy: a test that names a rule names one that is there", () => {
  const ids = new Set(textOf("docs/spec-ids.md").match(/\b[A-Z]{2}-[0-9]+\b/g));
  assert.ok(ids.size > 80, `only ${ids.size} ids in docs/spec-ids.md`);
  const named = files.filter((file) => /_test\.tsx?$/.test(file)).flatMap((file) =>
    [...textOf(file).matchAll(/Deno\.test\(\s*(?:\{\s*name:\s*)?["'`]((?:[A-Z]{2}-[0-9]+[,:]?\s*)+)/g)]
      .flatMap(([, list]) => list!.match(/[A-Z]{2}-[0-9]+/g)!.map((id) => ({ file, id })))
  );
  assert.ok(named.length > 20, `only ${named.length} ids in test names: is the pattern broken?`);
  none(named.filter(({ id }) => !ids.has(id)).map(({ file, id }) => `${file}: ${id}`), "Unknown rule ids");
});

Deno.test("tidy: every room's mod.ts says what it does, what it never does and where to start", () => {
  const missing = Object.keys(rooms).filter((part) => part.startsWith("lib/"))
    .flatMap((room) => {
      // Each folder of lib/adapters is entered on its own.
      const folders = room === "lib/adapters" ? foldersOf(room) : [room];
      return folders.flatMap((folder) => {
        const door = `${folder}/mod.ts`;
        if (!files.includes(door)) return [`${door} is missing`];
        const [what = "", never = "", start = ""] = firstComment(textOf(door));
        if (what === "" || !never.startsWith("Never ") || !start.startsWith("Start with ")) {
          return [`${door} does not begin with three lines: what it does, "Never …", "Start with …"`];
        }
        return [...start.matchAll(/`([\w/]+(?:\.tsx?|\/))`/g)].map(([, path]) => `${folder}/${path}`)
          .filter((path) => !files.some((file) => file === path || file.startsWith(path)))
          .map((path) => `${door} names ${path}, which does not exist`);
      });
    });
  none(missing, "Doors without directions");
});

/** The lines of the comment that a file begins with. */
function firstComment(text: string): string[] {
  const comment = /^\/\*\*\n( \* .*\n)+ \*\/\n|^(\/\/ .*\n)+/.exec(text)?.[0] ?? "";
  return comment.split("\n").filter((line) => /^( \*|\/\/) /.test(line)).map((line) => line.slice(3));
}

function foldersOf(room: string): string[] {
  return [...Deno.readDirSync(room)].filter((entry) => entry.isDirectory).map(({ name }) =>
    `${room}/${name}`
  );
}

Deno.test("tidy: ARCHITECTURE.md lists every room, and every path in it exists", () => {
  const text = textOf("ARCHITECTURE.md");
  const listed = [...text.matchAll(/^\| `(\w+)\/` /gm)].map(([, room]) => `lib/${room}`);
  assert.deepEqual(listed.sort(), Object.keys(rooms).filter((part) => part.startsWith("lib/")).sort());
  // Paths there begin with a room or with a folder of the project; a module may lack its ending.
  const folders = new Set(
    files.flatMap((file) => [...file.matchAll(/\//g)].map(({ index }) => file.slice(0, index + 1))),
  );
  const named = [...text.matchAll(/`((?:[\w()]+\/)+[\w.()]*)`/g)].map(([, path]) => path!);
  assert.ok(named.length > 40, `only ${named.length} paths were found: is the pattern broken?`);
  const exists = (path: string) =>
    ["", ".ts"].some((end) => files.includes(path + end)) || folders.has(path.replace(/\/?$/, "/"));
  none(named.filter((path) => !exists(path) && !exists(`lib/${path}`) && !exists(`routes/${path}`)), "Gone");
});

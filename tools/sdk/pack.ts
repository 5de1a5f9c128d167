/** `deno task sdk-pack`: makes the npm packages of `sdk/` in `_sdk/`. `npm pack` there gives what is published. */
import { createRequire } from "node:module";
import * as esbuild from "esbuild";
import ts from "typescript";
import { refusalTable } from "../../lib/protocol/errors.ts";
import { pushAnsweredActions, pushOutcomes } from "../../lib/protocol/push.ts";

const source = "sdk/typescript";

/** Types of the validator's room, without the validator: what the library names of them, in terms of `api.d.ts`. */
const withoutValidator: Readonly<Record<string, string>> = {
  "lib/protocol/commands.d.ts": `
export type CommandChanged = api.Notifications["command.changed"];
export type CommandState = api.CommandState;
export type Delivery = api.Delivery;
export type ListItem = api.ListItem;
`,
  "lib/protocol/chat.d.ts": `
export type ChatDelivery = api.Notifications["chat.message"];
export type ChatMessage = api.ChatMessage;
`,
  "lib/protocol/files.d.ts": `
export type FileObject = api.File;
export type FilePage = { files: FileObject[]; next: string | null };
`,
  "lib/protocol/push.d.ts": `
export type PushSubscriptionBody = {
  endpoint: string;
  expirationTime?: number | null;
  keys: { p256dh: string; auth: string };
  device?: string;
};
export type PushDevice = {
  id: string;
  device: string;
  service: string;
  since: string;
  current: boolean;
  last: { at: string; outcome: ${
    pushOutcomes.map((one) => JSON.stringify(one)).join(" | ")
  }; status: number | null } | null;
  retryAt: string | null;
};
export type PushDevices = {
  devices: PushDevice[];
  holds: { rule: "stopped" | "quiet_hours"; until: string | null } | null;
};
export type PushAnswered = {
  action: ${pushAnsweredActions.map((one) => JSON.stringify(one)).join(" | ")};
  command: string | null;
};
`,
  "lib/protocol/methods.d.ts": `
export type Method = keyof api.Methods;
export type ParamsInput<M extends Method> = api.Methods[M]["params"];
export type Result<M extends Method> = api.Methods[M]["result"];
export type Notification = keyof api.Notifications;
export type NotificationParams<N extends Notification> = api.Notifications[N];
`,
  "lib/protocol/errors.d.ts": `
export type RefusalKind = ${Object.keys(refusalTable).map((kind) => JSON.stringify(kind)).join(" | ")};
export interface RpcErrorObject {
  code: number;
  message: string;
  data?: { kind: RefusalKind; retryAfterMs?: number; proof?: true; fields?: Record<string, string> };
}
`,
};

/** Makes the library's package in this folder. */
export async function packLibrary(folder: string): Promise<void> {
  await emptied(folder);
  await Promise.all([
    bundle(`${source}/mod.ts`, `${folder}/dist/browser.js`, "browser"),
    bundle(`${source}/node.ts`, `${folder}/dist/node.js`, "node"),
  ]);
  for (const [path, text] of declarations([`${source}/mod.ts`, `${source}/node.ts`])) {
    await written(`${folder}/types/${path}`, text);
  }
  for (const name of ["package.json", "README.md"]) {
    await Deno.copyFile(`${source}/${name}`, `${folder}/${name}`);
  }
  await Deno.copyFile("LICENSE", `${folder}/LICENSE`);
}

/** A program that needs nothing beside it. */
const programHead = `#!/usr/bin/env node
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);`;

/** Makes the command line's package in this folder: one script. */
export async function packCommandLine(folder: string): Promise<void> {
  await emptied(folder);
  await bundle("sdk/cli/main.ts", `${folder}/dist/behest.js`, "node", { alone: true });
  await Deno.chmod(`${folder}/dist/behest.js`, 0o755);
  for (const name of ["package.json", "README.md"]) {
    await Deno.copyFile(`sdk/cli/${name}`, `${folder}/${name}`);
  }
  await Deno.copyFile("LICENSE", `${folder}/LICENSE`);
}

/** One script of the package, for Node 20 and the browsers of its year. */
async function bundle(
  entry: string,
  outfile: string,
  platform: "browser" | "node",
  { alone = false } = {},
): Promise<void> {
  await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2022",
    platform,
    external: alone ? ["node:*", "bufferutil", "utf-8-validate"] : ["node:*", "ws"],
    // `ws` is CommonJS.
    banner: { js: alone ? programHead : "" },
    // Packages are in Deno's own folder, where esbuild does not look.
    alias: alone ? { ws: createRequire(import.meta.url).resolve("ws") } : {},
    define: { "Promise.withResolvers": "promiseWithResolvers" },
    inject: [`${source}/older_runtimes.ts`, ...platform === "node" ? [`${source}/node_socket.ts`] : []],
    // Else the paths of this machine are in it.
    minify: alone,
    logLevel: "warning",
  });
}

/** Declarations that a program needs, by path: only those that the entries reach. */
function declarations(entries: readonly string[]): Map<string, string> {
  const made = new Map<string, string>();
  const program = ts.createProgram([...entries], {
    declaration: true,
    emitDeclarationOnly: true,
    noCheck: true,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts"],
    types: [],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ESNext,
    allowImportingTsExtensions: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    rootDir: ".",
    outDir: "out",
  });
  program.emit(undefined, (path, text) => made.set(path.replace(/^.*?\bout\//, ""), text));
  made.set(`${source}/api.d.ts`, Deno.readTextFileSync(`${source}/api.d.ts`));
  for (const [path, text] of Object.entries(withoutValidator)) {
    made.set(path, `import type * as api from "../../${source}/api.js";\n${text.trim()}\n`);
  }
  const reached = new Map<string, string>();
  const visit = (path: string) => {
    if (reached.has(path)) return;
    const text = made.get(path);
    if (text === undefined) throw new Error(`The declarations name ${path}, which was not made.`);
    if (/from "zod"/.test(text)) {
      throw new Error(`${path} needs the validator: name its types in tools/sdk/pack.ts.`);
    }
    reached.set(path, text.replace(/(from "|import\(")(\.[^"]+?)(?:\.d)?\.ts"/g, '$1$2.js"'));
    for (const [, target] of text.matchAll(/(?:from "|import\(")(\.[^"]+)"/g)) {
      const found = new URL(target!, `file:///${path}`).pathname.slice(1);
      visit(found.replace(/(\.d)?\.(ts|js)$/, ".d.ts"));
    }
  };
  for (const entry of entries) visit(entry.replace(/\.ts$/, ".d.ts"));
  return reached;
}

async function emptied(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(folder, { recursive: true });
}

async function written(path: string, text: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  await Deno.writeTextFile(path, text);
}

if (import.meta.main) {
  await packLibrary("_sdk/behest-client");
  await packCommandLine("_sdk/behest");
  await esbuild.stop();
}

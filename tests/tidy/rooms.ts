import { partOf } from "../../tools/module_graph.ts";
import type { ModuleImport } from "../../tools/module_imports.ts";

/** What a part of the project may import: other parts, and packages that are its business. */
interface Part {
  parts: readonly string[];
  packages?: readonly string[];
}

const protocol = "lib/protocol";
const platform = "lib/platform";
const words = "lib/words";
const text = "lib/text";
const reference = "lib/reference";
const web = "lib/web";
const browser = "lib/browser";
const fresh = "lib/fresh";

/** The rooms with services in them, from the one that needs least. */
const services = [
  "lib/accounts",
  "lib/consent",
  "lib/commands",
  "lib/chat",
  "lib/files",
  "lib/scanning",
  "lib/moderation",
  "lib/push",
  "lib/webhooks",
  "lib/notices",
];

/** ARCHITECTURE.md, "Rooms". */
export const rooms: Readonly<Record<string, Part>> = {
  [protocol]: { parts: [], packages: ["zod"] },
  [platform]: { parts: [], packages: ["node:crypto"] },
  [fresh]: {
    parts: [],
    packages: ["@preact/signals", "esbuild", "preact", "preact-render-to-string", "node:crypto", "node:http"],
  },
  [words]: { parts: [protocol] },
  [reference]: { parts: [protocol], packages: ["zod"] },
  [text]: { parts: [protocol, words] },
  "lib/config": { parts: [protocol], packages: ["node:net", "node:util"] },
  "lib/accounts": {
    parts: [protocol, platform],
    packages: [
      "@simplewebauthn/server",
      "@zxcvbn-ts/language-common",
      "bowser",
      "client-zip",
      "jose",
      "node:crypto",
      "otplib",
    ],
  },
  "lib/consent": { parts: [protocol, platform] },
  "lib/commands": { parts: [protocol, platform, "lib/consent"], packages: ["node:crypto"] },
  "lib/chat": {
    parts: [protocol, platform, "lib/consent", "lib/commands"],
    packages: ["node:crypto"],
  },
  "lib/files": { parts: [protocol, platform], packages: ["file-type", "node:crypto"] },
  "lib/scanning": { parts: [protocol, platform, "lib/files"], packages: ["node:crypto"] },
  "lib/moderation": { parts: [protocol, platform], packages: ["node:crypto"] },
  "lib/push": { parts: [protocol, platform], packages: ["node:crypto"] },
  "lib/webhooks": { parts: [protocol, platform], packages: ["node:crypto"] },
  "lib/notices": { parts: [protocol, platform] },
  "lib/cluster": { parts: [protocol, platform] },
  "lib/realtime": { parts: [protocol, platform], packages: ["node:buffer"] },
  // Node's modules for `session_file.ts` alone, which is no part of the room's door.
  "lib/client": { parts: [protocol, platform], packages: ["node:fs", "node:path"] },
  [browser]: {
    parts: [protocol, words, text, "lib/client"],
    packages: ["preact", "@preact/signals", "@noble/hashes/sha2.js"],
  },
  "lib/adapters": {
    parts: [protocol, platform, "lib/cluster", ...services],
    packages: [
      "@opentelemetry/api",
      "openid-client",
      "@zip.js/zip.js",
      "age-encryption",
      "node:buffer",
      "node:crypto",
      "node:fs",
      "node:sqlite",
      "node:process",
      "node:timers",
      "node:util",
      "node:v8",
      "openid-client",
      "postgres",
      "prom-client",
      "jose",
      "zod",
    ],
  },
  [web]: {
    parts: [protocol, platform, words, text, fresh, "lib/config", "lib/realtime", ...services],
    packages: ["node:zlib", "node:crypto", "node:net", "zod"],
  },
  "lib/compose": {
    parts: [
      protocol,
      platform,
      words,
      text,
      web,
      "lib/config",
      "lib/realtime",
      "lib/cluster",
      "lib/adapters",
      ...services,
    ],
    packages: ["node:timers"],
  },
  "main.ts": { parts: [protocol, platform, web, fresh, "lib/config", "lib/compose"] },

  // Routes get their services from `ctx.state`: they import no room with a service in it, and no adapter.
  "routes": {
    parts: [protocol, words, text, web, reference, fresh, browser, "components", "islands"],
    packages: ["preact"],
  },
  "islands": {
    parts: [protocol, words, text, fresh, "lib/client", browser, "components"],
    packages: ["preact", "@preact/signals"],
  },
  // The library as a package, and the command line: what they have of the rooms, and what Node has or lacks.
  "sdk": {
    parts: ["lib/client"],
    packages: [
      "ws",
      "node:buffer",
      "node:child_process",
      "node:crypto",
      "node:fs",
      "node:os",
      "node:path",
      "node:process",
      "node:readline",
      "node:stream",
      "node:util",
    ],
  },
  "components": {
    parts: [protocol, words, text, fresh, browser],
    packages: ["preact", "@preact/signals", "uqr"],
  },
};

/** Folders that may import anything: tests and tools look at the whole project. */
const free: readonly string[] = ["tests", "tools"];

/** Rooms whose files stand for themselves: a route, a page or a language takes only those that it needs. */
const openRooms: readonly string[] = [protocol, platform, words, web];

/** Rooms that run in the browser, and who builds scripts from them: a door would put all of a room into each script. */
const scriptRooms: readonly string[] = [text, browser];
const scripts: readonly string[] = ["components", "islands", browser];

/** Why an import is forbidden; undefined when it is allowed. */
export function forbidden({ from: file, to: target, specifier }: ModuleImport): string | undefined {
  const from = partOf(file);
  if (free.includes(from)) return undefined;
  const part = rooms[from];
  if (part === undefined) return `${from} has no import rules yet: add it to tests/tidy/rooms.ts`;
  if (target === null) {
    const known = (part.packages ?? []).some((name) =>
      specifier === name || specifier.startsWith(`${name}/`)
    );
    return known ? undefined : `the package ${specifier} is not the business of ${from}`;
  }
  const to = partOf(target);
  if (to === from) return undefined;
  if (!part.parts.includes(to)) return `${from} must not import ${to}`;
  if (to === fresh) {
    // The app must also run on the real Fresh, and nothing of it may know which one it is on.
    const byName = specifier === "fresh" || specifier === "fresh/runtime";
    return byName ? undefined : `import Fresh by its name, not ${target}`;
  }
  const anyFile = openRooms.includes(to) ||
    (scriptRooms.includes(to) && scripts.includes(from)) ||
    // What only Node and Deno can do is not in the door, which pages use.
    (from === "sdk" && to === "lib/client");
  if (to.startsWith("lib/") && !anyFile && !isDoor(from, target)) {
    return `${to} is entered by its mod.ts, by adapters also through its ports, not by ${target}`;
  }
  return undefined;
}

/** `lib/adapters` has a door in each of its folders. */
function isDoor(from: string, target: string): boolean {
  if (/^lib\/(\w+|adapters\/\w+)\/mod\.ts$/.test(target)) return true;
  return from === "lib/adapters" && /^lib\/\w+\/([a-z_]+_)?ports\.ts$/.test(target);
}

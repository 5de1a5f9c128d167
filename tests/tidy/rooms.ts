import type { Arrow } from "./module_graph.ts";

/** What a part of the project may import: other parts, and packages that are its business. */
interface Room {
  parts: readonly string[];
  packages?: readonly string[];
}

const platform = "lib/platform";
const protocol = "lib/protocol";
const words = "lib/words";

/** ARCHITECTURE.md, "Rooms". A file under `lib/` itself is a part of its own. */
export const rooms: Readonly<Record<string, Room>> = {
  [protocol]: { parts: [], packages: ["zod"] },
  [platform]: { parts: [], packages: ["@logtape/file", "@logtape/logtape"] },
  "lib/accounts": {
    parts: [protocol, platform],
    packages: [
      "@simplewebauthn/server",
      "@zxcvbn-ts/language-common",
      "client-zip",
      "jose",
      "node:crypto",
      "otplib",
    ],
  },
  "lib/consent": { parts: [protocol, platform] },
  "lib/commands": { parts: [protocol, platform, "lib/consent"], packages: ["node:crypto"] },
  "lib/files": { parts: [protocol, platform], packages: ["file-type", "node:crypto"] },
  "lib/scanning": { parts: [protocol, platform, "lib/files"], packages: ["node:crypto"] },
  "lib/words": { parts: [] },
  "lib/push": { parts: [protocol, platform] },
  "lib/moderation": { parts: [protocol, platform], packages: ["node:crypto"] },
  "lib/realtime": { parts: [protocol, platform, "lib/web/services.ts"], packages: ["zod"] },
  "lib/client": { parts: [protocol, platform] },
  "lib/fresh": {
    parts: [],
    packages: ["@preact/signals", "esbuild", "preact", "preact-render-to-string", "node:crypto", "node:http"],
  },
  "lib/adapters": {
    parts: [
      protocol,
      platform,
      "lib/accounts",
      "lib/consent",
      "lib/commands",
      "lib/files",
      "lib/moderation",
      "lib/scanning",
      "lib/push",
      "lib/platform/health.ts",
    ],
    packages: ["node:crypto", "node:fs", "web-push", "zod"],
  },

  "lib/config/variables.ts": { parts: [protocol] },
  "lib/config/mod.ts": { parts: ["lib/config/variables.ts"], packages: ["node:util"] },
  "lib/web/services.ts": { parts: [protocol, platform, "lib/config/mod.ts"], packages: ["zod"] },
  "lib/web/define.ts": { parts: [platform, "lib/web/services.ts", words, "fresh"] },
  "lib/platform/health.ts": { parts: [platform, "lib/web/services.ts"] },
  "lib/ for routes": {
    parts: [protocol, platform, words, "lib/web/define.ts", "lib/web/services.ts", "fresh"],
    packages: ["zod"],
  },
  "lib/web/app.ts": {
    parts: [
      protocol,
      words,
      "lib/config/mod.ts",
      "lib/web/define.ts",
      "lib/ for routes",
      "lib/web/services.ts",
      "fresh",
    ],
  },
  "lib/compose/files.ts": {
    parts: [
      platform,
      "lib/accounts",
      "lib/adapters",
      "lib/config/mod.ts",
      "lib/files",
      "lib/platform/health.ts",
      "lib/scanning",
      "lib/web/services.ts",
    ],
  },
  "lib/compose/accounts.ts": {
    parts: [
      protocol,
      platform,
      "lib/accounts",
      "lib/adapters",
      "lib/commands",
      "lib/consent",
      "lib/files",
      "lib/web/services.ts",
    ],
  },
  "lib/compose/push.ts": {
    parts: [
      platform,
      "lib/accounts",
      "lib/adapters",
      "lib/commands",
      "lib/config/mod.ts",
      "lib/push",
      "lib/web/services.ts",
    ],
  },
  "lib/compose/mod.ts": {
    parts: [
      protocol,
      platform,
      "lib/accounts",
      "lib/adapters",
      "lib/commands",
      "lib/compose/accounts.ts",
      "lib/compose/files.ts",
      "lib/config/mod.ts",
      "lib/consent",
      "lib/files",
      "lib/platform/health.ts",
      "lib/moderation",
      "lib/compose/push.ts",
      "lib/push",
      "lib/realtime",
      "lib/scanning",
      "lib/web/services.ts",
    ],
  },
  "main.ts": {
    parts: [
      protocol,
      platform,
      "lib/web/app.ts",
      "lib/compose/mod.ts",
      "lib/config/mod.ts",
      "lib/fresh",
      "lib/web/services.ts",
    ],
  },

  // Routes get their services from `ctx.state`: no room with a service in it stands here, and no adapter.
  "routes": {
    parts: [
      protocol,
      words,
      "lib/web/define.ts",
      "lib/ for routes",
      // The socket's route reads the upgrade's query and origin as the room says.
      "lib/realtime",
      "lib/web/services.ts",
      "components",
      "islands",
      "fresh",
    ],
    packages: ["preact"],
  },
  "islands": {
    parts: [protocol, words, "lib/client", "components", "fresh"],
    packages: ["preact", "@preact/signals"],
  },
  "components": {
    parts: [protocol, words, "lib/client", "fresh"],
    packages: ["preact", "@preact/signals", "uqr"],
  },
};

/** What several routes share: reading requests and forms, writing answers. */
const routeParts = /^lib\/(forms|rest(_[a-z]+)?|multipart|content_headers|page_[a-z_]+|[a-z_]+_form)\.ts$/;

/** Folders that may import anything: what tests and tools look at is the whole. */
const free: readonly string[] = ["tests", "tools"];

/** Other rooms are entered by their door; these are many small files that stand for themselves. */
const openRooms: readonly string[] = [protocol, platform, words, "lib/ for routes"];
const doors = /\/(mod|([a-z_]+_)?ports)\.ts$/;

/** The part that a file belongs to: a room, a file of `lib/` or of the root, or a folder. */
export function partOf(file: string): string {
  const [top = "", second = "", ...rest] = file.split("/");
  if (top !== "lib") return top;
  if (routeParts.test(file)) return "lib/ for routes";
  return rest.length === 0 ? file : `lib/${second}`;
}

/** Why an arrow must not be; undefined when it may. */
export function wrongArrow(arrow: Arrow): string | undefined {
  const from = partOf(arrow.from);
  if (free.includes(from)) return undefined;
  const room = rooms[from];
  if (room === undefined) return `${from} has no import rules yet: add it to tests/tidy/rooms.ts`;
  if (arrow.to === null) {
    const known = (room.packages ?? []).some((name) =>
      arrow.specifier === name || arrow.specifier.startsWith(`${name}/`)
    );
    return known ? undefined : `the package ${arrow.specifier} is not the business of ${from}`;
  }
  const to = partOf(arrow.to);
  if (to === from) return undefined;
  if (arrow.specifier === "fresh" || arrow.specifier === "fresh/runtime") {
    return room.parts.includes("fresh") ? undefined : `${from} must not know Fresh`;
  }
  if (!room.parts.includes(to)) return `${from} must not import ${to}`;
  const isRoom = to.startsWith("lib/") && !to.endsWith(".ts");
  const whole = /^lib\/compose(_[a-z]+)?\.ts$/.test(from) || from === "main.ts";
  if (isRoom && !whole && !openRooms.includes(to) && !doors.test(arrow.to)) {
    return `${to} is entered by its mod.ts or ports.ts, not by ${arrow.to}`;
  }
  return undefined;
}

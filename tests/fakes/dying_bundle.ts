/** `dying_server.ts` and its routes as one script: a start then takes half of the CPU time, and the tests start many. */
import * as esbuild from "esbuild";
import config from "../../deno.json" with { type: "json" };
import { readSnapshot } from "../../lib/fresh/build.ts";
import { fileUrl } from "../../lib/fresh/snapshot.ts";
import { freshBuild } from "./fresh_build.ts";

const folder = "tests/.out";
let bundled: Promise<string> | undefined;

/** Path of the script, made once in each process. Packages are not in it. */
export function dyingServer(): Promise<string> {
  return bundled ??= bundle();
}

async function bundle(): Promise<string> {
  await freshBuild();
  const snapshot = await readSnapshot(Deno.cwd());
  if (snapshot === null) throw new Error("There is no build in _fresh/.");
  // What programs call; pages are left out.
  const routes = snapshot.routes.filter((route) => /^(?:api\/|healthz|_middleware)/.test(route));
  const outfile = `${Deno.cwd()}/${folder}/dying-${crypto.randomUUID()}.js`;
  const building = esbuild.build({
    stdin: {
      resolveDir: Deno.cwd(),
      contents: [
        'import { serveDying } from "./tests/fakes/dying_server.ts";',
        ...routes.map((route, at) => `import * as route${at} from ${JSON.stringify(`./routes/${route}`)};`),
        `await serveDying([${
          routes.map((route, at) =>
            `{ id: ${JSON.stringify(route.replace(/\.\w+$/, ""))}, module: route${at} }`
          )
        }]);`,
      ].join("\n"),
    },
    outfile,
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "esnext",
    jsx: "automatic",
    jsxImportSource: "preact",
    tsconfigRaw: {},
    logLevel: "silent",
    plugins: [{ name: "as Deno finds them", setup: resolveLikeDeno }],
  });
  await building.finally(() => esbuild.stop());
  globalThis.addEventListener("unload", () => Deno.removeSync(outfile));
  return outfile;
}

function resolveLikeDeno(build: esbuild.PluginBuild): void {
  const imports: Readonly<Record<string, string>> = config.imports;
  build.onResolve({ filter: /^[^./]/ }, ({ path }) => {
    const name = Object.keys(imports).find((one) => path === one || path.startsWith(`${one}/`));
    const found = name === undefined ? path : imports[path] ?? imports[name]! + path.slice(name.length);
    return found.startsWith("./")
      ? { path: `${Deno.cwd()}/${found.slice(2)}` }
      : { path: found, external: true };
  });
  // The thread that writes is started from its own file.
  build.onLoad({ filter: /\/writing_thread\.ts$/ }, async ({ path }) => ({
    contents: (await Deno.readTextFile(path)).replace("import.meta.url", JSON.stringify(fileUrl(path).href)),
    loader: "ts",
  }));
}

import { loadBuild } from "../../lib/fresh/build.ts";
import { buildApp } from "../../lib/web/app.ts";
import type { Services } from "../../lib/web/services.ts";

let loaded: ReturnType<typeof loadBuild> | undefined;

/** The app over these services, with the routes and scripts of `_fresh/`. */
export async function builtApp(services: Services): Promise<ReturnType<typeof buildApp>> {
  loaded ??= freshBuild().then(() => loadBuild());
  const app = buildApp(() => services);
  (await loaded)(app);
  return app;
}

/** `deno task test` builds before it starts the tests; a file that is run alone builds when `_fresh/` is stale. */
export async function freshBuild(): Promise<void> {
  if (Deno.env.get("TEST_BUILT") === "1") return;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "build", "--if-stale"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`The build failed: ${new TextDecoder().decode(stderr)}`);
}

import { loadBuild } from "../../lib/fresh/build.ts";
import { buildApp } from "../../lib/web/app.ts";
import type { Services } from "../../lib/web/services.ts";
import { freshBuild } from "./fresh_build.ts";

let loaded: ReturnType<typeof loadBuild> | undefined;

/** Gives an app the routes and scripts of `_fresh/`. */
export function builtRoutes(): ReturnType<typeof loadBuild> {
  return loaded ??= freshBuild().then(() => loadBuild());
}

/** The app over these services, with the routes and scripts of `_fresh/`. */
export async function builtApp(services: Services): Promise<ReturnType<typeof buildApp>> {
  const app = buildApp(() => services);
  (await builtRoutes())(app);
  return app;
}

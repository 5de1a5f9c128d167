/** `deno task dev`: builds and starts the server, and does so again whenever a source changed. */
import { complain } from "../lib/platform/console.ts";

const sources = ["routes", "islands", "components", "static", "lib", "main.ts", "deno.json"];
/** An editor writes a file in several steps: changes so close are one. */
const settleMs = 150;

function deno(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn();
}

/** Resolves when something changed and has been quiet since. */
async function changed(events: AsyncIterator<Deno.FsEvent>): Promise<void> {
  let event = await events.next();
  while (event.done !== true && event.value.kind === "access") event = await events.next();
  await new Promise((resolve) => setTimeout(resolve, settleMs));
}

while (true) {
  // Watched from before the build, so that what is written meanwhile counts.
  using watcher = Deno.watchFs(sources);
  const change = changed(watcher[Symbol.asyncIterator]());
  const { success } = await deno("task", "--quiet", "build", "--if-stale").status;
  const server = success ? deno("task", "--quiet", "start") : null;
  if (server === null) complain("The build failed; waiting for the next change.");
  await change;
  try {
    server?.kill("SIGTERM");
  } catch {
    // It had ended by itself, with a line that says why.
  }
  await server?.status;
}

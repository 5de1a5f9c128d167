/**
 * `deno task dev`: builds for development and starts the server, and does so again whenever a source changed. Open pages load
 * themselves again. What goes wrong is shown in the browser, also when there is no server to show it.
 */
import { ConfigProblem, loadConfig } from "../lib/config/mod.ts";
// By its path: Fresh's `Builder#listen` has this inside, and `main.ts` opens its services itself.
import { developing } from "../lib/fresh/development.ts";
import { complain, say } from "../lib/platform/console.ts";
import { permissionFlags } from "./permissions.ts";

const sources = ["routes", "islands", "components", "static", "lib", "main.ts", "deno.json"];
/** An editor writes a file in several steps: changes so close are one. */
const settleMs = 150;
/** Of what a process said before it ended, so much is shown in the browser, in characters. */
const tailLength = 8000;

interface Running extends AsyncDisposable {
  /** Resolves when it ended, with what it said last if it failed. */
  ended: Promise<string | null>;
}

/** Runs `deno` and shows what it says. */
function run(args: string[]): Running {
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "null", stderr: "piped" }).spawn();
  let tail = "";
  const told = (async () => {
    for await (const bytes of child.stderr) {
      await Deno.stderr.write(bytes);
      tail = (tail + new TextDecoder().decode(bytes)).slice(-tailLength);
    }
  })();
  const ended = Promise.all([child.status, told]).then(([{ success }]) => success ? null : tail);
  return {
    ended,
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGTERM");
      } catch {
        // It had ended by itself.
      }
      await ended;
    },
  };
}

/** A site of one page that says what went wrong, at the server's address. */
function showFailure(told: string): AsyncDisposable {
  const read = loadConfig();
  const { host: hostname, port } = read instanceof ConfigProblem
    ? { host: "127.0.0.1", port: 8000 }
    : read.config;
  // deno-lint-ignore no-control-regex -- colours of the terminal
  const failure = new Error(told.replaceAll(/\x1b\[[\d;]*m/g, "").trim());
  failure.name = "The server does not start";
  delete failure.stack;
  const response = () => new Response(failure.message, { status: 500 });
  const handler = developing(() => Promise.resolve({ response: response(), error: failure }), Deno.cwd());
  const ending = new AbortController();
  try {
    const server = Deno.serve({ hostname, port, signal: ending.signal, onListen: () => {} }, handler);
    say(`http://${hostname}:${server.addr.port} says so too. Waiting for the next change.`);
    return {
      async [Symbol.asyncDispose]() {
        ending.abort();
        await server.finished;
      },
    };
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    complain("Waiting for the next change.");
    return { [Symbol.asyncDispose]: () => Promise.resolve() };
  }
}

/** Builds and starts, or shows why not, until it is disposed of. */
async function begin(): Promise<AsyncDisposable> {
  const build = await run(["task", "--quiet", "build", "--if-stale", "--development"]).ended;
  if (build !== null) return showFailure(build);
  const read = loadConfig();
  if (read instanceof ConfigProblem) {
    complain(read.line);
    return showFailure(read.line);
  }
  const stack = new AsyncDisposableStack();
  const server = run(["run", ...permissionFlags(read.config), "main.ts"]);
  const shown = server.ended.then((told) => {
    if (told !== null && !stack.disposed) stack.use(showFailure(told));
  });
  stack.defer(() => server[Symbol.asyncDispose]());
  void shown;
  return stack;
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
  await using _running = await begin();
  await change;
}

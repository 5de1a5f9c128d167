import { join } from "node:path";
import process from "node:process";
import type { Command, CommandState } from "../../typescript/mod.ts";
import { type Arguments, duration, exits, text, texts, UsageError } from "../arguments.ts";
import { contextOf, historyOf, listening } from "../context.ts";
import { Ledger } from "../ledger.ts";
import { lockFile } from "../lock.ts";
import { type Mapping, mappingOf, Runner } from "../runner.ts";

export const options = {
  on: { type: "string", multiple: true },
  accept: { type: "string" },
  timeout: { type: "string" },
  complete: { type: "boolean" },
} as const;

/**
 * `listen [--on KIND PROGRAM]…`: prints a line of JSON for each command, once, and runs the person's own programs for the kinds
 * that they map. Goes on through restarts of the server and sleeps of the machine; a stop ends the program that runs.
 */
export async function run(args: Arguments): Promise<number> {
  const { values, positionals } = args;
  const mappings = mappingsOf(texts(values, "on"), positionals);
  const runner = new Runner(duration(text(values, "timeout") ?? "10m"));
  const context = await contextOf(args);
  const folder = await context.profile.folder(context.server);
  await using _lock = await lockFile(join(folder, "listening"));
  await using ledger = await Ledger.open(join(folder, "begun"));
  const history = await historyOf(context);
  const accept = text(values, "accept")?.split(",");
  await using behest = await listening(context, {
    ...(accept === undefined ? {} : { accept }),
    transport: (kind) =>
      context.output.say(
        kind === "stream" ? "WebSockets are blocked here: going on over a stream." : "WebSockets work again.",
      ),
  });
  const { client } = behest;
  const line = (value: Record<string, unknown>) => context.output.line(value);
  client.on("deliver", async ({ command, state }) => {
    await history.add(command, state);
    line({ event: "command", command, state });
    // A sealed command is shown when the person opens it.
    if ("sealed" in command) return;
    const mapping = mappings.get(command.kind);
    if (mapping === undefined) return;
    if (!await ledger.begin(command.id)) return line({ event: "interrupted", id: command.id });
    const ran = await runner.run(mapping, command);
    line({ event: "program", id: command.id, ...ran });
    if (values.complete === true) complete(command, ran.outcome === "done" ? "completed" : "failed");
  });
  const complete = (command: Command, state: CommandState) => {
    client.request("command.update", { id: command.id, state }).then(
      ({ state: own }) => void history.change(command.id, own.state),
      (error: unknown) => line({ event: "refused", id: command.id, reason: String(error) }),
    );
  };
  client.on("message", ({ message }) => line({ event: "chat", message }));
  client.on("changed", (change) => {
    if (change.state !== undefined && change.recipient === undefined) {
      void history.change(change.id, change.state);
    }
    line({ event: "changed", ...change });
  });
  client.on("stopped", ({ stopped, pending }) => {
    if (stopped || pending) runner.stop();
    line({ event: "stopped", stopped, pending });
  });
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  client.on("connection", (state) => {
    line({ event: "connection", ...state });
    if (state.kind === "login") end(exits.login);
    else if (state.kind === "stopped") end(exits.failed);
  });
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => end(exits.ok));
  client.connect();
  const code = await ended;
  runner.stop();
  return code;
}

/** `--on KIND PROGRAM`: each kind after `--on`, the programs as the arguments, in the same order. */
function mappingsOf(kinds: readonly string[], programs: readonly string[]): Map<string, Mapping> {
  if (kinds.length !== programs.length) {
    throw new UsageError("Each --on takes a kind and a program: --on message 'notify-send {title}'");
  }
  const mappings = kinds.map((kind, at) => mappingOf(kind, programs[at]!));
  const found = new Map(mappings.map((mapping) => [mapping.kind, mapping]));
  if (found.size < mappings.length) throw new UsageError("A kind can have one program only.");
  return found;
}

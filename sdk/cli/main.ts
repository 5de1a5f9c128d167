/**
 * `behest`: the command line and headless client (OP-11). Start with `commands`; each is a file in `commands/`. Never runs a
 * program that its person did not map, and never through a shell.
 */
import process from "node:process";
import { RequestError } from "../typescript/mod.ts";
import { type Arguments, exits, readArguments, UsageError } from "./arguments.ts";
import * as ask from "./commands/ask.ts";
import { completion } from "./commands/completion.ts";
import * as doctor from "./commands/doctor.ts";
import * as files from "./commands/files.ts";
import * as history from "./commands/history.ts";
import * as listen from "./commands/listen.ts";
import * as login from "./commands/login.ts";
import * as mcp from "./commands/mcp.ts";
import * as push from "./commands/push.ts";
import * as send from "./commands/send.ts";
import * as stop from "./commands/stop.ts";
import * as systemd from "./commands/systemd.ts";
import { Output } from "./terminal.ts";

interface CommandLine {
  use: string;
  says: string;
  options: Parameters<typeof readArguments>[1];
  run(args: Arguments): Promise<number>;
}

const commands: Record<string, CommandLine> = {
  login: { use: "[SERVER] [--user NAME] [--stay]", says: "Log in, and keep the session here", ...login },
  logout: { use: "", says: "End the session", options: {}, run: login.logout },
  send: {
    use:
      "--to NAME… | --group NAME  TITLE [--body TEXT | --body -] [--file PATH]… [--href URL] [--due TIME] [--at TIME]",
    says: "Send a command",
    ...send,
  },
  ask: {
    use: "QUESTION [--to NAME] [--choice yes,no] [--timeout 10m]",
    says: "Ask a person (yourself without --to), and wait for the answer",
    ...ask,
  },
  listen: {
    use: "[--on KIND PROGRAM]… [--complete] [--accept KINDS] [--timeout 10m]",
    says: "Print commands as lines of JSON, and run your own programs",
    ...listen,
  },
  files: { use: "put PATH | get ID [-o PATH] | list", says: "Upload and download files", ...files },
  history: { use: "[-q WORDS] [--limit N]", says: "Show the last two weeks", ...history },
  push: {
    use: "list | key | add URL --p256dh KEY --auth SECRET | test ID | remove ID",
    says: "Have devices told of what is new, by UnifiedPush or Web Push",
    ...push,
  },
  stop: { use: "", says: "Stop everything, on all your devices", options: stop.options, run: stop.stop },
  resume: { use: "", says: "Go on after a stop; asks first", options: stop.options, run: stop.resume },
  doctor: { use: "", says: "Find out why nothing arrives", ...doctor },
  mcp: {
    use: "--allow NAME…",
    says: "Let software ask the people you allow (MCP, on standard input)",
    ...mcp,
  },
  systemd: { use: "[options of listen]", says: "Print a user unit that keeps listen running", ...systemd },
  completion: {
    use: "bash | zsh | fish",
    says: "Print completion for a shell",
    options: {},
    run: (args) => completion(commands)(args),
  },
};

const help = `behest: commands to people who agreed to get them

${
  Object.entries(commands).map(([name, { use, says }]) =>
    `  ${`behest ${name} ${use}`.trim()}\n      ${says}.`
  ).join("\n")
}

Every command takes --server URL (or BEHEST_SERVER) and --json. BEHEST_TOKEN is an access token in place of a login.
Codes: 0 done, 1 refused or failed, 2 wrong use, 3 log in first, 4 the server cannot be reached.
ask: 0 the first option, 11 the second, 12 the third…, 40 declined, 41 no answer in time, 42 ended without one.
`;

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  const output = new Output(rest.includes("--json"));
  try {
    if (name === undefined || name === "help" || name === "--help" || name === "-h") {
      output.raw(help);
      return name === undefined ? exits.usage : exits.ok;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) throw new UsageError(`There is no command "${name}". See behest help.`);
    const args = readArguments(rest, command.options);
    if (args.values.help !== true) return await command.run(args);
    output.raw(`behest ${name} ${command.use}\n${command.says}.\n`);
    return exits.ok;
  } catch (error) {
    return failed(output, error);
  }
}

/** Says why, on standard error, and gives the code. */
function failed(output: Output, error: unknown): number {
  if (error instanceof UsageError) {
    output.say(error.message);
    return exits.usage;
  }
  if (!(error instanceof RequestError)) {
    output.say(error instanceof Error ? error.message : String(error));
    return exits.failed;
  }
  const { kind, message, fields } = error;
  if (output.json) process.stderr.write(`${JSON.stringify({ error: kind, message, fields })}\n`);
  else {output.say([
      message,
      ...Object.entries(fields ?? {}).map(([field, why]) => `  ${field}: ${why}`),
    ].join("\n"));}
  if (kind === "unauthorized") return exits.login;
  return kind === "offline" ? exits.offline : exits.failed;
}

// Who reads the output has gone, as `head` does after its lines.
process.stdout.on("error", () => process.exit(exits.failed));
process.exitCode = await main(process.argv.slice(2));

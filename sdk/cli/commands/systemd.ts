import { realpathSync } from "node:fs";
import process from "node:process";
import { type Arguments, exits, text, texts, UsageError } from "../arguments.ts";
import { Output } from "../terminal.ts";
import { mappingOf } from "../runner.ts";
import { options as listenOptions } from "./listen.ts";

export const options = listenOptions;

/** `systemd …`: prints a user unit that keeps `listen` running with these options. */
export function run({ values, positionals }: Arguments): Promise<number> {
  const kinds = texts(values, "on");
  if (kinds.length !== positionals.length) throw new UsageError("Each --on takes a kind and a program.");
  const script = process.argv[1];
  const words = [process.execPath, ...script === undefined ? [] : [realpathSync(script)], "listen"];
  const server = text(values, "server");
  if (server !== undefined) words.push("--server", server);
  for (const name of ["accept", "timeout"]) {
    const value = text(values, name);
    if (value !== undefined) words.push(`--${name}`, value);
  }
  if (values.complete === true) words.push("--complete");
  for (const [at, kind] of kinds.entries()) {
    mappingOf(kind, positionals[at]!);
    words.push("--on", kind, positionals[at]!);
  }
  new Output(false).raw(
    `# Save as ~/.config/systemd/user/behest.service, then: systemctl --user enable --now behest
[Unit]
Description=Behest: commands for this machine
After=network-online.target

[Service]
ExecStart=${words.map(quoted).join(" ")}
Restart=on-failure
RestartSec=10
# Log in again, and wrong options: a restart does not help.
RestartPreventExitStatus=${exits.usage} ${exits.login}
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`,
  );
  return Promise.resolve(exits.ok);
}

/** As systemd reads a word: no specifiers, no variables. */
function quoted(word: string): string {
  const plain = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  return /^[\w@:./=+,%-]+$/.test(plain)
    ? plain
    : `"${plain.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

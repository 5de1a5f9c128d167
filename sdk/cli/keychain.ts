import process from "node:process";
import { spawn } from "node:child_process";
import { type KeptSession, SessionFile, type SessionStore } from "../typescript/node.ts";

/** Keeps a session with `secret-tool` (the Secret Service of a Linux desktop), which takes secrets on its standard input. */
class Keychain implements SessionStore {
  readonly #server: string;

  constructor(server: string) {
    this.#server = server;
  }

  async read(): Promise<KeptSession | null> {
    const found = await secretTool(["lookup", ...this.#names]);
    if (found === null || found === "") return null;
    return JSON.parse(found) as KeptSession;
  }

  async write(session: KeptSession | null): Promise<void> {
    const done = session === null ? await secretTool(["clear", ...this.#names]) : await secretTool(
      ["store", `--label=Behest ${this.#server}`, ...this.#names],
      JSON.stringify(session),
    );
    if (session !== null && done === null) throw new Error("The keychain did not take the session.");
  }

  get #names(): string[] {
    return ["service", "behest", "server", this.#server];
  }
}

/** The keychain where it works, or else a file that only the person can read. `kept`: the one in use, for `doctor`. */
export async function sessionStore(
  server: string,
  path: string,
): Promise<{ store: SessionStore; kept: "keychain" | "file" }> {
  const file = new SessionFile(path);
  // A machine without a desktop has the program and no keychain behind it.
  const works = process.env.BEHEST_KEYCHAIN !== "no" &&
    await secretTool(["search", "service", "behest"]) !== null;
  return works ? { store: new Keychain(server), kept: "keychain" } : { store: file, kept: "file" };
}

/** What it printed; null when it failed or is not there. */
function secretTool(args: string[], input = ""): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn("secret-tool", args, { stdio: ["pipe", "pipe", "ignore"], timeout: 10_000 });
    let said = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (part: string) => said += part);
    child.on("error", () => resolve(null));
    child.on("close", (code) => resolve(code === 0 ? said : null));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

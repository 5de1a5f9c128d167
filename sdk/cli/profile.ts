import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ClientSession, RequestError, type SessionStore } from "../typescript/node.ts";
import { UsageError } from "./arguments.ts";
import { sessionStore } from "./keychain.ts";

interface Settings {
  /** The server of the last login. */
  server?: string;
  /** A name for this machine, the same each time. */
  device?: string;
}

/** What the program keeps on this machine: settings, and for each server a session, what was seen, and the history. */
export class Profile {
  readonly #folder: string;
  #settings: Settings;

  private constructor(folder: string, settings: Settings) {
    this.#folder = folder;
    this.#settings = settings;
  }

  /** In `BEHEST_HOME`, or else in the person's own configuration. Only they can read it. */
  static async open(): Promise<Profile> {
    const folder = process.env.BEHEST_HOME ??
      join(process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "behest");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const text = await readFile(join(folder, "settings.json"), "utf8").catch(() => "{}");
    return new Profile(folder, settingsIn(text));
  }

  /** The server to use: the one named, of the environment, or of the last login. */
  server(named: string | undefined): string {
    const server = named ?? process.env.BEHEST_SERVER ?? this.#settings.server;
    if (server === undefined) {
      throw new UsageError("Which server? Use --server, or log in first: behest login URL");
    }
    return serverAddress(server);
  }

  /** The device's name: `cli-` and the machine's. */
  get device(): string {
    const name = hostname().replace(/[^A-Za-z0-9._-]/g, "-").slice(0, 40) || "machine";
    return process.env.BEHEST_DEVICE ?? this.#settings.device ?? `cli-${name}`;
  }

  async use(server: string): Promise<void> {
    this.#settings = { ...this.#settings, server };
    const path = join(this.#folder, "settings.json");
    await writeFile(`${path}.new`, JSON.stringify(this.#settings), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  /** The folder of one server; made when it is not there. */
  async folder(server: string): Promise<string> {
    const name = new URL(server).hostname.replace(/[^A-Za-z0-9.-]/g, "_");
    const folder = join(
      this.#folder,
      `${name}-${createHash("sha256").update(server).digest("hex").slice(0, 8)}`,
    );
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  async store(server: string): Promise<{ store: SessionStore; kept: "keychain" | "file" }> {
    return await sessionStore(server, join(await this.folder(server), "session"));
  }

  /** How to log in there: `BEHEST_TOKEN`, or the session of the last login. */
  async login(server: string): Promise<{ token: string } | { session: ClientSession }> {
    const token = process.env.BEHEST_TOKEN;
    if (token !== undefined && token !== "") return { token };
    const { store } = await this.store(server);
    if (await store.read() === null) {
      throw new RequestError(
        "unauthorized",
        `You are not logged in to ${server}. Use: behest login ${server}`,
      );
    }
    return { session: new ClientSession(server, store) };
  }
}

/** Checks an address. Only loopback goes without TLS. */
export function serverAddress(written: string): string {
  let url: URL;
  try {
    url = new URL(/^https?:\/\//.test(written) ? written : `https://${written}`);
  } catch {
    throw new UsageError(`"${written}" is no address. Write https://behest.example`);
  }
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol === "http:" && !loopback) {
    throw new UsageError("The connection would not be encrypted. Use https.");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function settingsIn(text: string): Settings {
  try {
    const { server, device } = JSON.parse(text) as Record<string, unknown>;
    return {
      ...(typeof server === "string" ? { server } : {}),
      ...(typeof device === "string" ? { device } : {}),
    };
  } catch {
    return {};
  }
}

import assert from "node:assert/strict";
import type { OpenOptions, OpenServices } from "../../lib/compose/mod.ts";
import type { FileObject } from "../../lib/protocol/mod.ts";
import { cheapPasswords, openTestServices, person, testConfig } from "./open_services.ts";
import { served } from "./served.ts";

export interface WholePerson {
  name: string;
  token: string;
  headers: Record<string, string>;
}

export interface Told<B = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: B;
}

/** `ada` administers every whole server. */
const admin = { username: "ada", password: "a sentence that only ada knows" };

/** The whole server over a directory of its own, on a real port, with people. */
export class WholeServer implements AsyncDisposable {
  readonly open: OpenServices;
  readonly origin: string;
  readonly port: number;
  readonly dir: string;
  readonly #closing: AsyncDisposable;

  private constructor(
    open: OpenServices,
    { origin, port }: { origin: string; port: number },
    dir: string,
    closing: AsyncDisposable,
  ) {
    this.open = open;
    this.origin = origin;
    this.port = port;
    this.dir = dir;
    this.#closing = closing;
  }

  /** `dir`: a data directory that stays. */
  static async start(
    env: Record<string, string> = {},
    options: Partial<OpenOptions> = {},
    dir?: string,
  ): Promise<WholeServer> {
    await using opening = new AsyncDisposableStack();
    const dataDir = dir ?? await Deno.makeTempDir({ prefix: "behest-whole-" });
    if (dir === undefined) opening.defer(() => Deno.remove(dataDir, { recursive: true }));
    const config = testConfig({
      BEHEST_DATA_DIR: dataDir,
      // Nobody listens there, unless a test says otherwise.
      BEHEST_CLAMD: "127.0.0.1:1",
      BEHEST_ADMIN_USERNAME: admin.username,
      BEHEST_ADMIN_PASSWORD: admin.password,
      ...env,
    });
    const open = opening.use(await openTestServices({ config, passwords: cheapPasswords(), ...options }));
    const app = opening.use(await served(open.services));
    return new WholeServer(open, app, dataDir, opening.move());
  }

  async person(name: string): Promise<WholePerson> {
    const { token } = await person(this.open, name);
    return { name, token, headers: { authorization: `Bearer ${token}` } };
  }

  async admin(): Promise<WholePerson> {
    const response = await fetch(`${this.origin}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(admin),
    });
    const { token } = await response.json();
    return { name: admin.username, token, headers: { authorization: `Bearer ${token}` } };
  }

  fetch(who: WholePerson, path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.origin}/api/v1${path}`, {
      ...init,
      headers: { ...who.headers, ...init.headers as Record<string, string> },
    });
  }

  /** With the answer's JSON; an empty body is an empty object. */
  async ask<B = Record<string, unknown>>(
    who: WholePerson,
    path: string,
    init: RequestInit = {},
  ): Promise<Told<B>> {
    const response = await this.fetch(who, path, init);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === "" ? {} : JSON.parse(text)) as B,
    };
  }

  post<B = Record<string, unknown>>(who: WholePerson, path: string, body: unknown): Promise<Told<B>> {
    const headers = { "content-type": "application/json" };
    return this.ask<B>(who, path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  async upload(who: WholePerson, name: string, bytes: BodyInit): Promise<FileObject> {
    const { status, body } = await this.ask<{ file: FileObject }>(
      who,
      `/files?name=${encodeURIComponent(name)}`,
      { method: "POST", body: bytes },
    );
    assert.equal(status, 201, JSON.stringify(body));
    return body.file;
  }

  async state(who: WholePerson, fileId: string): Promise<FileObject["state"] | undefined> {
    return (await this.ask<{ file?: FileObject }>(who, `/files/${fileId}`)).body.file?.state;
  }

  /** Paths of every file below a directory of the data directory. */
  async stored(folder = "storage"): Promise<string[]> {
    const found: string[] = [];
    for await (const path of walk(`${this.dir}/${folder}`)) found.push(path.slice(this.dir.length + 1));
    return found.sort();
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#closing[Symbol.asyncDispose]();
  }
}

async function* walk(path: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory) yield* walk(`${path}/${name}`);
    else yield `${path}/${name}`;
  }
}

/** Where a blob lies below the data directory. */
export function blobPath(sha256: string): string {
  return `storage/files/${sha256.slice(0, 2)}/${sha256}`;
}

import { createHash } from "node:crypto";
import type { BehestClient } from "../../lib/client/mod.ts";
import type { Random } from "../../lib/platform/mod.ts";
import type { FileObject } from "../../lib/protocol/mod.ts";
import { until } from "../fakes/until.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** In every name and every content that this sends: the log must have neither. */
export const nameMark = "whispered-name";
export const contentMark = "whispered-content";

const eicar = String.raw`X5O!P%@AP[4\PZX54(P^)7CC)7}` + "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
/** Uploads and deletions that are under way at once. */
const workers = 6;
/** Contents that are sent again and again, also while they are deleted. */
const poolSize = 5;

export interface Person {
  username: string;
  headers: Record<string, string>;
}

/** A file of which an answer said that it is there. */
export interface KnownFile {
  id: string;
  sha256: string;
  bytes: Bytes;
  owner: Person;
  what: "clean" | "infected" | "match";
  /** `asked`: it was to be deleted, and no answer came. */
  deleted: "no" | "asked" | "yes";
  carried: boolean;
}

/** A resumable upload of which an answer said that it is there. */
interface Begun {
  path: string;
  bytes: Bytes;
  what: KnownFile["what"];
  safeBytes: number;
}

interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

export const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Content of this many bytes that nothing else has. */
export function content(random: Random, sizeBytes: number): Bytes {
  const bytes = new Uint8Array(sizeBytes);
  const mark = new TextEncoder().encode(`${contentMark} ${random.bytes(16).toHex()} `);
  bytes.set(mark.subarray(0, sizeBytes));
  if (sizeBytes > mark.length) bytes.set(random.bytes(Math.min(sizeBytes - mark.length, 64)), mark.length);
  return bytes;
}

/** Somebody who uploads in every way, deletes, and sends commands with files, without pause, and keeps what was answered. */
export class FilesLoad {
  readonly files = new Map<string, KnownFile>();
  readonly sent: { id: string; file: KnownFile }[] = [];
  /** What should never have happened. */
  readonly wrong: string[] = [];
  /** Requests that died with the server. */
  unanswered = 0;
  answers = 0;
  /** What was begun, waits to be gone on with. */
  #begun: Begun[] = [];
  readonly #origin: string;
  readonly #ann: Person;
  readonly #sender: BehestClient;
  readonly #random: Random;
  readonly #pool: Bytes[];
  #stopping = false;
  #working: Promise<unknown>[] = [];
  #numbers = 0;
  /** One looks for the next server, the others wait for what it finds. */
  #up: Promise<boolean> | undefined;

  constructor(origin: string, ann: Person, sender: BehestClient, random: Random) {
    this.#origin = origin;
    this.#ann = ann;
    this.#sender = sender;
    this.#random = random;
    this.#pool = Array.from({ length: poolSize }, () => content(random, 3000));
  }

  /** Begins, also after a stop. */
  start(): void {
    this.#stopping = false;
    const steps = Array.from({ length: workers }, () => this.#loop(() => this.#step()));
    this.#working = [...steps, this.#loop(() => this.#command())];
  }

  /** Ends the load; what was begun is brought to its end. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#working);
    while (this.#begun.length > 0) await this.#goOn(this.#begun.shift()!);
  }

  /** Until it is refused or answered. Gives the file, if there was such an answer. */
  async upload(owner: Person, bytes: Bytes, what: KnownFile["what"]): Promise<KnownFile | null> {
    while (true) {
      const answer = await this.#ask(`/files?name=${this.#name()}`, { method: "POST", body: bytes }, owner);
      if (answer !== null) return this.#took(answer, bytes, what, owner);
    }
  }

  /** Null when the server died over it; comes back when there is a server again. */
  async #ask(path: string, init: RequestInit, { headers } = this.#ann): Promise<Answer | null> {
    try {
      const asked = { ...init, headers: { ...headers, ...init.headers as Record<string, string> } };
      const response = await fetch(`${this.#origin}/api/v1${path}`, asked);
      const answer = { status: response.status, headers: response.headers, text: await response.text() };
      if (answer.status >= 500) this.wrong.push(`${init.method} ${path}: ${answer.status} ${answer.text}`);
      this.answers++;
      return answer;
    } catch {
      this.unanswered++;
      await (this.#up ??= until(() => this.#isUp(), "a server again").finally(() => this.#up = undefined));
      return null;
    }
  }

  async #isUp(): Promise<boolean> {
    try {
      const response = await fetch(`${this.#origin}/healthz`);
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }

  async #loop(step: () => Promise<unknown>): Promise<void> {
    while (!this.#stopping) await step();
  }

  async #step(): Promise<unknown> {
    const draw = this.#random.fraction();
    if (draw < 0.25) return await this.#delete();
    if (draw < 0.45 && this.#begun.length > 0) return await this.#goOn(this.#begun.shift()!);
    const { bytes, what } = this.#content();
    if (draw < 0.65) return await this.#begin(bytes, what);
    return draw < 0.8 ? await this.#form(bytes, what) : await this.#raw(bytes, what);
  }

  #content(): { bytes: Bytes; what: KnownFile["what"] } {
    const draw = this.#random.fraction();
    if (draw < 0.15) return { bytes: this.#eicar(), what: "infected" };
    if (draw < 0.45) return { bytes: this.#pool[Math.floor(draw * 1000) % poolSize]!, what: "clean" };
    return { bytes: content(this.#random, draw < 0.9 ? 2000 : 700_000), what: "clean" };
  }

  /** Another one each time. */
  #eicar(): Bytes {
    const spaces = Array.from(this.#random.bytes(50), (byte) => byte % 2 === 0 ? " " : "\t").join("");
    return new TextEncoder().encode(eicar + spaces);
  }

  #name(): string {
    return `${nameMark}-${this.#numbers++}.txt`;
  }

  async #raw(bytes: Bytes, what: KnownFile["what"]): Promise<void> {
    const answer = await this.#ask(`/files?name=${this.#name()}`, { method: "POST", body: bytes });
    this.#took(answer, bytes, what, this.#ann);
  }

  async #rawDrawn(): Promise<void> {
    const { bytes, what } = this.#content();
    await this.#raw(bytes, what);
  }

  async #form(bytes: Bytes, what: KnownFile["what"]): Promise<void> {
    const body = new FormData();
    body.append("file", new File([bytes], this.#name()));
    this.#took(await this.#ask("/files", { method: "POST", body }), bytes, what, this.#ann);
  }

  #took(answer: Answer | null, bytes: Bytes, what: KnownFile["what"], owner: Person): KnownFile | null {
    // 409: the same infected bytes again. 401, 403: suspended over the same match, whose answer was lost.
    const refused = [401, 403, 409].includes(answer?.status ?? 0);
    if (answer === null || (refused && what !== "clean")) return null;
    if (answer.status === 201) {
      const { file }: { file: FileObject } = JSON.parse(answer.text);
      return this.#know(file.id, bytes, what, owner);
    }
    this.wrong.push(`an upload was answered ${answer.status} ${answer.text}`);
    return null;
  }

  #know(id: string, bytes: Bytes, what: KnownFile["what"], owner: Person): KnownFile {
    const known = this.files.get(id);
    if (known !== undefined) return known;
    const file: KnownFile = {
      id,
      sha256: hashOf(bytes),
      bytes,
      owner,
      what,
      deleted: "no",
      carried: false,
    };
    this.files.set(id, file);
    return file;
  }

  async #begin(bytes: Bytes, what: KnownFile["what"]): Promise<void> {
    const headers = {
      "tus-resumable": "1.0.0",
      "upload-length": String(bytes.length),
      "upload-metadata": `filename ${btoa(this.#name())}`,
    };
    const answer = await this.#ask("/uploads", { method: "POST", headers });
    if (answer === null) return;
    const place = answer.headers.get("location");
    if (answer.status !== 201 || place === null) {
      return void this.wrong.push(`a creation was answered ${answer.status} ${answer.text}`);
    }
    const begun = { path: place.slice("/api/v1".length), bytes, what, safeBytes: 0 };
    if (this.#random.fraction() < 0.5) this.#begun.push(begun);
    else await this.#send(begun);
  }

  /** Asks how far it is, as a client does that lost its line. */
  async #goOn(begun: Begun): Promise<void> {
    const answer = await this.#ask(begun.path, { method: "HEAD", headers: { "tus-resumable": "1.0.0" } });
    if (answer === null) return void this.#begun.push(begun);
    if (answer.status === 409 && begun.what === "infected") return;
    const offset = Number(answer.headers.get("upload-offset"));
    if (answer.status !== 200 || offset < begun.safeBytes) {
      this.wrong.push(`${begun.path}: ${answer.status}, at ${offset} after ${begun.safeBytes} were safe`);
      return;
    }
    begun.safeBytes = offset;
    const fileId = answer.headers.get("behest-file-id");
    if (fileId !== null) this.#know(fileId, begun.bytes, begun.what, this.#ann);
    else await this.#send(begun);
  }

  async #send(begun: Begun): Promise<void> {
    const { path, bytes, what } = begun;
    while (true) {
      const end = Math.min(bytes.length, begun.safeBytes + Math.ceil(bytes.length / 3));
      const answer = await this.#ask(path, {
        method: "PATCH",
        headers: {
          "tus-resumable": "1.0.0",
          "content-type": "application/offset+octet-stream",
          "upload-offset": String(begun.safeBytes),
        },
        body: bytes.subarray(begun.safeBytes, end),
      });
      if (answer === null) return void this.#begun.push(begun);
      if (answer.status === 409 && what === "infected") return;
      if (answer.status !== 204) {
        return void this.wrong.push(`a part of ${path} was answered ${answer.status} ${answer.text}`);
      }
      begun.safeBytes = Number(answer.headers.get("upload-offset"));
      const fileId = answer.headers.get("behest-file-id");
      if (fileId !== null) return void this.#know(fileId, bytes, what, this.#ann);
    }
  }

  async #delete(): Promise<void> {
    const file = this.#pick((file) => file.what !== "match");
    if (file === undefined) return await this.#rawDrawn();
    file.deleted = "asked";
    const answer = await this.#ask(`/files/${file.id}`, { method: "DELETE" });
    if (answer === null) return;
    if (answer.status === 204) file.deleted = "yes";
    else this.wrong.push(`the deletion of a file was answered ${answer.status} ${answer.text}`);
  }

  async #command(): Promise<void> {
    const file = this.#random.fraction() < 0.2
      // Sent at once, so that its scan may still be under way.
      ? await this.upload(this.#ann, this.#eicar(), "infected") ?? undefined
      : this.#pick((file) => file.what !== "match");
    // Another step may have chosen the file that was just uploaded for its deletion.
    if (file === undefined || file.deleted !== "no") return await this.#rawDrawn();
    file.carried = true;
    const key = `with-file-${this.#numbers++}`;
    const audience = { kind: "user" as const, to: ["demo-bob"] };
    const draft = { key, audience, kind: "media" as const, title: key, attachments: [file.id] };
    try {
      const { command } = await this.#sender.request("command.send", draft, { timeoutMs: 60_000 });
      this.sent.push({ id: command.id, file });
    } catch (error) {
      // Its file was found to be infected before it was sent.
      if (file.what === "clean") this.wrong.push(`a command with a clean file: ${(error as Error).message}`);
    }
  }

  #pick(fits: (file: KnownFile) => boolean): KnownFile | undefined {
    const free = [...this.files.values()]
      .filter((file) => fits(file) && file.deleted === "no" && !file.carried);
    return free[Math.floor(this.#random.fraction() * free.length)];
  }
}

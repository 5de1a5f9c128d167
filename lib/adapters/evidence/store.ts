import { type Random, systemRandom } from "../../platform/mod.ts";
import { EvidenceProblem, type EvidenceStore } from "../../scanning/evidence_ports.ts";
import { makeSecret, readSecret, syncDirectory } from "../disk/secret_file.ts";
import { keyIdOf, saltBytes, type SealedHeader } from "./sealed_format.ts";
import { plainOf, type PlainSource, writeSealed } from "./sealed_file.ts";

/** Ids that name files: letters and digits, so none forms a path. */
const ids = /^[0-9A-Z]{26}$/;

interface Options {
  /** `evidence` in the data directory; created when needed. */
  dir: string;
  /** Path of the 32-byte key; created when first needed. */
  keyFile: string;
  random?: Random;
}

/** Sealed evidence as files in a directory, encrypted in frames (SC-5). Keeps at most a few frames in memory. */
export class SealedFiles implements EvidenceStore {
  readonly #dir: string;
  readonly #keyFile: string;
  readonly #random: Random;

  constructor({ dir, keyFile, random = systemRandom }: Options) {
    this.#dir = dir;
    this.#keyFile = keyFile;
    this.#random = random;
  }

  async seal(
    id: string,
    plain: ReadableStream<Uint8Array>,
    what: { sha256: string; sizeBytes: number },
  ): Promise<void> {
    const path = this.#pathOf(id);
    try {
      await Deno.mkdir(this.#dir, { recursive: true, mode: 0o700 });
      await this.#removeParts(id);
      const key = await this.#keyToSealWith();
      const header: SealedHeader = {
        keyId: await keyIdOf(key),
        salt: this.#random.bytes(saltBytes),
        sha256: Uint8Array.fromHex(what.sha256),
        sizeBytes: what.sizeBytes,
      };
      const aside = `${path}.${crypto.randomUUID()}.part`;
      await writeSealed(aside, { key, id, header }, plain);
      // Evidence that cannot be read back is none, and the plain bytes are deleted next.
      await this.#readAll(id, aside, what);
      await Deno.rename(aside, path);
    } catch (error) {
      await plain.cancel().catch(() => {});
      await this.#removeParts(id);
      throw error;
    }
    await syncDirectory(this.#dir);
  }

  async verify(id: string, what: { sha256: string; sizeBytes: number }): Promise<boolean> {
    const path = this.#pathOf(id);
    if (!await exists(path)) return false;
    await this.#readAll(id, path, what);
    return true;
  }

  async open(id: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
    const path = this.#pathOf(id);
    if (!await exists(path)) return null;
    const source = await plainOf(path, await this.#keyToOpenWith(), id);
    const frames = source.frames();
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        const next = await frames.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await frames.return(undefined);
        source.close();
      },
    }, { highWaterMark: 0 });
  }

  async destroy(id: string): Promise<void> {
    const path = this.#pathOf(id);
    await this.#removeParts(id);
    await Deno.remove(path).catch(unlessMissing);
    await syncDirectory(this.#dir).catch(unlessMissing);
  }

  async #readAll(
    id: string,
    path: string,
    what: { sha256: string; sizeBytes: number },
  ): Promise<void> {
    const source: PlainSource = await plainOf(path, await this.#keyToOpenWith(), id);
    const { sha256, sizeBytes } = source.header;
    if (sha256.toHex() !== what.sha256 || sizeBytes !== what.sizeBytes) {
      source.close();
      throw new EvidenceProblem(`${path} holds other bytes than the incident names.`);
    }
    // Each frame authenticates its bytes, and the end compares the hash of the whole.
    for await (const _frame of source.frames());
  }

  async #keyToOpenWith(): Promise<Uint8Array<ArrayBuffer>> {
    const key = await this.#keptKey();
    if (key === null) throw new EvidenceProblem(`There is no key at ${this.#keyFile}: restore it.`);
    return key;
  }

  /** A new key beside evidence of another key would hide the loss of that key. */
  async #keyToSealWith(): Promise<Uint8Array<ArrayBuffer>> {
    const key = await this.#keptKey();
    if (key !== null) return key;
    for await (const { name } of Deno.readDir(this.#dir)) {
      if (!ids.test(name)) continue;
      // Another caller may have made the key since the check above.
      const made = await this.#keptKey();
      if (made !== null) return made;
      throw new EvidenceProblem(`There is sealed evidence, but no key at ${this.#keyFile}: restore it.`);
    }
    return await makeSecret(this.#keyFile);
  }

  #keptKey(): Promise<Uint8Array<ArrayBuffer> | null> {
    return readSecret(this.#keyFile, "move it away, if nothing was ever sealed with it");
  }

  /** Removes the rest of an interrupted `seal`. */
  async #removeParts(id: string): Promise<void> {
    try {
      for await (const { name } of Deno.readDir(this.#dir)) {
        if (name.startsWith(`${id}.`) && name.endsWith(".part")) {
          await Deno.remove(`${this.#dir}/${name}`).catch(unlessMissing);
        }
      }
    } catch (error) {
      unlessMissing(error);
    }
  }

  #pathOf(id: string): string {
    if (!ids.test(id)) throw new Error("An id of an incident is 26 letters and digits.");
    return `${this.#dir}/${id}`;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    unlessMissing(error);
    return false;
  }
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

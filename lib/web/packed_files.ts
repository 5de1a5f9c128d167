import type { Coding } from "./content_coding.ts";

/** Names of files that are compressed already: the hash of the file's content and the coding. */
const endings = { br: ".br", gzip: ".gz" } as const satisfies Record<Coding, string>;

/** Name of the compressed form of a file in the folder of compressed files. */
export function packedName(hash: string, coding: Coding): string {
  return `${hash}${endings[coding]}`;
}

/** Files that the build compressed, each in every coding that makes it smaller; kept in memory once they were asked for. */
export class PackedFiles {
  readonly #folder: URL;
  #names: Promise<ReadonlySet<string>> | undefined;
  readonly #kept = new Map<string, Uint8Array<ArrayBuffer>>();

  /** `folder` ends with a slash; it may be missing. */
  constructor(folder: URL) {
    this.#folder = folder;
  }

  /** The codings that a file has, the smallest first. */
  async codings(hash: string): Promise<Coding[]> {
    this.#names ??= namesIn(this.#folder);
    const names = await this.#names;
    return (["br", "gzip"] as const).filter((coding) => names.has(packedName(hash, coding)));
  }

  /** Null when it is gone: a newer build took its place. */
  async read(hash: string, coding: Coding): Promise<Uint8Array<ArrayBuffer> | null> {
    const name = packedName(hash, coding);
    const known = this.#kept.get(name);
    if (known !== undefined) return known;
    if (!(await this.codings(hash)).includes(coding)) return null;
    try {
      const bytes = await Deno.readFile(new URL(name, this.#folder));
      this.#kept.set(name, bytes);
      return bytes;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }
}

async function namesIn(folder: URL): Promise<ReadonlySet<string>> {
  try {
    return new Set((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Set();
    throw error;
  }
}

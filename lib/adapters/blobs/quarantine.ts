import type { Quarantine } from "../../files/ports.ts";
import { syncDirectory } from "../disk/secret_file.ts";
import { entriesOf, fileMode, ignoreMissing, makeDirectory, moveFile, orNull, timeOf } from "./entries.ts";
import { isHash, type Places } from "./places.ts";

/** Rejected bytes on a disk (SC-8): `quarantine/{hash}` beside `files/`. Nothing of the server reads them. */
export class DiskQuarantine implements Quarantine {
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
  }

  async put(sha256: string): Promise<void> {
    const from = this.#places.blob(sha256);
    if (await orNull(Deno.stat(from)) === null) return;
    await makeDirectory(this.#places.quarantine);
    await Deno.chmod(from, fileMode);
    await moveFile(from, this.#places.quarantined(sha256));
    await syncDirectory(this.#places.quarantine);
    await syncDirectory(this.#places.folder(sha256));
  }

  async restore(sha256: string): Promise<boolean> {
    const to = this.#places.blob(sha256);
    const from = this.#places.quarantined(sha256);
    if (await orNull(Deno.stat(from)) === null) return await orNull(Deno.stat(to)) !== null;
    await makeDirectory(this.#places.folder(sha256));
    await moveFile(from, to);
    await syncDirectory(this.#places.folder(sha256));
    await syncDirectory(this.#places.quarantine);
    return true;
  }

  async destroy(sha256: string): Promise<void> {
    await Deno.remove(this.#places.quarantined(sha256)).catch(ignoreMissing);
  }

  async *list(): AsyncGenerator<{ sha256: string; sizeBytes: number; changedMs: number }> {
    for (const { name, isFile } of await entriesOf(this.#places.quarantine)) {
      if (!isFile || !isHash(name)) continue;
      const found = await orNull(Deno.stat(this.#places.quarantined(name)));
      if (found !== null) yield { sha256: name, sizeBytes: found.size, changedMs: timeOf(found) };
    }
  }
}

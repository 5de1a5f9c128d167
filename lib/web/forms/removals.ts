import { createHash } from "node:crypto";
import type { Context } from "fresh";
import {
  type Answer,
  checked,
  limits,
  moderationLimits,
  Refusal,
  type RemovalBody,
  removalBody,
  say,
} from "../../protocol/mod.ts";
import type { State } from "../define.ts";
import { boundaryOf, type FormEvent, readParts } from "../files/multipart.ts";

/** The link to a request's outcome. `site`: where the server is, as the browser sees it. */
export function removalUrl(site: string, code: string): string {
  const url = new URL(`${site}/remove`);
  url.searchParams.set("code", code);
  return url.href;
}

/** What was typed, and the hashes of the files. */
export interface TypedRemoval {
  contact: string;
  statement: string;
  declared: boolean;
  hashes: string[];
}

export const noRemoval: TypedRemoval = { contact: "", statement: "", declared: false, hashes: [] };

/** Fields besides files: those of the form, and the hashes that a browser made. */
const fieldsMost = moderationLimits.removalHashes + 6;

export function removalOf({ declared, ...typed }: TypedRemoval): RemovalBody | Refusal {
  return checked(removalBody, { ...typed, declared: declared || undefined });
}

/**
 * MO-8: the form of `/remove`. Files come only from browsers without scripts. Their bytes are hashed as they arrive and kept nowhere,
 * neither on the disk nor in memory: what a person asks to remove must not begin to exist here.
 */
export async function readRemoval(ctx: Context<State>): Answer<TypedRemoval> {
  const boundary = boundaryOf(ctx.req.headers.get("content-type") ?? "");
  if (boundary === null || ctx.req.body === null) return new Refusal("invalid_params", "form.again");
  using reading = new Reading(ctx);
  const events = readParts(ctx.req.body, boundary);
  try {
    for (
      let next = await reading.inTime(events.next());
      !next.done;
      next = await reading.inTime(events.next())
    ) {
      const refused = await reading.take(next.value);
      if (refused !== undefined) return refused;
    }
    return reading.end();
  } catch (error) {
    if (error instanceof Late) return new Refusal("invalid_params", "multipart.incomplete");
    throw error;
  } finally {
    // Not awaited: what is being read may never come.
    events.return(undefined).catch(() => undefined);
  }
}

class Late extends Error {
  override readonly name = "Late";
}

/** A form while it is read. */
class Reading implements Disposable {
  readonly #ctx: Context<State>;
  readonly #endMs: number;
  readonly #fields = new URLSearchParams();
  readonly #hashes: string[] = [];
  #count = 0;
  /** The part that is read: a field's name and text, or a file. */
  #field: { name: string; bytes: Uint8Array[]; size: number } | undefined;
  #file: { hash: ReturnType<typeof createHash>; size: number; named: boolean } | undefined;
  /** Among those whose files are read at once. */
  #place: Disposable | undefined;

  constructor(ctx: Context<State>) {
    this.#ctx = ctx;
    this.#endMs = ctx.state.services.clock.now() + moderationLimits.removalFormMs;
  }

  /** Throws `Late` for a sender who is too slow. */
  async inTime<T>(reading: Promise<T>): Promise<T> {
    const { clock } = this.#ctx.state.services;
    const leftMs = Math.min(limits.uploadStallMs, this.#endMs - clock.now());
    const { promise, reject } = Promise.withResolvers<never>();
    using _timer = clock.after(leftMs, () => reject(new Late()));
    return await Promise.race([reading, promise]);
  }

  async take(event: FormEvent): Promise<Refusal | undefined> {
    switch (event.kind) {
      case "refused":
        return event.refusal;
      case "part":
        return this.#begin(event.part.name, event.part.filename);
      case "data":
        return await this.#add(event.bytes);
      default:
        return event satisfies never;
    }
  }

  end(): TypedRemoval {
    this.#endPart();
    const hashes = [...this.#fields.getAll("hash"), ...this.#hashes];
    return {
      contact: this.#fields.get("contact")?.trim() ?? "",
      statement: this.#fields.get("statement")?.replaceAll("\r\n", "\n").trim() ?? "",
      declared: this.#fields.get("declared") === "yes",
      hashes: [...new Set(hashes)],
    };
  }

  #begin(name: string, filename: string | null): Refusal | undefined {
    this.#endPart();
    if (filename !== null) {
      this.#file = { hash: createHash("sha256"), size: 0, named: filename !== "" };
      const most = moderationLimits.removalHashes;
      return this.#hashes.length < most ? undefined : invalid(say("removal.files", { count: most }));
    }
    this.#field = { name, bytes: [], size: 0 };
    this.#count++;
    return this.#count > fieldsMost ? invalid(say("multipart.fields", { count: fieldsMost })) : undefined;
  }

  async #add(bytes: Uint8Array): Promise<Refusal | undefined> {
    if (this.#field !== undefined) {
      this.#field.size += bytes.length;
      this.#field.bytes.push(bytes.slice());
      return this.#field.size > limits.formFieldBytes
        ? invalid(say("multipart.fieldLong", { count: limits.formFieldBytes / 1024 }))
        : undefined;
    }
    if (this.#file === undefined) return undefined;
    const { services, address } = this.#ctx.state;
    if (this.#place === undefined) {
      const place = await services.removals.beginReading(address);
      if (place instanceof Refusal) return place;
      this.#place = place;
    }
    this.#file.size += bytes.length;
    this.#file.hash.update(bytes);
    // No larger file can be here.
    const most = services.config.uploadMaxBytes;
    return this.#file.size > most
      ? new Refusal("too_large", say("upload.tooLarge", { count: most }))
      : undefined;
  }

  #endPart(): void {
    const [field, file] = [this.#field, this.#file];
    this.#field = undefined;
    this.#file = undefined;
    if (field !== undefined) this.#fields.append(field.name, textOf(field.bytes));
    // Browsers send an empty one where nothing was chosen.
    if (file !== undefined && file.named && file.size > 0) this.#hashes.push(file.hash.digest("hex"));
  }

  [Symbol.dispose](): void {
    this.#place?.[Symbol.dispose]();
  }
}

function textOf(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return parts.map((bytes) => decoder.decode(bytes, { stream: true })).join("") + decoder.decode();
}

function invalid(message: ReturnType<typeof say>): Refusal {
  return new Refusal("invalid_params", message);
}

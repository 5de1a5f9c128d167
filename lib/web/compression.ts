import { gzipSync } from "node:zlib";
import { type Random, systemRandom } from "../platform/mod.ts";
import { isCall } from "./calls.ts";
import { type Coding, codingFor, varyBy } from "./content_coding.ts";
import type { PackedFiles } from "./packed_files.ts";

/** Types that become smaller. Pictures, archives and streams of events do not, or must not wait. */
const compressible =
  /^(?:text\/(?:html|css|javascript|plain)|application\/(?:javascript|json|manifest\+json)|image\/svg\+xml)\s*(?:;|$)/i;
const pageType = /^text\/html\b/i;

/** Shorter answers fit into one packet as they are. */
const leastBytes = 1024;
/** A page is compressed for each request; higher levels take much longer for few bytes. */
const pageLevel = 5;
/** A file is compressed once. */
const fileLevel = 9;
/** Files of a build and of `static/`: far fewer than this. */
const mostFiles = 500;
/** Random bytes behind a page are fewer than this, a power of two; as text they have four thirds of the length. */
const paddingBytes = 128;

/**
 * Compresses pages, scripts and styles. Answers to programs are left alone, and so is what is a part or has a coding already.
 *
 * BREACH: whoever sees the sizes of compressed pages, and can make a browser ask for pages with text of theirs in them, learns
 * what else is in the page. So a page for somebody who is logged in is compressed only when its request comes from our own
 * pages or from the person, as `Sec-Fetch-Site` says; and text of random length follows it, since people also read what others
 * wrote to them. docs/privacy.md has the reasons.
 */
export class Compression {
  readonly #packed: PackedFiles | null;
  readonly #random: Random;
  /** By the file's hash. */
  readonly #gzipped = new Map<string, Uint8Array<ArrayBuffer>>();

  /** `packed` has the files that the build compressed; others are compressed when they are asked for first. */
  constructor(packed: PackedFiles | null = null, random: Random = systemRandom) {
    this.#packed = packed;
    this.#random = random;
  }

  async answer(req: Request, pathname: string, response: Response): Promise<Response> {
    const { headers, status } = response;
    if (isCall(pathname) || status === 101 || status === 206 || headers.has("content-encoding")) {
      return response;
    }
    if (/\bno-transform\b/i.test(headers.get("cache-control") ?? "")) return response;
    if (status === 304) {
      varyBy(headers, "Accept-Encoding");
      return response;
    }
    const type = headers.get("content-type") ?? "";
    if (!compressible.test(type)) return response;
    const tag = headers.get("etag");
    if (tag === null) return pageType.test(type) ? await this.#page(req, response) : response;
    // A strong tag would name these very bytes; the weak one of a static file names its content.
    const hash = /^W\/"([\w+/=-]{8,})"$/.exec(tag)?.[1];
    return hash === undefined ? response : await this.#file(req, response, hash);
  }

  async #file(req: Request, response: Response, hash: string): Promise<Response> {
    varyBy(response.headers, "Accept-Encoding");
    const accept = req.headers.get("accept-encoding");
    const packed = await this.#packed?.codings(hash) ?? [];
    const coding = codingFor(accept, packed.length > 0 ? packed : ["gzip"]);
    if (coding === null) return response;
    const bytes = packed.length > 0
      ? await this.#packed!.read(hash, coding)
      : await this.#gzip(response, hash);
    if (bytes === null) return response;
    return coded(response, coding, req.method === "HEAD" ? null : bytes, bytes.length);
  }

  /** Null where the answer has no body to make it from. */
  async #gzip(response: Response, hash: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const known = this.#gzipped.get(hash);
    if (known !== undefined || response.body === null) return known ?? null;
    const bytes = gzipSync(await response.clone().bytes(), { level: fileLevel });
    const gzipped = new Uint8Array(bytes);
    this.#gzipped.set(hash, gzipped);
    if (this.#gzipped.size > mostFiles) this.#gzipped.delete(this.#gzipped.keys().next().value!);
    return gzipped;
  }

  async #page(req: Request, response: Response): Promise<Response> {
    varyBy(response.headers, "Accept-Encoding");
    varyBy(response.headers, "Sec-Fetch-Site");
    const coding = codingFor(req.headers.get("accept-encoding"), ["gzip"]);
    const hasPerson = req.headers.has("cookie") || req.headers.has("authorization");
    if (coding === null || response.body === null || (hasPerson && !isOfOwnSite(req))) return response;
    const page = await response.bytes();
    if (page.length < leastBytes) return new Response(page, response);
    const padded = hasPerson ? joined(page, this.#padding()) : page;
    const gzipped = new Uint8Array(gzipSync(padded, { level: pageLevel }));
    return coded(response, coding, gzipped, gzipped.length);
  }

  /** A comment behind the document. Its bytes are random, so that compression cannot even out its length. */
  #padding(): Uint8Array<ArrayBuffer> {
    const count = this.#random.bytes(1)[0]! % paddingBytes;
    return new TextEncoder().encode(
      `<!--${this.#random.bytes(count).toBase64({ alphabet: "base64url" })}-->`,
    );
  }
}

/** A page of ours asked for it, or the person did: with a bookmark, or in the line for addresses. */
function isOfOwnSite({ headers }: Request): boolean {
  const site = headers.get("sec-fetch-site");
  return site === "same-origin" || site === "none";
}

function coded(
  response: Response,
  coding: Coding,
  body: Uint8Array<ArrayBuffer> | null,
  sizeBytes: number,
): Response {
  if (response.body !== null && !response.bodyUsed) void response.body.cancel().catch(() => undefined);
  const { status, statusText } = response;
  const headers = new Headers(response.headers);
  headers.set("content-encoding", coding);
  headers.set("content-length", String(sizeBytes));
  return new Response(body, { status, statusText, headers });
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}

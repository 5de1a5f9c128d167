import { createHash } from "node:crypto";

/** What a request to one of the services was. */
export interface Asked {
  path: string;
  query: string;
  headers: Headers;
  /** Field of the form, with HMA. */
  field: string | null;
  bytes: Uint8Array<ArrayBuffer>;
}

export const credentials = { user: "example-platform", secret: "not-to-be-told-7Q" } as const;

/** A 200 × 200 PNG in grey is enough of a picture; `mark` makes it another one. */
export function picture(mark: string): Uint8Array<ArrayBuffer> {
  const head = "89504e470d0a1a0a0000000d49484452000000c8000000c80800000000";
  return Uint8Array.from([...Uint8Array.fromHex(head), ...new TextEncoder().encode(mark)]);
}

/**
 * The three matching services on one port, as their documentation has them: Arachnid Shield under `/arachnid`, HMA under `/hma`,
 * PhotoDNA under `/photodna`. They know the pictures that they are told to know.
 */
export class CsamServices implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly #known = new Map<string, { how: "exact" | "near"; classification: string }>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** Asked first; null lets the service answer. */
  instead: ((asked: Asked, request: Request) => Response | Promise<Response> | null) | null = null;
  /** Called with every piece of a body as it comes, before anything is done with it. */
  onChunk: ((length: number) => Promise<void> | void) | null = null;

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  base(service: "arachnid" | "hma" | "photodna"): string {
    return `http://127.0.0.1:${this.#server.addr.port}/${service}`;
  }

  /** Generated pictures only. */
  know(bytes: Uint8Array, how: "exact" | "near" = "exact", classification = "csam"): void {
    this.#known.set(hashOf(bytes).digest("hex"), { how, classification });
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const body = await this.#read(request);
    const asked: Asked = {
      path: pathname,
      query: search,
      headers: request.headers,
      field: null,
      bytes: body,
    };
    if (pathname.startsWith("/hma/")) await takeForm(asked);
    this.asked.push(asked);
    const instead = await this.instead?.(asked, request);
    if (instead) return instead;
    switch (pathname) {
      case "/arachnid/v1/media/":
        return this.#arachnid(asked);
      case "/hma/m/lookup":
        return this.#hma(asked);
      case "/photodna/photodna/v1.0/Match":
        return this.#photodna(asked);
      default:
        return Response.json({ detail: "Not found." }, { status: 404 });
    }
  }

  async #read(request: Request): Promise<Uint8Array<ArrayBuffer>> {
    if (this.onChunk === null) return await request.bytes();
    const hash = new Uint8Array(64 * 1024);
    let length = 0;
    for await (const chunk of request.body ?? []) {
      await this.onChunk(chunk.length);
      if (length < hash.length) hash.set(chunk.subarray(0, hash.length - length), length);
      length += chunk.length;
    }
    return hash.subarray(0, Math.min(length, hash.length));
  }

  #arachnid({ headers, bytes }: Asked): Response {
    const expected = `Basic ${btoa(`${credentials.user}:${credentials.secret}`)}`;
    if (headers.get("authorization") !== expected) {
      return Response.json({ detail: "Invalid username/password." }, { status: 401 });
    }
    if (!/^(image|video)\//.test(headers.get("content-type") ?? "")) {
      return Response.json({ detail: "Unsupported media type." }, { status: 415 });
    }
    const known = this.#known.get(hashOf(bytes).digest("hex"));
    return Response.json({
      sha1_base32: "A".repeat(32),
      sha256_hex: hashOf(bytes).digest("hex"),
      size_bytes: bytes.length,
      classification: known?.classification ?? "no-known-match",
      match_type: known?.how ?? null,
      near_match_details: known?.how === "near"
        ? [{
          timestamp: 0,
          sha1_base32: "B".repeat(32),
          sha256_hex: "0".repeat(64),
          classification: known.classification,
        }]
        : [],
    });
  }

  #hma({ bytes, field, query }: Asked): Response {
    if (field !== "photo" && field !== "video") return Response.json({ message: "no file" }, { status: 400 });
    const known = this.#known.get(hashOf(bytes).digest("hex"));
    // Without it a lookup may skip a bank: this one always does.
    const skips = !new URLSearchParams(query).has("bypass_coinflip", "true");
    const signal = field === "photo" ? "pdq" : "vpdq";
    const distance = known?.how === "near" ? "14" : "0";
    return Response.json({
      [signal]: known === undefined || skips
        ? {}
        : { [`BANK_${known.classification.toUpperCase()}`]: [{ bank_content_id: 1001, distance }] },
    });
  }

  #photodna({ headers, bytes }: Asked): Response {
    if (headers.get("ocp-apim-subscription-key") !== credentials.secret) {
      return Response.json({ statusCode: 401, message: "Access denied due to invalid subscription key." }, {
        status: 401,
      });
    }
    const known = this.#known.get(hashOf(bytes).digest("hex"));
    const type = headers.get("content-type") ?? "";
    if (!/^image\/(gif|jpeg|png|bmp|tiff)$/.test(type)) return Response.json(photodnaAnswer(3206, false));
    if (bytes.length > 4 * 1024 * 1024) return Response.json(photodnaAnswer(3208, false));
    return Response.json(photodnaAnswer(3000, known !== undefined));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

export function photodnaAnswer(code: number, isMatch: boolean) {
  return {
    Status: { Code: code, Description: code === 3000 ? "OK" : "Not OK", Exception: null },
    TrackingId: "EUS_418_123",
    ContentId: "EUS_418_123",
    IsMatch: isMatch,
    MatchDetails: {
      AdvancedInfo: [],
      MatchFlags: isMatch
        ? [{ AdvancedInfo: [{ Key: "MatchId", Value: "104149" }], Source: "Test", Violations: [] }]
        : [],
    },
  };
}

async function takeForm(asked: Asked): Promise<void> {
  const headers = { "content-type": asked.headers.get("content-type") ?? "" };
  try {
    const form = await new Response(asked.bytes, { headers }).formData();
    const [entry] = [...form];
    if (entry === undefined || typeof entry[1] === "string") return;
    asked.field = entry[0];
    asked.bytes = await entry[1].bytes();
  } catch {
    // No form: answered as one without a file.
  }
}

function hashOf(bytes: Uint8Array) {
  return createHash("sha256").update(bytes);
}

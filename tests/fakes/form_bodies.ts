/** A part of a multipart body as a test writes it. */
export interface WrittenPart {
  /** The value of `Content-Disposition`; null for a part without one. */
  disposition: string | null;
  body: Uint8Array | string;
  headers?: string[];
}

export const boundary = "----behest7MA4YWxkTrZu0gW";
export const formType = `multipart/form-data; boundary=${boundary}`;

const utf8 = new TextEncoder();

export function joined(chunks: readonly (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  const bytes = chunks.map((chunk) => typeof chunk === "string" ? utf8.encode(chunk) : chunk);
  const all = new Uint8Array(bytes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of bytes) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** A form as browsers write it. */
export function formOf(parts: readonly WrittenPart[], end = `--${boundary}--\r\n`): Uint8Array<ArrayBuffer> {
  return joined([
    ...parts.flatMap(({ disposition, body, headers = [] }) => {
      const lines = [...(disposition === null ? [] : [`Content-Disposition: ${disposition}`]), ...headers];
      return [`--${boundary}\r\n`, ...lines.map((line) => `${line}\r\n`), "\r\n", body, "\r\n"];
    }),
    end,
  ]);
}

/** The part of a file in the field `file`. */
export const filePart = (body: Uint8Array | string, filename = "a.txt"): WrittenPart => ({
  disposition: `form-data; name="file"; filename="${filename}"`,
  body,
  headers: ["Content-Type: text/html"],
});

export const fieldPart = (name: string, body = "x"): WrittenPart => ({
  disposition: `form-data; name="${name}"`,
  body,
});

/**
 * A body in chunks of these lengths, over and over; with `fails`, it breaks off in place of its end. `took` hears of each chunk
 * that somebody asked for.
 */
export function chunked(
  bytes: Uint8Array<ArrayBuffer>,
  lengths: readonly number[],
  { fails = false, took = () => {} }: { fails?: boolean; took?: (length: number) => void } = {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  let turn = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) {
        const chunk = bytes.slice(at, at + Math.max(1, lengths[turn++ % lengths.length] ?? 1));
        at += chunk.length;
        took(chunk.length);
        controller.enqueue(chunk);
      } else if (fails) controller.error(new TypeError("the connection is gone"));
      else controller.close();
    },
  }, { highWaterMark: 0 });
}

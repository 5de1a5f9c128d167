import { createHash } from "node:crypto";
import type { ScanSubject } from "../../lib/scanning/ports.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** A subject over bytes, handed out in chunks as the blob store does. */
export function subjectOf(bytes: Bytes, type = "application/octet-stream"): ScanSubject {
  return {
    sha256: createHash("sha256").update(bytes).digest("hex"),
    sizeBytes: bytes.length,
    type,
    head: bytes.slice(0, 64 * 1024),
    open: () => Promise.resolve(chunked(bytes)),
  };
}

/** A subject whose bytes are made when they are read. */
export function bigSubject(sizeBytes: number, make: (chunk: Bytes, at: number) => void): ScanSubject {
  const chunkBytes = 64 * 1024;
  const head = new Uint8Array(chunkBytes);
  make(head, 0);
  return {
    sha256: "0".repeat(64),
    sizeBytes,
    type: "application/octet-stream",
    head,
    open() {
      let at = 0;
      return Promise.resolve(
        new ReadableStream<Bytes>({
          pull(controller) {
            if (at >= sizeBytes) return controller.close();
            const chunk = new Uint8Array(Math.min(chunkBytes, sizeBytes - at));
            make(chunk, at);
            at += chunk.length;
            controller.enqueue(chunk);
          },
        }, { highWaterMark: 0 }),
      );
    },
  };
}

function chunked(bytes: Bytes): ReadableStream<Bytes> {
  let at = 0;
  return new ReadableStream<Bytes>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + 64 * 1024));
      at += 64 * 1024;
    },
  }, { highWaterMark: 0 });
}

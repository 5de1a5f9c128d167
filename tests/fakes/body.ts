import { Refusal } from "../../lib/protocol/mod.ts";
import { told } from "./told.ts";

/** A body's bytes, as a service takes them: refused when they are too many or stop coming. */
export async function bodyOf(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | Refusal> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) return new Refusal("too_large", told(`At most ${maxBytes} bytes go here.`));
      chunks.push(new Uint8Array(chunk));
    }
  } catch {
    return new Refusal("invalid_params", "upload.incomplete");
  }
  return await new Blob(chunks).bytes();
}

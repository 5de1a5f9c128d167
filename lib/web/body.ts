import { type Clock, systemClock } from "../platform/mod.ts";
import { type Answer, limits, Refusal, say } from "../protocol/mod.ts";

/** The bytes of a body of JSON or of a form. Refuses one that is too large, breaks off or takes too long (OP-9). */
export async function readBytes(
  req: Request,
  clock: Clock = systemClock,
): Answer<Uint8Array<ArrayBuffer>> {
  if (req.body === null) return new Uint8Array();
  const reader = req.body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  using _timer = clock.after(limits.bodyMs, () => resolve("late"));
  try {
    while (true) {
      const next = await Promise.race([reader.read(), late]);
      if (next === "late") {
        return new Refusal("invalid_params", say("body.late", { count: limits.bodyMs / 1000 }));
      }
      if (next.done) return await new Blob(chunks).bytes();
      size += next.value.length;
      if (size > limits.restBodyBytes) {
        return new Refusal("too_large", say("body.tooLarge", { count: limits.restBodyBytes / 1024 }));
      }
      chunks.push(next.value);
    }
  } catch {
    return new Refusal("invalid_params", "body.incomplete");
  } finally {
    // Not awaited: the rest may never come.
    reader.cancel().catch(() => undefined);
  }
}

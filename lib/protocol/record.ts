import { z } from "zod";

const dropped = "__proto__";

/** A record that refuses the one key which `z.record` drops without a word: then nothing that was asked for is lost. */
export function record<K extends z.core.$ZodRecordKey, V extends z.core.SomeType>(key: K, value: V) {
  return z.preprocess((input, ctx) => {
    if (typeof input === "object" && input !== null && Object.hasOwn(input, dropped)) {
      ctx.addIssue({ code: "unrecognized_keys", keys: [dropped], input: { ...input } });
    }
    return input;
  }, z.record(key, value));
}

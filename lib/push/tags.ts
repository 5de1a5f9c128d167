import type { Ref } from "./ports.ts";
import { refKey } from "./ports.ts";
import { createHmac } from "node:crypto";

/** 24 base64url characters: a topic may have 32 (RFC 8030). */
const tagBytes = 18;

/**
 * Names for notifications on one device, made with its secret: the same thing has the same name there each time, and another name on
 * each other device. Push services see them as topics, and learn nothing of who was told of the same.
 */
export function tagsOf(auth: string): (ref: Ref) => string {
  return (ref) =>
    createHmac("sha256", auth).update(refKey(ref)).digest().subarray(0, tagBytes).toString("base64url");
}

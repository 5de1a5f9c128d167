/**
 * The data directory itself: whether it can be written and has room (`/readyz`), and the key files in it.
 * Never replaces a key file that is there, and never leaves a half-written one.
 * Start with `secret_file.ts` (key files) and `health.ts`.
 */
export { certificateEnds, certificateHealth } from "./certificate.ts";
export { diskHealth, diskRoom } from "./health.ts";
export { makePrivate } from "./private.ts";
export { DiskReserve } from "./reserve.ts";
export { diskSpace } from "./space.ts";
export { loadSecret } from "./secret_file.ts";

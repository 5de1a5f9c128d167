/**
 * Keeps matched bytes encrypted, each under the id of its incident (SC-5).
 * Never writes them readable to a disk, and never gives out bytes that it cannot trust.
 * Start with `store.ts`; `sealed_format.ts` is the file format.
 */
export { SealedFiles } from "./store.ts";

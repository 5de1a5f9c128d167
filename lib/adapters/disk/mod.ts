/**
 * Says whether the data directory can be written, for `/readyz`.
 * Never leaves anything behind on the disk.
 * Start with `health.ts`.
 */
export { diskHealth } from "./health.ts";

/** Loaded with the first file that is uploaded, apart from the rest of the client library. */
export { withoutLocationData } from "../lib/client/mod.ts";

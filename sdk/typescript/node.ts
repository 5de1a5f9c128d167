/** What Node and Deno have beside `mod.ts`. */
export * from "./mod.ts";
export { SessionFile } from "../../lib/client/session_file.ts";
export { FileOutbox, FileSeen } from "./file_stores.ts";

/**
 * Reads the files of the server's log backwards, a block at a time (OP-3).
 * Never reads a file whole, and never writes one: that is `platform/log_file.ts`.
 * Start with `log_reader.ts`.
 */
export { LogReader } from "./log_reader.ts";

/**
 * Everything that HTTP needs: the app, authentication, REST, pages, forms, uploads and downloads.
 * Never decides a rule of Behest: a route parses, calls one service and answers.
 * Start with `app.ts` (what every request passes), `define.ts` (a request's state) and `rest.ts` (calls).
 */
export { buildApp, serving } from "./app.ts";
export { Compression } from "./compression.ts";
export { PackedFiles } from "./packed_files.ts";
export { TlsServing } from "./tls_serving.ts";
export type { Services } from "./services.ts";

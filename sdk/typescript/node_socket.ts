import { WebSocket as Packaged } from "ws";

/** Put in the place of the global by the build: Node 20 has none. */
const Own = globalThis.WebSocket ?? Packaged;
export { Own as WebSocket };

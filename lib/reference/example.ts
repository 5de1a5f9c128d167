/** What a client sends first, to a server at `site`: shown by `/docs`. */
export function firstRequests(site: string): { login: string; connect: string; send: string } {
  const socket = `${site.replace(/^http/, "ws")}/api/ws?device=laptop`;
  return {
    login: [
      `curl ${site}/api/v1/auth/login \\`,
      `  -H 'content-type: application/json' \\`,
      `  -d '{"username": "…", "password": "…"}'`,
    ].join("\n"),
    connect: [`GET ${socket}`, "Authorization: Bearer TOKEN", "Upgrade: websocket"].join("\n"),
    send: [
      `{"jsonrpc": "2.0", "id": 1, "method": "command.send",`,
      ` "params": {"key": "a-key-of-your-own-1", "kind": "task",`,
      `  "audience": {"kind": "user", "to": ["bob"]},`,
      `  "title": "Water the plants"}}`,
      "",
      `{"jsonrpc": "2.0", "id": 2, "method": "inbox.ack",`,
      ` "params": {"cursor": "…"}}`,
    ].join("\n"),
  };
}

/** The documents for programs, by name. */
export const documents = {
  "openapi.json": "/api/openapi.json",
  "asyncapi.json": "/api/asyncapi.json",
} as const;

/** What is sent to everybody: about 300 bytes, and the same for both servers. */
export const broadcastMethod = "command.changed";
export const broadcastParams = {
  id: "01JAAAAAAAAAAAAAAAAAAAAAAA",
  state: "queued",
  note: "a line of a message ".repeat(10),
  at: "2026-01-01T00:00:00.000Z",
};
export const broadcastText = JSON.stringify({
  jsonrpc: "2.0",
  method: broadcastMethod,
  params: broadcastParams,
});

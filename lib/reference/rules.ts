import { closeCodes, limits } from "../protocol/mod.ts";

/** A part of what the shapes of frames cannot say: a heading, and sentences that stand alone. */
export interface RuleSection {
  title: string;
  rules: readonly string[];
}

const seconds = (ms: number) => `${ms / 1000} s`;
const afterText = {
  stop: "stop, and tell the person",
  login: "log in again, then connect",
  reconnect: "connect again",
  back_off: `wait ${seconds(limits.reconnectMaxMs)}, then connect`,
} as const;

/** How a client behaves, in the order in which it meets the rules: for docs/PROTOCOL.md and `/docs`. Words in backquotes are code. */
export const ruleSections: readonly RuleSection[] = [
  {
    title: "Logging in",
    rules: [
      "A program uses an access token from the page `/sessions`, or a token of `POST /api/v1/auth/login`. Both go into the header `Authorization: Bearer TOKEN`.",
      `A token of a login ends after ${
        limits.sessionMs / 3600_000
      } hours. A login with \`stay\` also gets a credential: \`POST /api/v1/auth/renew\` gives a new token and a new credential. Store the new one before you use it. An old one that is used again ends the session.`,
      "Browsers cannot send headers with a WebSocket. They ask `POST /api/v1/auth/ticket` for a ticket, and connect with `&ticket=…` within " +
      `${seconds(limits.ticketMs)}.`,
      "A call that answers 403 with `proof: true` is dangerous: prove who you are with `POST /api/v1/auth/proof`, then call again.",
    ],
  },
  {
    title: "Connecting",
    rules: [
      "Connect to `/api/ws?device=NAME`. Choose a name for this device once, and keep it: what the device acknowledged belongs to the name. One connection per name is open; a newer one closes the older one with 4409.",
      `Each text frame in both directions is one JSON-RPC 2.0 object. There are no batches and no binary frames. Frames of the server stay below ${
        limits.outboxBytes / 1024 / 1024
      } MiB: raise the limit of your WebSocket library where it is lower.`,
      "The first frame of the server is `session.ready`. Send nothing before it. Read `heartbeat` and `limits` from it.",
      "A refused connection answers with HTTP: 401 (log in), 403 (suspended, or another site's page), 426 (no upgrade), 503 (try later). The body says why.",
      "`window=N` bounds deliveries without an acknowledgement, `accept=task,choice` the kinds that this device shows. Other kinds wait for another device of the person.",
      "A field of an answer or a notification that you do not know means nothing to you: ignore it. The server refuses unknown fields in requests.",
    ],
  },
  {
    title: "Heartbeats",
    rules: [
      "Call `heartbeat` every `intervalMs`. Any other complete frame counts as well.",
      `After ${limits.heartbeatMisses} intervals without a frame from you, the server closes with 4408. Do the same: after ${limits.heartbeatMisses} intervals without a frame from the server, close, and connect again.`,
    ],
  },
  {
    title: "Deliveries",
    rules: [
      "`command.deliver` has commands in order. Each has a `cursor`. Store the commands, then call `inbox.ack` with the last cursor.",
      "An acknowledgement counts for this device, and for everything before its cursor.",
      "Delivery is at least once: after a lost connection, commands without an acknowledgement come again. Drop a command whose `id` you have, unless its `state` or text is new, and acknowledge it again.",
      "`chat.message` is in the same order, and is acknowledged in the same way.",
      "Another person's device, a stop, a changed preference or an expiry can end a command that you have: `command.changed` says so. Show its new state.",
      "With `sealed: true` only sender, categories and times are there. `command.update` with the state `seen` opens it: ask the person first.",
      "`command.due` tells that a deadline comes near.",
    ],
  },
  {
    title: "Requests",
    rules: [
      "Choose an `id` for each request; the answer has the same. Answers can come in another order.",
      "A refused request has `error.data.kind`: decide by it. `message` is for people. The connection stays open.",
      "With `rate_limited`, wait `retryAfterMs`.",
      `${limits.refusals} refusals within ${
        seconds(limits.refusalWindowMs)
      } close the connection with 4429. A frame that is not JSON-RPC closes it with 4400.`,
      `After a lost connection nobody knows whether an unanswered request was done. \`command.send\` and \`chat.send\` have a \`key\`: send the same again, and nothing is sent twice, for ${
        limits.keyKeptMs / 3600_000
      } hours. Changes of state can be repeated too: a \`conflict\` says that it was done.`,
    ],
  },
  {
    title: "Answering",
    rules: [
      "Say `seen` when a person looked at the command, then `accepted`, `declined` or `deferred` (with `until`).",
      "`requires` says what ends it. none: nothing is asked. confirmation: the person says `completed`. proof: `submitted` with at least one file in `proof`, then `completed`; one `completed` with the files does both. review: `submitted` with a file, a `note` or an answer, and the sender accepts or returns it.",
      "A `choice` and a `form` are `completed` with their `answer`. A `timer` starts with `accepted`, and ends by itself.",
      `\`inbox.undo\` takes an answer back, for ${seconds(limits.answerUndoMs)}.`,
    ],
  },
  {
    title: "Who hears what",
    rules: [
      "All devices of the recipient: `command.deliver`, `command.due`, and `command.changed` with `state`.",
      "All devices of the sender: `command.changed` with `recipient` and `state` for a direct command, with `totals` (at most once a second) for others.",
      "All other devices of the person who acted: `preferences.changed`, `grant.changed`, `contact.changed`, `group.changed`, `notice.changed` and `safety.changed`.",
      "A command that the recipient's rules withhold or hold looks to its sender like one that waits. Nobody is told of a block.",
      "An access token hears only what its scopes allow: without `receive` nothing is delivered.",
    ],
  },
  {
    title: "Stop",
    rules: [
      "`safety.stop` is always taken, and nothing is delivered to any device of the person after its answer. Send it before everything else, also after a reconnect.",
      "On `safety.changed` with `stopped: true`, end everything that a command started on this device.",
      "Only the person ends a stop: `safety.resume {confirm: true}`. Never send it without asking. Access tokens cannot.",
    ],
  },
  {
    title: "When a connection ends",
    rules: [
      `Decide by the close code: ${
        Object.values(closeCodes).map(({ code, reason, then }) => `${code} (${reason}): ${afterText[then]}`)
          .join("; ")
      }.`,
      "Any other code, and no code, is a lost network: connect again. `session.closing` tells the code before it comes.",
      `Wait a random time up to min(${seconds(limits.reconnectMaxMs)}, 2^n × ${
        seconds(limits.reconnectBaseMs)
      }) before try n, counted from 0. Begin at 0 again once a connection has lasted for one heartbeat interval.`,
    ],
  },
  {
    title: "Where WebSockets are blocked",
    rules: [
      "`GET /api/stream?device=NAME` gives the same frames as server-sent events: the data of each event is one frame. An event `close` has `{code, reason}`.",
      "Send each of your frames as the body of `POST /api/v1/rpc?device=NAME`. Its answer is in the response; everything else comes by the stream.",
      "Go over to it after two WebSockets in a row ended without a frame.",
    ],
  },
  {
    title: "Files",
    rules: [
      "Upload with `POST /api/v1/files`, or in pieces with tus 1.0.0 at `/api/v1/uploads`. The answer has the id for `attachments`.",
      "A new file is `scanning`. A command with it is delivered once the file is `clean`; `file.changed` tells.",
      "Download with `GET /api/v1/files/{id}/content`; ranges work. Names are text of their senders: never use one as a path.",
    ],
  },
];

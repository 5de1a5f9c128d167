/**
 * `deno task docs`: writes docs/PROTOCOL.md from the schemas and tables of `lib/protocol/`, and the README's table of
 * variables from `lib/config/variables.ts`. `tests/tidy_test.ts` fails when what stands there is older than its source.
 */
import { allTransitions } from "../lib/commands/mod.ts";
import { type Variable, variables } from "../lib/config/mod.ts";
import {
  limitRows,
  methodMeanings,
  namedTypes,
  notificationMeanings,
  referenceFor,
  ruleSections,
  typeText,
} from "../lib/reference/mod.ts";
import {
  closeCodes,
  jsonRpcCodes,
  limits,
  type Method,
  methods,
  type Notification,
  notifications,
  refusalCodes,
  type RefusalKind,
  refusalTable,
} from "../lib/protocol/mod.ts";

/** Recipients, senders and the server move a state; one arrow stands for all who may. */
function lifecycleDiagram(): string[] {
  const movers = new Map<string, string[]>();
  for (const { from, to, by } of allTransitions()) {
    const arrow = `${from} ${to}`;
    movers.set(arrow, [...movers.get(arrow) ?? [], by]);
  }
  const arrows = [...movers].map(([arrow, by]) => {
    const [from, to] = arrow.split(" ");
    return by.includes("recipient") ? `  ${from} --> ${to}` : `  ${from} -. ${by.join(", ")} .-> ${to}`;
  });
  return ["```mermaid", "flowchart LR", ...arrows, "```", ""];
}

/** What the schemas of commands cannot say (CM-9). */
const kindsText = [
  "## Kinds",
  "",
  "The `data` of a `choice` is `ChoiceData`, of a `form` `FormData`, of a `timer` `TimerData`; a `link` has `href`. Answers are",
  "checked against it. [kinds.md](kinds.md) says how, with examples, and has common kinds of clients (`x-…`).",
  "",
];

/** What the schemas of grants cannot say (CO-12). */
const grantsText = [
  "## Grants and the ceiling",
  "",
  "A grant is what a person allows one contact or one of their groups, more or less than their preferences say. `grant.set`",
  "changes it, `grant.end` ends it, `grant.list` and `grant.changed` have those in force; only the person's own devices get them.",
  "Its `id` is `user:NAME` or `group:NAME`: there is one for each.",
  "",
  "- A grant for a user is about the direct commands of that user, one for a group about the commands to that group. Broadcasts to",
  "  a category or to everyone follow the preferences alone.",
  "- Each rule of a grant replaces the general one: `accept` replaces `acceptFrom` for a contact, `categories` the choice for the",
  "  categories that it names, `hours` the quiet hours, `perDay` the daily limit. `kinds` and `open` have no general rule. What a",
  "  grant does not name follows the preferences.",
  "- `hours` are the times at which commands are delivered; at other times they wait. Without `hours`, quiet hours apply.",
  "- `perDay` and `open` count the commands of the source alone, and these do not count for `dailyLimit` while a grant has",
  "  `perDay`. `open` counts commands in no closed state that were delivered, or handed to a device while a",
  "  number was in force.",
  "- `paused` holds: of a user everything that they send, to groups and as broadcasts too; of a group everything that is sent to",
  "  it. The other rules of the grant keep for later. Anyone can be paused; all else needs a contact or a membership.",
  "- When the person removes the contact, only a pause is left of the grant. When the contact removes the person, nothing of it",
  "  changes, but `accept` needs a contact.",
  "- From `until` on, a grant and its pause are no more. What it held then follows the preferences.",
  "- The ceiling, `limits` in the preferences, has `kinds`, `open` and `perDay` for all sources together. No grant goes over it. A",
  "  blocked user stays blocked.",
  "",
  "The first rule that applies decides: stopped → hold; paused → hold; sender blocked, not accepted, no member, broadcasts off,",
  "a category blocked, a kind that ceiling or grant leaves out → withhold; hours, numbers a day, numbers open → hold; a category",
  "with `ask` → sealed; otherwise deliver. Withheld is for good, as in CO-3. Held commands of one source wait in their order while",
  "others pass them, and come once the rule ends. A pause, hours and numbers do not hold what was delivered before, so another",
  "device gets it. Commands of one sender by one way (direct, to one group, to all) keep their order (DL-5).",
  "",
  "`shown` tells the contact, in `contact.list`, what the grant allows and until when, never a pause or a block. Senders learn",
  "nothing else of a grant: what it holds or withholds looks like a command that waits.",
  "",
];

const calls = referenceFor("").calls;
const isOfStaff = (name: string) => name.includes("/api/v1/admin/");

/** The frames of a recorded conversation. */
function transcript(): string[] {
  const { steps } = JSON.parse(Deno.readTextFileSync("sdk/conformance/deliver-live.json")) as {
    steps: { in?: object; out?: object }[];
  };
  const frames = steps.flatMap((step) =>
    step.in !== undefined
      ? [`← ${JSON.stringify(step.in, null, 1)}`]
      : step.out !== undefined
      ? [`→ ${JSON.stringify(step.out, null, 1)}`]
      : []
  );
  return block(...frames.map((frame) => frame.replace(/\n\s*/g, " ")));
}

function limitTable(contract: boolean): string[] {
  const rows = limitRows().filter((row) => row.contract === contract);
  return table(["limit", "value"], rows.map(({ name, value }) => [`\`${name}\``, value]));
}

/** The whole of docs/PROTOCOL.md. */
export function protocolDoc(): string {
  return [
    "# The protocol, version 1",
    "",
    "Made from `lib/protocol/` by `deno task docs`; change the schemas, not this page.",
    "",
    "`GET /api/ws` is upgraded to a WebSocket. Every text frame is one JSON-RPC 2.0 object, in both directions, without",
    `batches; a frame to the server is at most ${limits.frameInBytes} bytes. \`params\` is an object, and a field that is not`,
    "listed is refused. Times are RFC 3339 in UTC. `?` marks a field that may be left out. [first-client.md](first-client.md) has",
    "two whole clients; `/docs` on every server shows this page with a search, and lets you try each call.",
    "",
    ...ruleSections.flatMap(({ title, rules }) => [
      `## ${title}`,
      "",
      ...rules.map((rule) => `- ${rule}`),
      "",
    ]),
    "## A conversation",
    "",
    "Recorded from the real server, and compared with it by a test: `←` is from the server, `→` from the client. A device",
    "connects, a task arrives, and the device acknowledges it.",
    "",
    ...transcript(),
    "## Methods",
    "",
    ...Object.entries(methods).flatMap(([name, method]) => [
      `### \`${name}\``,
      "",
      methodMeanings[name as Method] +
      ("uncounted" in method ? " Not counted against the request rate." : ""),
      "",
      ...block(
        `params: ${typeText(method.params, "input", name)}`,
        `result: ${typeText(method.result, "output", name)}`,
      ),
    ]),
    "## Notifications of the server",
    "",
    ...Object.entries(notifications).flatMap(([name, params]) => [
      `### \`${name}\``,
      "",
      notificationMeanings[name as Notification],
      "",
      ...block(`params: ${typeText(params, "output", name)}`),
    ]),
    "## Types",
    "",
    ...namedTypes().flatMap(({ name, text }) => block(`${name} = ${text}`)),
    ...kindsText,
    ...grantsText,
    "## REST",
    "",
    "Below `/api/v1`, with `Authorization: Bearer TOKEN`. Bodies and answers are JSON. `/api/openapi.json` describes the same for",
    "programs. Refusals are `application/problem+json` with the `kind` of the errors below.",
    "",
    ...calls.filter(({ name }) => !isOfStaff(name)).flatMap(({ name, says, types }) => [
      `### \`${name}\``,
      "",
      says,
      "",
      ...block(...types.map(({ label, text }) => `${label}: ${text}`)),
    ]),
    "Moderators and administrators have more calls; `/docs` shows their bodies and answers.",
    "",
    ...table(
      ["call", "meaning"],
      calls.filter(({ name }) => isOfStaff(name)).map(({ name, says }) => [`\`${name}\``, says]),
    ),
    "## States of a command",
    "",
    "Each recipient has a state of their own. The moves below are the table in `lib/commands/lifecycle.ts`: solid ones are the",
    "recipient's, dashed the sender's or the server's. `completed` by the recipient also depends on what the command",
    "requires: with `proof` it follows `submitted`, with `review` it is the sender's word.",
    "",
    ...lifecycleDiagram(),
    "## Errors",
    "",
    "`error.data.kind` is one of the kinds below; HTTP answers carry the same `kind` in `application/problem+json`.",
    "",
    ...table(
      ["kind", "JSON-RPC code", "HTTP status", "meaning"],
      Object.entries(refusalCodes).map(([kind, code]) => [
        `\`${kind}\``,
        String(code),
        String(refusalTable[kind as RefusalKind].status),
        refusalTable[kind as RefusalKind].title,
      ]),
    ),
    `A frame that is not JSON gets ${jsonRpcCodes.parse}, one not JSON-RPC 2.0 ${jsonRpcCodes.invalidRequest}; ` +
    "both end the connection.",
    `An unknown method gets ${jsonRpcCodes.methodNotFound}.`,
    "",
    "## Close codes",
    "",
    ...table(
      ["code", "reason", "what a client does"],
      Object.values(closeCodes).map(({ code, reason, then }) => [String(code), reason, afterText[then]]),
    ),
    `A reconnect waits a random time up to min(${limits.reconnectMaxMs / 1000} s, 2^n × ${
      limits.reconnectBaseMs / 1000
    } s).`,
    "",
    "## Limits",
    "",
    "Clients can rely on these: in this version they stay or grow. `session.ready` has those of the server that you are on.",
    "",
    ...limitTable(true),
    "The server's own limits, which may change:",
    "",
    ...limitTable(false),
  ].join("\n").trimEnd() + "\n";
}

/** The README's table of variables. */
export function readmeTable(): string {
  return table(
    ["variable", "default", "meaning"],
    Object.entries<Variable<unknown>>(variables).map(([name, row]) => [
      `\`${name}\``,
      row.defaultText ?? (row.default === null || row.default === "" ? "none" : `\`${row.default}\``),
      row.about,
    ]),
  ).join("\n").trimEnd();
}

const afterText = {
  stop: "stops",
  login: "logs in again",
  reconnect: "reconnects",
  back_off: "backs off, then reconnects",
} as const;

function block(...lines: string[]): string[] {
  return ["```", ...lines, "```", ""];
}

/** A Markdown table as `deno fmt` writes it, and an empty line. */
function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((cell, at) => Math.max(3, cell.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at]!)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line), ""];
}

if (import.meta.main) {
  Deno.writeTextFileSync("docs/PROTOCOL.md", protocolDoc());
  const readme = Deno.readTextFileSync("README.md");
  const between = /(<!-- variables -->\n)[\s\S]*?(\n<!-- end of variables -->)/;
  if (!between.test(readme)) throw new Error("README.md has no place for the table of variables.");
  const written = readme.replace(between, (_, start, end) => `${start}\n${readmeTable()}\n${end}`);
  Deno.writeTextFileSync("README.md", written);
}

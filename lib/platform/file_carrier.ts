/** Keeps a file in use: a command, the proof in a person's answer, a chat message, or a person's picture. */
export type FileCarrier =
  | { kind: "command"; commandId: string }
  | { kind: "proof"; commandId: string; userId: string }
  | { kind: "chat"; messageId: string }
  | { kind: "avatar"; userId: string }
  /** Not written by this version. The file stays in use, and nobody may read it because of this. */
  | { kind: "unknown"; text: string };

/** The stored form, as part of a key: `command:<id>`, `proof:<commandId>:<userId>`, `chat:<messageId>` or `avatar:<userId>`. */
export function carrierText(carrier: FileCarrier): string {
  switch (carrier.kind) {
    case "command":
      return `command:${carrier.commandId}`;
    case "proof":
      return `proof:${carrier.commandId}:${carrier.userId}`;
    case "chat":
      return `chat:${carrier.messageId}`;
    case "avatar":
      return `avatar:${carrier.userId}`;
    case "unknown":
      return carrier.text;
    default:
      return carrier satisfies never;
  }
}

/** Reads the stored form. Never throws: text in another form is `unknown`. */
export function parseCarrier(text: string): FileCarrier {
  const [kind, ...ids] = text.split(":");
  const [first, second] = ids;
  if (first && !ids.includes("")) {
    if (kind === "command" && ids.length === 1) return { kind, commandId: first };
    if (kind === "proof" && ids.length === 2) return { kind, commandId: first, userId: second! };
    if (kind === "chat" && ids.length === 1) return { kind, messageId: first };
    if (kind === "avatar" && ids.length === 1) return { kind, userId: first };
  }
  return { kind: "unknown", text };
}

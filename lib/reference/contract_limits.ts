import { limits } from "../protocol/mod.ts";

/** Limits that a client meets. Those of this version stay or grow; all others are the server's own and may change. */
const contractNames = [
  "frameInBytes",
  "deliverFrameBytes",
  "deliverBatch",
  "windowMin",
  "windowDefault",
  "windowMax",
  "acceptKinds",
  "socketsPerPerson",
  "heartbeatMisses",
  "refusals",
  "refusalWindowMs",
  "requestBurst",
  "chatsPerSend",
  "shutdownMs",
  "reconnectBaseMs",
  "reconnectMaxMs",
  "ticketMs",
  "sessionMs",
  "renewMs",
  "proofMs",
  "keyLength",
  "keyKeptMs",
  "title",
  "body",
  "dataBytes",
  "dataDepth",
  "categories",
  "attachments",
  "recipients",
  "note",
  "optionsMin",
  "optionsMax",
  "formQuestions",
  "questionLabel",
  "timerSeconds",
  "answerText",
  "answerLong",
  "answerBytes",
  "scheduleMs",
  "inboxOpen",
  "openFromOne",
  "chatFromOne",
  "answerUndoMs",
  "answersAtOnce",
  "pageDefault",
  "pageMax",
  "searchLength",
  "waitSeconds",
  "waitsOfOne",
  "tokensPerPerson",
  "tokenName",
  "hookTemplate",
  "webhookUrl",
  "contacts",
  "contactRequestsOpen",
  "approachesPerDay",
  "blockedUsers",
  "passwordMin",
  "passwordMax",
  "displayName",
  "bio",
  "pronouns",
] as const satisfies readonly (keyof typeof limits)[];

export interface LimitRow {
  name: string;
  value: string;
  /** Whether clients can rely on it. */
  contract: boolean;
}

/** Every limit, those of the contract first. */
export function limitRows(): LimitRow[] {
  const contract = new Set<string>(contractNames);
  const row = (name: string, isContract: boolean): LimitRow => ({
    name,
    value: String(limits[name as keyof typeof limits]),
    contract: isContract,
  });
  return [
    ...contractNames.map((name) => row(name, true)),
    ...Object.keys(limits).filter((name) => !contract.has(name)).map((name) => row(name, false)),
  ];
}

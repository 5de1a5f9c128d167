import type { Caller, Clock } from "../platform/mod.ts";
import { type CommandDraft, limits, type Params, Refusal } from "../protocol/mod.ts";
import type { Edits } from "./edits.ts";
import { SendBudget } from "./send_budget.ts";
import type { Sender } from "./sender.ts";

/** What the gates ask other rooms. */
export interface GateNeeds {
  /** The caller with role, rights and name as the account has them now. */
  asNow(caller: Caller): Caller;
  /** MO-2: why a muted person may not send; null for everyone else. A promise only if other processes write mutes. */
  muted(userId: string): Refusal | null | Promise<Refusal | null>;
  /** MO-7: why a limited person may write to contacts only; null for everyone else. A promise as above. */
  limited(userId: string): Refusal | null | Promise<Refusal | null>;
  /** Whether all of these are contacts of the person, or the person. */
  areContacts(userId: string, usernames: readonly string[]): Promise<boolean>;
  /** WS-9: sends a minute for each person; 0 is no limit. */
  sendsPerMinute: number;
}

/** Lets the caller pass, as they are then, or refuses. */
export type Passage = Caller | Refusal;
type Gate<D = CommandDraft> = (caller: Caller, draft: D) => Passage | Promise<Passage>;

/**
 * The only way to the sender, and to the chat's, for socket, REST and forms. Each list names what a call must pass, in this
 * order. A group's role (BR-2) is checked behind the gates, where the group's members are read.
 */
export class SendGates {
  readonly #sender: Sender;
  readonly #edits: Edits;
  readonly #send: readonly Gate[];
  readonly #preview: readonly Gate[];
  readonly #chat: readonly Gate<null>[];

  constructor(sender: Sender, edits: Edits, needs: GateNeeds, clock: Clock) {
    const { asNow, muted, limited, sendsPerMinute } = needs;
    this.#sender = sender;
    this.#edits = edits;
    const budget = new SendBudget(sendsPerMinute, clock);
    const chatBudget = new SendBudget(sendsPerMinute * limits.chatsPerSend, clock);
    /** A socket's caller was read when it opened. */
    const current: Gate<unknown> = (caller) => asNow(caller);
    /** WS-9 */
    const withinBudget: Gate<unknown> = (caller) => budget.take(caller) ?? caller;
    const withinChatBudget: Gate<unknown> = (caller) => chatBudget.take(caller) ?? caller;
    /** MO-2 */
    const notMuted: Gate<unknown> = (caller) => {
      const refusal = muted(caller.userId);
      return refusal instanceof Promise ? refusal.then((later) => later ?? caller) : refusal ?? caller;
    };
    /** MO-7 */
    const toContacts: Gate = (caller, { audience }) => {
      const refusal = limited(caller.userId);
      if (refusal === null) return caller;
      const asked = audience.kind === "user" && needs.areContacts(caller.userId, audience.to);
      return Promise.all([refusal, asked]).then(([found, contacts]) => contacts ? caller : found ?? caller);
    };
    this.#send = [onlyAsks, current, withinBudget, notMuted, toContacts, mayBroadcast];
    this.#preview = [current, mayBroadcast];
    // MO-7 is asked once the chat knows whom a thread leads to.
    this.#chat = [current, withinChatBudget, notMuted];
  }

  send(caller: Caller, draft: CommandDraft): ReturnType<Sender["send"]> {
    return whenPassed(this.#send, caller, draft, async (passage) => {
      if (!(passage instanceof Refusal)) return await this.#sender.send(passage, draft);
      // CM-1: a key that was answered before keeps its answer.
      return await this.#sender.answered(caller, draft) ?? passage;
    });
  }

  /** CM-11: an edit passes what the command with its change would pass. */
  async edit(caller: Caller, change: Params<"command.edit">): ReturnType<Edits["edit"]> {
    const draft = await this.#edits.draft(caller, change);
    if (draft instanceof Refusal) return draft;
    return await whenPassed(this.#send, caller, draft, async (passage) => {
      return passage instanceof Refusal ? passage : await this.#edits.edit(passage, change);
    });
  }

  /** Takes a chat message through its gates. */
  chat<T>(caller: Caller, then: (passage: Passage) => Promise<T>): Promise<T> {
    return whenPassed(this.#chat, caller, null, then);
  }

  preview(caller: Caller, draft: CommandDraft): ReturnType<Sender["preview"]> {
    return whenPassed(this.#preview, caller, draft, async (passage) => {
      return passage instanceof Refusal ? passage : await this.#sender.preview(passage, draft);
    });
  }
}

/** BR-2: a category and everyone need the right to broadcast. */
/**
 * CO-12, AU-11: the grant of a person to a program is a token of their own with the scope `ask`. It puts questions to that person alone,
 * under all of their rules. A token without `send` comes this far only with it.
 */
function onlyAsks(caller: Caller, { audience, kind, attachments = [] }: CommandDraft): Passage {
  if (caller.scopes === undefined || caller.scopes.includes("send")) return caller;
  const isQuestion = kind === "choice" && attachments.length === 0;
  const toSelf = audience.kind === "user" && audience.to.every((name) => name === caller.username);
  return isQuestion && toSelf ? caller : new Refusal("forbidden", "token.ask");
}

function mayBroadcast(caller: Caller, { audience }: CommandDraft): Passage {
  switch (audience.kind) {
    case "user":
    case "group":
      return caller;
    case "category":
    case "all":
      if (caller.rights.broadcast) return caller;
      return new Refusal(
        "forbidden",
        "send.broadcast",
      );
    default:
      return audience satisfies never;
  }
}

/**
 * Goes through the gates and then calls `then`, before it returns unless a gate waits: sends that are called in order
 * reach the sender in order (DL-5).
 */
function whenPassed<T, D>(
  gates: readonly Gate<D>[],
  caller: Caller,
  draft: D,
  then: (passage: Passage) => Promise<T>,
): Promise<T> {
  let current = caller;
  for (let at = 0; at < gates.length; at++) {
    const passage = gates[at]!(current, draft);
    if (passage instanceof Promise) {
      const rest = gates.slice(at + 1);
      return passage.then((later) =>
        later instanceof Refusal ? then(later) : whenPassed(rest, later, draft, then)
      );
    }
    if (passage instanceof Refusal) return then(passage);
    current = passage;
  }
  return then(current);
}

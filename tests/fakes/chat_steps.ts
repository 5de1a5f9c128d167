import type { GateNeeds } from "../../lib/commands/mod.ts";
import { type Caller, iso } from "../../lib/platform/mod.ts";
import { type ChatDraft, chatDraft, type ChatMessage, type ChatPage } from "../../lib/protocol/mod.ts";
import { CommandRig, taken } from "./command_rig.ts";

/** People in a rig who chat. */
export class ChatSteps {
  readonly rig: CommandRig;
  #keys = 0;

  constructor(rig: CommandRig) {
    this.rig = rig;
  }

  draft(to: Caller | string, body: string, change: Partial<ChatDraft> = {}): ChatDraft {
    const where = typeof to === "string" ? { thread: to } : { to: to.username };
    return chatDraft.parse({ key: `chat-${this.#keys++}`, ...where, body, ...change });
  }

  /** To a person, or on the thread of a command. */
  async say(from: Caller, to: Caller | string, body: string, change: Partial<ChatDraft> = {}) {
    return taken(await this.rig.chat.send(from, this.draft(to, body, change))).message;
  }

  async page(reader: Caller, other: Caller | string, change: { before?: string; limit?: number } = {}) {
    const where = typeof other === "string" ? { thread: other } : { with: other.username };
    return taken(await this.rig.chat.list(reader, { ...where, ...change }));
  }

  /** The texts that a person reads, oldest first. */
  async read(reader: Caller, other: Caller | string): Promise<string[]> {
    return textsOf(await this.page(reader, other));
  }

  /** What a person's devices heard of the chat beside the messages. */
  heard(who: Caller): unknown[] {
    return this.rig.bell.rung
      .filter(({ userId, method }) => userId === who.userId && method === "chat.changed")
      .map(({ params }) => params);
  }
}

/** Ann and Bob, who are contacts, and Cleo, whom nobody knows. */
export async function openChatSteps(gates: Partial<GateNeeds> = {}) {
  const rig = await CommandRig.open({ gates });
  const [ann, bob, cleo] = [rig.person("ann"), rig.person("bob"), rig.person("cleo")];
  rig.connect(ann, bob);
  const steps = new ChatSteps(rig);
  return { rig, steps, ann, bob, cleo, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

export function textsOf({ messages }: Pick<ChatPage, "messages">): string[] {
  return messages.map(({ body, retractedAt }: ChatMessage) => retractedAt === null ? body : "(retracted)");
}

/** A window of quiet hours around now. */
export function quietNow(now: number) {
  return {
    from: iso(now - 3600_000).slice(11, 16),
    to: iso(now + 3600_000).slice(11, 16),
  };
}

import type { Person, Thread } from "../commands/mod.ts";
import type { Question, Relation } from "../consent/mod.ts";
import { stranger } from "../consent/mod.ts";
import type { Caller } from "../platform/mod.ts";
import { Refusal, say } from "../protocol/mod.ts";
import type { Needs } from "./needs.ts";

/** A talk of two people, seen from one of them. */
export interface Talk {
  id: string;
  me: Person;
  other: Person;
  /** The command that it is about. */
  thread: Thread | null;
}

/** Which talk a call is about. */
export interface Where {
  with?: string | undefined;
  thread?: string | undefined;
}

/** The name of a talk in the store: of two contacts, or of a command and one of its recipients. */
export function talkIdOf(one: string, other: string, thread?: { commandId: string; recipientId: string }) {
  if (thread !== undefined) return `t:${thread.commandId}:${thread.recipientId}`;
  return one < other ? `c:${one}:${other}` : `c:${other}:${one}`;
}

/** Finds talks by what a call names, and says who may write in them (CH-1). */
export class Talks {
  readonly #needs: Pick<Needs, "people" | "threads" | "limited">;

  constructor(needs: Pick<Needs, "people" | "threads" | "limited">) {
    this.#needs = needs;
  }

  /** The talk that a call names, to read in it. */
  async find(caller: Caller, where: Where): Promise<Talk | Refusal> {
    const me = personOf(caller);
    return where.thread === undefined
      ? await this.#withPerson(me, where.with ?? "")
      : await this.#onThread(me, where.thread, where.with);
  }

  /** The same, to write in it. Nothing here depends on the other side's rules (CO-10). */
  async findToWrite(caller: Caller, where: Where): Promise<Talk | Refusal> {
    const talk = await this.find(caller, where);
    if (talk instanceof Refusal) return talk;
    if (talk.thread?.scheduled === true) return new Refusal("conflict", "chat.scheduled");
    const { contact } = await this.#relation(talk.me.id, talk.other.id);
    if (contact) return talk;
    if (talk.thread === null) return new Refusal("forbidden", "chat.contact");
    return await this.#needs.limited(talk.me.id) ?? talk;
  }

  async #withPerson(me: Person, username: string): Promise<Talk | Refusal> {
    const other = (await this.#needs.people.byUsernames([username])).get(username);
    if (other === undefined) return new Refusal("not_found", "person.unknown");
    if (other.id === me.id) return new Refusal("conflict", "chat.self");
    return { id: talkIdOf(me.id, other.id), me, other, thread: null };
  }

  async #onThread(me: Person, commandId: string, username: string | undefined): Promise<Talk | Refusal> {
    const { threads } = this.#needs;
    const missing = new Refusal("not_found", "chat.thread");
    const thread = (await threads.byIds([commandId])).get(commandId);
    if (thread === undefined) return missing;
    if (thread.senderId === me.id) return await this.#withRecipient(me, thread, username);
    const had = await threads.had(me.id, commandId);
    if (had !== "open" && had !== "sealed") return missing;
    if (thread.audience === null) return new Refusal("forbidden", "chat.broadcast");
    const other = (await this.#needs.people.byIds([thread.senderId])).get(thread.senderId);
    if (other === undefined || (username !== undefined && username !== other.username)) return missing;
    const id = talkIdOf(me.id, other.id, { commandId, recipientId: me.id });
    return { id, me, other, thread };
  }

  async #withRecipient(me: Person, thread: Thread, username: string | undefined): Promise<Talk | Refusal> {
    const { people, threads } = this.#needs;
    const { commandId, audience, recipients } = thread;
    if (audience === null) return new Refusal("forbidden", "chat.broadcast");
    if (username === undefined && recipients.length !== 1) {
      return new Refusal("invalid_params", "chat.recipient", { fields: { with: "field.talk" } });
    }
    const other = username === undefined
      ? (await people.byIds(recipients)).get(recipients[0]!)
      : (await people.byUsernames([username])).get(username);
    if (other?.id === me.id) return new Refusal("conflict", "chat.self");
    if (other === undefined || !await threads.isFor(other.id, commandId)) {
      return new Refusal("not_found", say("command.recipient", { name: username ?? "" }));
    }
    const id = talkIdOf(me.id, other.id, { commandId, recipientId: other.id });
    return { id, me, other, thread };
  }

  /** What consent needs to know of a message from one side of a talk to the other. */
  async asked(
    { thread }: Pick<Talk, "thread">,
    from: Pick<Person, "id" | "username">,
    toId: string,
  ): Promise<{ relation: Relation; question: Question }> {
    const relation = await this.#relation(toId, from.id);
    const base = { from: { username: from.username }, kind: "chat" } as const;
    if (thread === null) {
      return { relation, question: { ...base, audience: { kind: "user" }, categories: [], chat: "message" } };
    }
    if (thread.senderId !== from.id) {
      return { relation, question: { ...base, audience: { kind: "user" }, categories: [], chat: "reply" } };
    }
    const { categories, commandId } = thread;
    const audience = thread.audience ?? { kind: "user" };
    const sharesGroup = audience.kind === "group"
      ? await this.#needs.threads.isFor(toId, commandId)
      : relation.sharesGroup;
    return {
      relation: { ...relation, sharesGroup },
      question: { ...base, audience, categories, chat: "message" },
    };
  }

  async #relation(userId: string, otherId: string): Promise<Relation> {
    return (await this.#needs.people.relationsOf(userId, [otherId])).get(otherId) ?? stranger;
  }
}

function personOf({ userId, username, displayName }: Caller): Person {
  return { id: userId, username, displayName };
}

import { decide, type Decision, type Relation, type Standing, stranger, withheldBy } from "../consent/mod.ts";
import type { Caller } from "../platform/mod.ts";
import { type CommandDraft, limits, Refusal, say } from "../protocol/mod.ts";
import { attach, nothingAttached } from "./attachments.ts";
import type { Audience, BroadcastPlan } from "./audience.ts";
import { categoriesOf, type CheckedDraft, checkTimes } from "./new_command.ts";
import type { Parts } from "./parts.ts";
import type { Person, SenderKind } from "./ports.ts";

/** A recipient of a direct command, with what their rules say now. */
export interface Recipient {
  person: Person;
  senderKind: SenderKind;
  decision: Decision;
  /** The rule that withholds it, also where a stop holds everything first. */
  rule: string | null;
  standing: Standing;
  /** The person's epoch before anything was read for the decision. */
  epoch: number;
}

/** A draft that passed every check, with its audience. */
export interface Checked extends CheckedDraft {
  /** Empty for a broadcast. */
  recipients: Recipient[];
  /** Null for a direct command. */
  plan: BroadcastPlan | null;
}

/** Checks a draft for a send or a preview: times, categories, files, audience, and consent for each recipient. */
export class DraftCheck {
  readonly #parts: Parts;
  readonly #audience: Audience;

  constructor(parts: Parts, audience: Audience) {
    this.#parts = parts;
    this.#audience = audience;
  }

  async check(caller: Caller, draft: CommandDraft): Promise<Checked | Refusal> {
    const content = await this.#content(caller, draft);
    if (content instanceof Refusal) return content;
    if (draft.audience.kind !== "user") return await this.#planned(caller, draft, content);
    const names = [...new Set(draft.audience.to)];
    const found = await this.#parts.people.byUsernames(names);
    const missing = names.find((name) => !found.has(name));
    if (missing !== undefined) {
      return new Refusal("not_found", say("send.person", { name: missing }), {
        fields: { "audience.to": say("field.recipient", { name: missing }) },
      });
    }
    const persons = names.map((name) => found.get(name)!);
    const asked = await this.#asked(caller, persons);
    const full = await this.#fullInbox(caller, persons, asked.relations);
    if (full !== null) return full;
    return {
      recipients: await this.#decideAll(caller, draft, persons, asked, content.categories),
      plan: null,
      ...content,
    };
  }

  /** CM-11: the same for a command that has its recipients: it counts against their inboxes already. */
  async checkAgain(caller: Caller, draft: CommandDraft, persons: Person[]): Promise<Checked | Refusal> {
    const content = await this.#content(caller, draft);
    if (content instanceof Refusal) return content;
    if (draft.audience.kind !== "user") return await this.#planned(caller, draft, content);
    const asked = await this.#asked(caller, persons);
    return {
      recipients: await this.#decideAll(caller, draft, persons, asked, content.categories),
      plan: null,
      ...content,
    };
  }

  async #content(caller: Caller, draft: CommandDraft): Promise<CheckedDraft | Refusal> {
    const { consent, files, clock, retentionDays } = this.#parts;
    const times = checkTimes(draft, clock.now(), retentionDays);
    if (times instanceof Refusal) return times;
    const categories = categoriesOf(draft);
    if (categories.length > limits.categories) return tooManyCategories();
    const unknown = await consent.unknownCategory(categories);
    if (unknown !== null) return unknown;
    const { attachments } = draft;
    const attached = attachments === undefined
      ? nothingAttached
      : await attach(files, caller, attachments, "attachments");
    if (attached instanceof Refusal) return attached;
    return { categories, times, attached };
  }

  async #planned(caller: Caller, draft: CommandDraft, content: CheckedDraft): Promise<Checked | Refusal> {
    const plan = await this.#audience.plan(caller, draft, content.categories);
    return plan instanceof Refusal ? plan : { recipients: [], plan, ...content };
  }

  async #asked(caller: Caller, persons: readonly Person[]) {
    const { people, bell } = this.#parts;
    const epochs = new Map(persons.map(({ id }) => [id, bell.epoch(id)]));
    return { epochs, relations: await people.relationsOf(caller.userId, persons.map(({ id }) => id)) };
  }

  async #decideAll(
    caller: Caller,
    draft: CommandDraft,
    persons: Person[],
    { epochs, relations }: { epochs: ReadonlyMap<string, number>; relations: ReadonlyMap<string, Relation> },
    categories: string[],
  ) {
    const { consent, clock } = this.#parts;
    const question = {
      from: { username: caller.username },
      audience: { kind: draft.audience.kind },
      kind: draft.kind,
      categories,
    };
    return await Promise.all(persons.map(async (person) => {
      const standing = await consent.standing(person.id);
      const relation = relations.get(person.id) ?? stranger;
      const decision = decide(standing, relation, question, clock.now());
      const rule = withheldBy(standing, relation, question, clock.now());
      return {
        person,
        senderKind: senderKindOf(relation),
        decision,
        rule,
        standing,
        epoch: epochs.get(person.id)!,
      };
    }));
  }

  /**
   * DL-7. Withheld commands count too, and the limits are checked before consent, so that the answer reveals no block, also to
   * several senders together (CO-10). Contacts, people who share a group, and others have their own room in an inbox: strangers
   * whom a person blocks cannot fill the room of their contacts.
   */
  async #fullInbox(
    { userId }: Caller,
    persons: Person[],
    relations: ReadonlyMap<string, Relation>,
  ): Promise<Refusal | null> {
    for (const { id, username: name } of persons) {
      const kind = senderKindOf(relations.get(id) ?? stranger);
      let counts = await this.#parts.store.openCounts(id);
      const isFull = () =>
        counts.from(userId) >= limits.openFromOne || counts.ofKind(kind) >= limits.inboxOpen;
      if (isFull() && !counts.exact) counts = await this.#parts.store.openCounts(id, true);
      if (!isFull()) continue;
      return counts.from(userId) >= limits.openFromOne
        ? new Refusal("queue_full", say("send.openFromOne", { name, count: limits.openFromOne }))
        : new Refusal("queue_full", say("send.inbox", { name }));
    }
    return null;
  }
}

/** The server's notices to an administrator have the room of contacts: strangers must not be able to keep them out. */
function senderKindOf({ contact, sharesGroup, administers = false }: Relation): SenderKind {
  return contact || administers ? "contact" : sharesGroup ? "group" : "other";
}

function tooManyCategories(): Refusal {
  return new Refusal(
    "invalid_params",
    say("send.categories", { count: limits.categories }),
    {
      fields: { categories: "field.removeOne" },
    },
  );
}

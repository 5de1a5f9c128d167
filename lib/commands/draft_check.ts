import { decide, type Decision, type Standing, stranger, withheldBy } from "../consent/mod.ts";
import type { Caller } from "../platform/mod.ts";
import { type CommandDraft, limits, Refusal, say } from "../protocol/mod.ts";
import { attach, nothingAttached } from "./attachments.ts";
import type { Audience, BroadcastPlan } from "./audience.ts";
import type { InboxBounds } from "./inbox_bounds.ts";
import { categoriesOf, type CheckedDraft, checkTimes } from "./new_command.ts";
import type { Parts } from "./parts.ts";
import type { Person } from "./ports.ts";

/** A recipient of a direct command, with what their rules say now. */
export interface Recipient {
  person: Person;
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
  readonly #bounds: InboxBounds;

  constructor(parts: Parts, audience: Audience, bounds: InboxBounds) {
    this.#parts = parts;
    this.#audience = audience;
    this.#bounds = bounds;
  }

  async check(caller: Caller, draft: CommandDraft): Promise<Checked | Refusal> {
    const { consent, people, files, clock, retentionDays } = this.#parts;
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
    if (draft.audience.kind !== "user") {
      const plan = await this.#audience.plan(caller, draft, categories);
      return plan instanceof Refusal ? plan : { recipients: [], plan, categories, times, attached };
    }
    const names = [...new Set(draft.audience.to)];
    const found = await people.byUsernames(names);
    const missing = names.find((name) => !found.has(name));
    if (missing !== undefined) {
      return new Refusal("not_found", say("send.person", { name: missing }), {
        fields: { "audience.to": say("field.recipient", { name: missing }) },
      });
    }
    const persons = names.map((name) => found.get(name)!);
    const full = await this.#fullInbox(persons);
    if (full !== null) return full;
    return {
      recipients: await this.#decideAll(caller, draft, persons, categories),
      plan: null,
      categories,
      times,
      attached,
    };
  }

  async #decideAll(caller: Caller, draft: CommandDraft, persons: Person[], categories: string[]) {
    const { consent, people, clock, bell } = this.#parts;
    const epochs = new Map(persons.map(({ id }) => [id, bell.epoch(id)]));
    const relations = await people.relationsOf(caller.userId, persons.map((person) => person.id));
    const question = {
      from: { username: caller.username },
      audience: { kind: draft.audience.kind },
      categories,
    };
    return await Promise.all(persons.map(async (person) => {
      const standing = await consent.standing(person.id);
      const relation = relations.get(person.id) ?? stranger;
      const decision = decide(standing, relation, question, clock.now());
      const rule = withheldBy(standing, relation, question);
      return { person, decision, rule, standing, epoch: epochs.get(person.id)! };
    }));
  }

  /** DL-7. Checked before consent, so that a full inbox reveals no block. */
  async #fullInbox(persons: Person[]): Promise<Refusal | null> {
    for (const { id, username } of persons) {
      if (await this.#bounds.isFull(id)) {
        return new Refusal(
          "queue_full",
          say("send.inbox", { name: username }),
        );
      }
    }
    return null;
  }
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

import { decide, type Decision, type Standing, withheldBy } from "../consent/mod.ts";
import type { Caller, Fresh } from "../platform/mod.ts";
import { type AudienceCounts, type Command, type CommandDraft, limits, Refusal } from "../protocol/mod.ts";
import { attach, type Attached, carried, nothingAttached } from "./attachments.ts";
import type { CastPlan } from "./broadcasts.ts";
import { checkTimes, digestOf, type Times } from "./draft.ts";
import { firstRecord } from "./first_record.ts";
import type { Inbox } from "./inbox.ts";
import type { Parts } from "./parts.ts";
import { categoriesOf, commandOf, firstJobs } from "./new_command.ts";
import type { CommandRecord, Person, SentKey } from "./ports.ts";
import { forRecipient } from "./views.ts";

const dayMs = 24 * 3600_000;
/** People of whom a bound is kept; beyond that all are counted anew. */
const boundsKept = 100_000;

interface Sent {
  command: Command;
  audience: AudienceCounts;
}

interface Recipient {
  person: Person;
  decision: Decision;
  /** The rule that withholds it, also where a stop holds everything back first. */
  rule: string | null;
  standing: Standing;
  /** The person's mark before anything was read for the decision. */
  mark: number;
}

/** A draft that passed every check: who gets it, and what their rules say now. */
interface Checked {
  recipients: Recipient[];
  /** Set for a cast, which has no recipients of its own. */
  plan: CastPlan | null;
  categories: string[];
  times: Times;
  attached: Attached;
}

/** Takes commands in (CM-1, CM-2, BR-1 to BR-3): one commit, then the answer, then the ring. */
export class Sender {
  readonly #parts: Parts;
  readonly #inbox: Inbox;
  /** The last step of each sender that is still being checked: sends of one sender are committed in call order (DL-5). */
  readonly #lanes = new Map<string, Promise<unknown>>();
  /** Sends with a key that are not answered yet. */
  readonly #underWay = new Map<string, Promise<Sent | Refusal>>();
  /** Upper bounds of the inbox counts, true while this process alone adds to them. */
  readonly #bounds = new Map<string, number>();

  constructor(parts: Parts, inbox: Inbox) {
    this.#parts = parts;
    this.#inbox = inbox;
  }

  async send(caller: Caller, draft: CommandDraft): Promise<Sent | Refusal> {
    const name = `${caller.userId} ${draft.key}`;
    const before = this.#underWay.get(name);
    if (before !== undefined) {
      await before.catch(() => undefined);
      return await this.send(caller, draft);
    }
    const sending = this.#sendOnce(caller, draft);
    this.#underWay.set(name, sending);
    try {
      return await sending;
    } finally {
      this.#underWay.delete(name);
    }
  }

  /** The answer that this key got before (CM-1); null when there is none, or its time is over. */
  async answered(caller: Caller, draft: CommandDraft): Promise<Sent | Refusal | null> {
    const { store, clock } = this.#parts;
    await this.#underWay.get(`${caller.userId} ${draft.key}`)?.catch(() => undefined);
    const known = await store.sentKey(caller.userId, draft.key);
    if (known === null || known.sent.expiresMs <= clock.now()) return null;
    return await this.#answerOf(known.sent, digestOf(draft));
  }

  async preview(caller: Caller, draft: CommandDraft): Promise<AudienceCounts | Refusal> {
    const checked = await this.#check(caller, draft);
    return checked instanceof Refusal ? checked : this.#counts(caller, checked);
  }

  async #sendOnce(caller: Caller, draft: CommandDraft): Promise<Sent | Refusal> {
    const digest = digestOf(draft);
    const { store, clock } = this.#parts;
    const accepted = await this.#inLane(caller.userId, async () => {
      const checked = await this.#check(caller, draft);
      if (checked instanceof Refusal) return checked;
      return this.#accept(caller, draft, digest, checked);
    });
    if (!(accepted instanceof Refusal)) {
      const sent = await accepted.committed;
      if (sent !== null) return sent;
    }
    // Refused, or the key is taken: what was answered to this key before is the answer still (CM-1).
    const known = await store.sentKey(caller.userId, draft.key);
    if (known === null || known.sent.expiresMs <= clock.now()) {
      if (accepted instanceof Refusal) return accepted;
      return await this.#sendAgain(caller, draft, digest, known?.version);
    }
    return await this.#answerOf(known.sent, digest);
  }

  /** The key's record ran out but still lies there and is replaced; or what is known of a file changed meanwhile. */
  async #sendAgain(
    caller: Caller,
    draft: CommandDraft,
    digest: string,
    version: string | undefined,
    tries: number = limits.writeTries,
  ): Promise<Sent | Refusal> {
    const checked = await this.#check(caller, draft);
    if (checked instanceof Refusal) return checked;
    const sent = await this.#accept(caller, draft, digest, checked, version).committed;
    if (sent !== null) return sent;
    const known = await this.#parts.store.sentKey(caller.userId, draft.key);
    if (known !== null && known.sent.expiresMs > this.#parts.clock.now()) {
      return await this.#answerOf(known.sent, digest);
    }
    if (tries === 1) return new Refusal("unavailable", "This could not be sent just now. Send it again.");
    return await this.#sendAgain(caller, draft, digest, known?.version, tries - 1);
  }

  async #answerOf(known: SentKey, digest: string): Promise<Sent | Refusal> {
    if (known.digest !== digest) {
      return new Refusal("conflict", "This key was used for another command. Use a new key for new content.");
    }
    const record = (await this.#parts.store.commands([known.commandId])).get(known.commandId);
    if (record === undefined) {
      return new Refusal("expired", "The command that was sent with this key has ended.");
    }
    return { command: record.command, audience: known.audience };
  }

  /** Runs `step` after the sender's steps before it; the next one waits only for what `step` itself awaits. */
  async #inLane<T>(senderId: string, step: () => Promise<T>): Promise<T> {
    const before = this.#lanes.get(senderId);
    const running = before === undefined ? step() : before.then(step, step);
    this.#lanes.set(senderId, running);
    try {
      return await running;
    } finally {
      if (this.#lanes.get(senderId) === running) this.#lanes.delete(senderId);
    }
  }

  async #check(caller: Caller, draft: CommandDraft): Promise<Checked | Refusal> {
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
      const plan = await this.#parts.casts.plan(caller, draft, categories);
      return plan instanceof Refusal ? plan : { recipients: [], plan, categories, times, attached };
    }
    const names = [...new Set(draft.audience.to)];
    const found = await people.byUsernames(names);
    const missing = names.find((name) => !found.has(name));
    if (missing !== undefined) {
      return new Refusal("not_found", `There is nobody called "${missing}" here. Check the name.`, {
        fields: { "audience.to": `"${missing}" is not a user` },
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
    const marks = new Map(persons.map(({ id }) => [id, bell.mark(id)]));
    const relations = await people.relationsOf(caller.userId, persons.map((person) => person.id));
    const question = {
      from: { username: caller.username },
      audience: { kind: draft.audience.kind },
      categories,
    };
    return await Promise.all(persons.map(async (person) => {
      const standing = await consent.standing(person.id);
      const relation = relations.get(person.id) ?? { contact: false, sharesGroup: false };
      const decision = decide(standing, relation, question, clock.now());
      const rule = withheldBy(standing, relation, question);
      return { person, decision, rule, standing, mark: marks.get(person.id)! };
    }));
  }

  /** DL-7. Asked before consent, so that a full inbox tells nothing about a block. */
  async #fullInbox(persons: Person[]): Promise<Refusal | null> {
    for (const { id, username } of persons) {
      let bound = this.#parts.exclusive ? this.#bounds.get(id) : undefined;
      // The bound only rises until it is read anew, so below the limit it needs no look at the store.
      if (bound === undefined || bound >= limits.inboxOpen) {
        bound = await this.#parts.store.inboxCountAfter(id, null);
      }
      if (this.#bounds.size >= boundsKept) this.#bounds.clear();
      this.#bounds.set(id, bound);
      if (bound >= limits.inboxOpen) {
        return new Refusal(
          "queue_full",
          `The inbox of "${username}" is full. Send again when it has been worked off.`,
        );
      }
    }
    return null;
  }

  /** Writes it; `committed` is null when the key is taken. */
  #accept(caller: Caller, draft: CommandDraft, digest: string, checked: Checked, version?: string) {
    const { store, clock, ids, retentionDays } = this.#parts;
    const now = clock.now();
    const command = commandOf(caller, draft, checked, ids.next(), now);
    const record: CommandRecord = {
      command,
      senderId: caller.userId,
      recipients: checked.recipients.map(({ person }) => person.id),
      expiresMs: checked.times.expiresMs,
      ...(checked.plan === null ? {} : { cast: checked.plan.cast }),
    };
    const states = checked.recipients.map(({ person, decision, rule }) => ({
      userId: person.id,
      allowedBy: decision.verdict === "deliver" ? decision.allowedBy : null,
      // What a scheduled command meets is decided when its time has come.
      withheldBy: command.deliverAt === null ? rule : null,
    }));
    const audience = this.#counts(caller, checked);
    const sent: SentKey = { commandId: command.id, digest, audience, expiresMs: now + limits.keyKeptMs };
    const replacesKey = version === undefined ? undefined : { version };
    const jobs = firstJobs(record);
    for (const { userId } of states) {
      const bound = this.#bounds.get(userId);
      if (bound !== undefined) this.#bounds.set(userId, bound + 1);
    }
    const carries = carried(
      checked.attached,
      `command:${command.id}`,
      record.expiresMs + retentionDays * dayMs,
    );
    const accepting = store.accept({ record, states, key: draft.key, sent, replacesKey, jobs, carries });
    const committed = accepting.then((place) => {
      if (place === null) return null;
      if (command.deliverAt === null) {
        if (checked.plan !== null) this.#parts.casts.ring(record, place, checked.plan.marks);
        for (const recipient of checked.recipients) this.#ring(record, recipient, place);
      }
      return { command, audience };
    });
    // The lane hands this promise on; a failure is the awaiting caller's to hear, never an unhandled one.
    committed.catch(() => undefined);
    return { committed };
  }

  /** Tells a recipient's devices; those that are up to date get it from here, the others read their log. */
  #ring(record: CommandRecord, { person, decision, rule, standing, mark }: Recipient, place: string): void {
    const { bell } = this.#parts;
    if (decision.verdict === "withhold" || rule !== null) return;
    // A daily limit is counted in the store before anything is handed over, so its reader has to look there.
    if (
      decision.verdict === "hold" || standing.preferences.dailyLimit !== null || !bell.isOnline(person.id)
    ) {
      return bell.ring(person.id);
    }
    const first = firstRecord(record.command, { allowedBy: decision.allowedBy, withheldBy: null });
    const command = forRecipient(record.command, first, standing.preferences);
    const fresh: Fresh = {
      delivery: { cursor: place, command, state: first.state },
      kind: record.command.kind,
      mark,
    };
    this.#inbox.expecting(command.id)(person.id, { ...first, place }, place);
    bell.ring(person.id, fresh);
  }

  /** BR-3: an administrator sees the truth; others only what tells nothing about a single person. */
  #counts(caller: Caller, { recipients, plan }: Checked): AudienceCounts {
    if (plan !== null) return plan.counts;
    const online = recipients.filter(({ person }) => this.#parts.bell.isOnline(person.id)).length;
    const matched = recipients.length;
    if (caller.role !== "admin") {
      return {
        matched: matched === 1 ? 1 : small(matched),
        online: matched === 1 ? "<5" : small(online),
        offline: matched === 1 ? "<5" : small(matched - online),
        excluded: {},
      };
    }
    const excluded: Record<string, number> = {};
    for (const { rule } of recipients) {
      if (rule !== null) excluded[rule] = (excluded[rule] ?? 0) + 1;
    }
    return { matched, online, offline: matched - online, excluded };
  }
}

function small(count: number): number | "<5" {
  return count < 5 ? "<5" : count;
}

function tooManyCategories(): Refusal {
  return new Refusal(
    "invalid_params",
    `A command has at most ${limits.categories} categories, its audience included.`,
    {
      fields: { categories: "leave one out" },
    },
  );
}

import {
  type Bell,
  type Caller,
  type Clock,
  iso,
  type NoticeList,
  type OwedNotice,
} from "../platform/mod.ts";
import {
  type Answer,
  type Contact,
  type ContactChanged,
  type ContactList,
  type ContactRequest,
  limits,
  type NewNotice,
  type Params,
  Refusal,
  say,
} from "../protocol/mod.ts";
import type { ApproachLimit } from "./approach_limit.ts";
import type { People, Person } from "./people.ts";
import { type Named, shownTo, type TextRules } from "./text_rules.ts";
import type { ContactPair, ContactRecord, ContactsStore } from "./ports.ts";

type Relation = ContactChanged["relation"];

export interface ContactsNeeds {
  store: ContactsStore;
  people: People;
  bell: Pick<Bell, "isOnline" | "consentChanged" | "changedEverywhere" | "notify">;
  notices: NoticeList<NewNotice>;
  clock: Clock;
  /** The person's rules for others' text (CO-11). */
  textRules(userId: string): Promise<TextRules>;
  /** Why the person may not send requests (MO-2); null if they may. */
  muted(userId: string): Refusal | null | Promise<Refusal | null>;
  limit: ApproachLimit;
  /** Categories that the person allows, if they share their preferences; null if not. */
  sharedLimits(userId: string): Promise<string[] | null>;
  /** What the person shows a contact of the grant for them (CO-12); undefined if they show nothing. */
  shownGrant(userId: string, contact: string): Promise<Contact["grant"]>;
  /** The caller removes a contact themselves: what they allowed that contact in particular ends (CO-12). */
  removed(caller: Caller, username: string): Promise<void>;
  /** Those of the others who share a group with the person (BR-6). */
  sharesGroup(userId: string, otherIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Both sides after a step, and whether the other person is notified. Null when nothing changes. */
interface Step {
  mine: ContactRecord | null;
  theirs: ContactRecord | null;
  tellOther: boolean;
}

/** Contacts and contact requests (CO-5). Both sides of a pair are always written together. */
export class Contacts {
  readonly #needs: ContactsNeeds;

  constructor(needs: ContactsNeeds) {
    this.#needs = needs;
  }

  /**
   * Sends a request. It looks the same to the sender whether it arrives, waits or is withheld, and a repeat changes nothing
   * (CO-10, CO-11).
   */
  async request(caller: Caller, params: Params<"contact.request">): Answer<ContactChanged> {
    const muted = await this.#needs.muted(caller.userId);
    if (muted !== null) return muted;
    let counted = false;
    return await this.#step(caller, params.username, async (other, { mine, theirs }) => {
      if (mine !== null && mine.relation !== "incoming") return mine.relation;
      const createdAt = this.#needs.clock.now();
      if (mine === null && !counted) {
        const refused = await this.#requestsFull(caller.userId) ??
          await this.#needs.limit.take("requests", caller.userId, other.id);
        if (refused !== null) return refused;
        counted = true;
      }
      // Both sent a request, so they are contacts. This also holds if a block hid the other's request.
      if (mine?.relation === "incoming" || theirs?.relation === "outgoing") {
        return await this.#connected(caller.userId, other.id, createdAt);
      }
      const note = params.note ?? null;
      const outgoing: ContactRecord = { otherId: other.id, relation: "outgoing", note, createdAt };
      const approach = (await this.#needs.textRules(other.id)).approach(caller.username);
      // A full list withholds it too: a refusal would tell several people together whose requests are in it. It is read in
      // any case, so that the answer takes as long.
      const full = await this.#count(other.id, "incoming") >= limits.contactRequestsOpen;
      if (approach === "withhold" || full) {
        return { mine: outgoing, theirs: null, tellOther: false };
      }
      const incoming: ContactRecord = { otherId: caller.userId, relation: "incoming", note, createdAt };
      return { mine: outgoing, theirs: incoming, tellOther: true };
    });
  }

  accept(caller: Caller, params: Params<"contact.accept">): Answer<ContactChanged> {
    return this.#step(caller, params.username, async (other, { mine }) => {
      if (mine?.relation === "contact") return "contact";
      if (!await this.#hasRequest(caller, other, mine)) return noRequest();
      return await this.#connected(caller.userId, other.id, this.#needs.clock.now());
    });
  }

  decline(caller: Caller, params: Params<"contact.decline">): Answer<ContactChanged> {
    return this.#step(caller, params.username, async (other, { mine }) => {
      if (!await this.#hasRequest(caller, other, mine)) return noRequest();
      return { mine: null, theirs: null, tellOther: true };
    });
  }

  /** Whether the caller has a request of the other that their rules show. */
  async #hasRequest(caller: Caller, other: Person, mine: ContactRecord | null): Promise<boolean> {
    if (mine?.relation !== "incoming") return false;
    return (await this.#needs.textRules(caller.userId)).approach(other.username) === "arrive";
  }

  /** Removes a contact, or withdraws the caller's own request. */
  remove(caller: Caller, params: Params<"contact.remove">): Answer<ContactChanged> {
    return this.#step(caller, params.username, async (_other, { mine, theirs }) => {
      if (mine === null || mine.relation === "incoming") return new Refusal("not_found", "contact.none");
      // First: after a crash between the two, no grant waits for the day on which they are contacts again.
      if (mine.relation === "contact") await this.#needs.removed(caller, params.username);
      return { mine: null, theirs: null, tellOther: theirs !== null };
    });
  }

  /** Without requests that the caller's rules hold or withhold, and without names whose text they hide (CO-11). */
  async list(caller: Caller): Promise<ContactList> {
    const { store, people } = this.#needs;
    const [records, rules] = await Promise.all([
      store.of(caller.userId),
      this.#needs.textRules(caller.userId),
    ]);
    const persons = await people.byIds(records.map((record) => record.otherId));
    const list: ContactList = { contacts: [], incoming: [], outgoing: [] };
    for (const record of records.toSorted((a, b) => b.createdAt - a.createdAt)) {
      const other = persons.get(record.otherId);
      if (other === undefined) continue;
      const shown = shownTo(rules, other);
      if (record.relation === "contact") list.contacts.push(await this.#contact(caller, other.id, shown));
      else if (record.relation === "outgoing" || rules.approach(other.username) === "arrive") {
        list[record.relation].push(requestOf(shown, record));
      }
    }
    list.contacts.sort((a, b) =>
      a.displayName.localeCompare(b.displayName) || (a.username < b.username ? -1 : 1)
    );
    return list;
  }

  /** Sends the person's devices the requests that a stop held, now that it has ended. */
  async arriveAfterStop(userId: string, sinceMs: number): Promise<void> {
    const { store, people, bell, notices, textRules } = this.#needs;
    const held = (await store.of(userId)).filter(({ relation, createdAt }) =>
      relation === "incoming" && createdAt >= sinceMs
    );
    if (held.length === 0) return;
    const [rules, persons] = await Promise.all([
      textRules(userId),
      people.byIds(held.map(({ otherId }) => otherId)),
    ]);
    for (const other of persons.values()) {
      if (rules.approach(other.username) !== "arrive") continue;
      bell.notify(userId, "contact.changed", changed(other, "incoming"));
      await notices.add(userId, { kind: "contact_requested", by: other.id });
    }
  }

  /** AU-9: ends up to `most` relations of an account that is removed. False when none is left. */
  async endSome(caller: Caller, most: number): Promise<boolean> {
    const { store, bell } = this.#needs;
    const records = (await store.of(caller.userId)).slice(0, most);
    for (const { otherId } of records) {
      let pair = await store.pair(caller.userId, otherId);
      for (let tries = 1; !await pair.write(null, null); tries++) {
        if (tries === limits.writeTries) throw new Error("A contact could not be removed.");
        pair = await store.pair(caller.userId, otherId);
      }
      if (pair.theirs === null) continue;
      bell.consentChanged(otherId);
      await this.#tellOther(caller, otherId, pair.theirs.relation, "none");
    }
    return records.length === most;
  }

  /** Relations of the others to the person, for consent. There is an entry for each; the same from either side. */
  async relationsOf(
    userId: string,
    otherIds: readonly string[],
  ): Promise<Map<string, { contact: boolean; sharesGroup: boolean; self?: true | undefined }>> {
    const [contacts, sharing] = await Promise.all([
      this.#needs.store.contactsAmong(userId, otherIds),
      this.#needs.sharesGroup(userId, otherIds),
    ]);
    return new Map(
      otherIds.map((id) => [id, {
        contact: contacts.has(id),
        sharesGroup: sharing.has(id),
        self: id === userId ? true : undefined,
      }]),
    );
  }

  async #contact({ username }: Caller, otherId: string, shown: Named): Promise<Contact> {
    const [allows, { showsOnline }, grant] = await Promise.all([
      this.#needs.sharedLimits(otherId),
      this.#needs.textRules(otherId),
      this.#needs.shownGrant(otherId, username),
    ]);
    return {
      ...shown,
      // The same for a contact whom the person blocks: contacts can compare what they see (CO-10).
      ...(showsOnline ? { online: this.#needs.bell.isOnline(otherId) } : {}),
      ...(allows === null ? {} : { allows }),
      ...(grant === undefined ? {} : { grant }),
    };
  }

  /** Reads both sides, decides and writes; decides again when another writer was faster. */
  async #step(
    caller: Caller,
    username: string,
    decide: (other: Person, pair: ContactPair) => Promise<Step | Relation | Refusal>,
  ): Answer<ContactChanged> {
    const other = (await this.#needs.people.byUsernames([username])).get(username);
    if (other === undefined) return new Refusal("not_found", "person.unknown");
    if (other.id === caller.userId) {
      return new Refusal("invalid_params", "contact.self", { fields: { username: "field.otherPerson" } });
    }
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const pair = await this.#needs.store.pair(caller.userId, other.id);
      const step = await decide(other, pair);
      if (step instanceof Refusal) return step;
      if (typeof step === "string") return changed(other, step);
      const owed = await this.#owed(caller, other.id, pair, step);
      if (!await pair.write(step.mine, step.theirs, owed)) continue;
      const told = await this.#tell(caller, other, pair, step);
      // Not awaited: whether a request arrives must not be seen in how long it takes (CO-10).
      void this.#needs.notices.give(owed);
      return told;
    }
    return new Refusal("conflict", "contact.changed");
  }

  /** The notice that a step leaves with the other person, as far as their rules let the caller's text through (CO-11). */
  async #owed(
    caller: Caller,
    otherId: string,
    before: ContactPair,
    { theirs, tellOther }: Step,
  ): Promise<OwedNotice<NewNotice>[]> {
    const kind = noticeOf(before.theirs?.relation ?? "none", theirs?.relation ?? "none");
    if (!tellOther || kind === null) return [];
    const { notices, textRules } = this.#needs;
    const arrives = (await textRules(otherId)).approach(caller.username) === "arrive";
    return kind === "contact_requested" && !arrives
      ? []
      : [notices.owe(otherId, { kind, by: caller.userId })];
  }

  async #tell(caller: Caller, other: Person, before: ContactPair, step: Step): Promise<ContactChanged> {
    const { bell } = this.#needs;
    const was = before.mine?.relation === "contact";
    const is = step.mine?.relation === "contact";
    if (was !== is) {
      bell.consentChanged(caller.userId);
      bell.consentChanged(other.id);
      await Promise.all([caller.userId, other.id].map((id) => bell.changedEverywhere(id)));
    }
    const mine = changed(other, step.mine?.relation ?? "none");
    bell.notify(caller.userId, "contact.changed", mine);
    if (step.tellOther) {
      await this.#tellOther(
        caller,
        other.id,
        before.theirs?.relation ?? "none",
        step.theirs?.relation ?? "none",
      );
    }
    return mine;
  }

  /** Tells the other side, as far as their rules let the caller's text through (CO-11). */
  async #tellOther(caller: Caller, otherId: string, before: Relation, after: Relation): Promise<void> {
    const rules = await this.#needs.textRules(otherId);
    // A request that is not shown neither comes nor goes.
    const isRequest = after === "incoming" || (before === "incoming" && after === "none");
    if (isRequest && rules.approach(caller.username) !== "arrive") return;
    this.#needs.bell.notify(otherId, "contact.changed", changed(shownTo(rules, caller), after));
  }

  async #connected(userId: string, otherId: string, createdAt: number): Promise<Step | Refusal> {
    for (const [id, full] of [[userId, "contact.limit"], [otherId, "contact.theirLimit"]] as const) {
      if (await this.#count(id, "contact") >= limits.contacts) {
        return new Refusal("queue_full", say(full, { count: limits.contacts }));
      }
    }
    return {
      mine: { otherId, relation: "contact", note: null, createdAt },
      theirs: { otherId: userId, relation: "contact", note: null, createdAt },
      tellOther: true,
    };
  }

  async #requestsFull(userId: string): Promise<Refusal | null> {
    const most = limits.contactRequestsOpen;
    if (await this.#count(userId, "outgoing") < most) return null;
    return new Refusal("queue_full", say("contact.requests", { count: most }));
  }

  async #count(userId: string, relation: Relation): Promise<number> {
    return (await this.#needs.store.of(userId)).filter((record) => record.relation === relation).length;
  }
}

/** UI-11: what the other person did that a list of notices keeps. */
function noticeOf(before: Relation, after: Relation): "contact_requested" | "contact_accepted" | null {
  if (after === "incoming" && before !== "incoming") return "contact_requested";
  return after === "contact" && before === "outgoing" ? "contact_accepted" : null;
}

function changed(other: Named, relation: Relation): ContactChanged {
  return { username: other.username, displayName: other.displayName, relation };
}

function requestOf(other: Named, record: ContactRecord): ContactRequest {
  return {
    username: other.username,
    displayName: other.displayName,
    note: record.note,
    createdAt: iso(record.createdAt),
  };
}

function noRequest(): Refusal {
  return new Refusal("not_found", "contact.noRequest");
}

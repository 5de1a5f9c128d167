import { type Bell, type Caller, type Clock, iso } from "../platform/mod.ts";
import {
  type Answer,
  type Contact,
  type ContactChanged,
  type ContactList,
  type ContactRequest,
  limits,
  type Params,
  Refusal,
  say,
} from "../protocol/mod.ts";
import type { People, Person } from "./people.ts";
import type { ContactPair, ContactRecord, ContactsStore } from "./ports.ts";

type Relation = ContactChanged["relation"];

export interface ContactsNeeds {
  store: ContactsStore;
  people: People;
  bell: Pick<Bell, "isOnline" | "consentChanged" | "notify">;
  clock: Clock;
  /** Whether the person blocks the other (CO-1). */
  blocks(userId: string, otherId: string): Promise<boolean>;
  /** Categories that the person allows, if they share their preferences; null if not. */
  sharedLimits(userId: string): Promise<string[] | null>;
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

  request(caller: Caller, params: Params<"contact.request">): Answer<ContactChanged> {
    return this.#step(caller, params.username, async (other, { mine, theirs }) => {
      if (mine?.relation === "contact") return "contact";
      const createdAt = this.#needs.clock.now();
      // Both sent a request, so they are contacts. This also holds if a block hid the other's request.
      if (mine?.relation === "incoming" || theirs?.relation === "outgoing") {
        return await this.#connected(caller.userId, other.id, createdAt);
      }
      const note = params.note ?? null;
      const outgoing: ContactRecord = {
        otherId: other.id,
        relation: "outgoing",
        note,
        createdAt: mine?.createdAt ?? createdAt,
      };
      if (mine === null) {
        const full = await this.#requestsFull(caller.userId, other.id);
        if (full !== null) return full;
      }
      // CO-3: a blocked person sees their own request; nobody else does.
      if (await this.#needs.blocks(other.id, caller.userId)) {
        return { mine: outgoing, theirs: null, tellOther: false };
      }
      const incoming: ContactRecord = {
        otherId: caller.userId,
        relation: "incoming",
        note,
        createdAt: theirs?.createdAt ?? createdAt,
      };
      return { mine: outgoing, theirs: incoming, tellOther: theirs === null };
    });
  }

  accept(caller: Caller, params: Params<"contact.accept">): Answer<ContactChanged> {
    return this.#step(caller, params.username, async (other, { mine }) => {
      if (mine?.relation === "contact") return "contact";
      if (mine?.relation !== "incoming") return noRequest();
      return await this.#connected(caller.userId, other.id, this.#needs.clock.now());
    });
  }

  decline(caller: Caller, params: Params<"contact.decline">): Answer<ContactChanged> {
    return this.#step(caller, params.username, (_other, { mine }) => {
      if (mine?.relation !== "incoming") return Promise.resolve(noRequest());
      return Promise.resolve({ mine: null, theirs: null, tellOther: true });
    });
  }

  /** Removes a contact, or withdraws the caller's own request. */
  remove(caller: Caller, params: Params<"contact.remove">): Answer<ContactChanged> {
    return this.#step(caller, params.username, (_other, { mine, theirs }) => {
      if (mine === null || mine.relation === "incoming") {
        return Promise.resolve(new Refusal("not_found", "contact.none"));
      }
      return Promise.resolve({ mine: null, theirs: null, tellOther: theirs !== null });
    });
  }

  async list(caller: Caller): Promise<ContactList> {
    const records = await this.#needs.store.of(caller.userId);
    const people = await this.#needs.people.byIds(records.map((record) => record.otherId));
    const list: ContactList = { contacts: [], incoming: [], outgoing: [] };
    for (const record of records.toSorted((a, b) => b.createdAt - a.createdAt)) {
      const other = people.get(record.otherId);
      if (other === undefined) continue;
      if (record.relation === "contact") list.contacts.push(await this.#contact(caller, other));
      else if (record.relation === "outgoing" || !await this.#needs.blocks(caller.userId, other.id)) {
        list[record.relation].push(requestOf(other, record));
      }
    }
    list.contacts.sort((a, b) =>
      a.displayName.localeCompare(b.displayName) || (a.username < b.username ? -1 : 1)
    );
    return list;
  }

  /** Relations of the others to the person, for consent. There is an entry for each; the same from either side. */
  async relationsOf(
    userId: string,
    otherIds: readonly string[],
  ): Promise<Map<string, { contact: boolean; sharesGroup: boolean }>> {
    const [contacts, sharing] = await Promise.all([
      this.#needs.store.contactsAmong(userId, otherIds),
      this.#needs.sharesGroup(userId, otherIds),
    ]);
    return new Map(
      otherIds.map((id) => [id, { contact: contacts.has(id), sharesGroup: sharing.has(id) }]),
    );
  }

  async #contact(caller: Caller, other: Person): Promise<Contact> {
    const allows = await this.#needs.sharedLimits(other.id);
    // A person who blocked the caller appears offline to them.
    const online = this.#needs.bell.isOnline(other.id) && !await this.#needs.blocks(other.id, caller.userId);
    return {
      username: other.username,
      displayName: other.displayName,
      online,
      ...(allows === null ? {} : { allows }),
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
      if (await pair.write(step.mine, step.theirs)) return this.#tell(caller, other, pair, step);
    }
    return new Refusal("conflict", "contact.changed");
  }

  #tell(caller: Caller, other: Person, before: ContactPair, step: Step): ContactChanged {
    const { bell } = this.#needs;
    const was = before.mine?.relation === "contact";
    const is = step.mine?.relation === "contact";
    if (was !== is) {
      bell.consentChanged(caller.userId);
      bell.consentChanged(other.id);
    }
    const mine = changed(other, step.mine?.relation ?? "none");
    bell.notify(caller.userId, "contact.changed", mine);
    if (step.tellOther) {
      const { username, displayName } = caller;
      bell.notify(
        other.id,
        "contact.changed",
        changed({ username, displayName }, step.theirs?.relation ?? "none"),
      );
    }
    return mine;
  }

  async #connected(userId: string, otherId: string, createdAt: number): Promise<Step | Refusal> {
    for (const [id, full] of [[userId, "contact.limit"], [otherId, "contact.theirLimit"]] as const) {
      const contacts = (await this.#needs.store.of(id)).filter((record) => record.relation === "contact");
      if (contacts.length >= limits.contacts) {
        return new Refusal("queue_full", say(full, { count: limits.contacts }));
      }
    }
    return {
      mine: { otherId, relation: "contact", note: null, createdAt },
      theirs: { otherId: userId, relation: "contact", note: null, createdAt },
      tellOther: true,
    };
  }

  /** The same check for a blocked requester, as it runs before the block is checked. */
  async #requestsFull(userId: string, otherId: string): Promise<Refusal | null> {
    const most = limits.contactRequestsOpen;
    const open = async (id: string, relation: "incoming" | "outgoing") =>
      (await this.#needs.store.of(id)).filter((record) => record.relation === relation).length;
    if (await open(userId, "outgoing") >= most) {
      return new Refusal("queue_full", say("contact.requests", { count: most }));
    }
    if (await open(otherId, "incoming") >= most) {
      return new Refusal("queue_full", "contact.theirRequests");
    }
    return null;
  }
}

function changed(other: { username: string; displayName: string }, relation: Relation): ContactChanged {
  return { username: other.username, displayName: other.displayName, relation };
}

function requestOf(other: Person, record: ContactRecord): ContactRequest {
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

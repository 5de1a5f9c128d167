import {
  type Bell,
  type Caller,
  type Clock,
  type Ids,
  iso,
  type JobRoom,
  type Log,
  type NoticeJob,
  type NoticeList,
  type OwedNotice,
} from "../platform/mod.ts";
import {
  type Answer,
  limits,
  type NewNotice,
  type Notice,
  type NoticePage,
  type NoticesUnread,
  type Params,
  Refusal,
} from "../protocol/mod.ts";
import { withNotice } from "./folding.ts";
import type { NoticeDay, NoticeRecord, NoticesStore } from "./ports.ts";

const dayMs = 24 * 3600_000;
/** After a commit its notice is given at once; only a crash, or a store that fails, leaves that to the job. */
const jobAfterMs = 10_000;
/** Fewer than the checks of one commit, as each owed notice takes one. */
const writtenAtOnce = 50;

/** `hidden`: the reader's rules let nothing from the person arrive (CO-11). */
type Named = { username: string; displayName: string; hidden?: boolean };

export interface NoticesNeeds {
  store: NoticesStore;
  bell: Pick<Bell, "isOnline" | "notify" | "handled">;
  clock: Clock;
  ids: Pick<Ids, "next">;
  log: Log;
  /** The people who exist, by id, as the reader's rules show them (CO-11). */
  named(readerId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, Named>>;
}

/** One person's notices that wait to be written; `owed`: the job that ends with it. */
interface Waiting {
  items: { notice: NewNotice; owed?: OwedNotice<NewNotice> }[];
  written: Promise<void>;
}

/** UI-11: what happened to people, one list for each, for two weeks. */
export class Notices implements NoticeList<NewNotice>, JobRoom<NoticeJob<NewNotice>> {
  readonly #needs: NoticesNeeds;
  /** By person. Notices that are added during a write share the next one. */
  readonly #waiting = new Map<string, Waiting>();
  /** The last write of each person. */
  readonly #writing = new Map<string, Promise<void>>();

  constructor(needs: NoticesNeeds) {
    this.#needs = needs;
  }

  async add(userId: string, notice: NewNotice): Promise<void> {
    await this.#put(userId, { notice }).catch((error) => this.#failed("notices.lost", userId, error));
  }

  owe(userId: string, notice: NewNotice): OwedNotice<NewNotice> {
    const { clock, ids } = this.#needs;
    const dueMs = Math.ceil(clock.now()) + jobAfterMs;
    return { dueMs, job: { kind: "notice", id: ids.next(), dueMs, userId, notice } };
  }

  async give(owed: readonly OwedNotice<NewNotice>[]): Promise<void> {
    await Promise.all(owed.map(async (one) => {
      const { userId, notice } = one.job;
      await this.#put(userId, { notice, owed: one }).catch((error) =>
        this.#failed("notices.late", userId, error)
      );
    }));
  }

  /** An owed notice that was not given: the server died, or the store failed. */
  async run(job: NoticeJob<NewNotice>): Promise<void> {
    const { userId, notice, dueMs } = job;
    // AU-9: the account may have been removed since, and nothing is kept of it.
    if (!(await this.#needs.named(userId, [userId])).has(userId)) return;
    await this.#put(userId, { notice, owed: { dueMs, job } });
  }

  #put(userId: string, item: Waiting["items"][number]): Promise<void> {
    const waiting = this.#waiting.get(userId);
    if (waiting !== undefined && waiting.items.length < writtenAtOnce) {
      waiting.items.push(item);
      return waiting.written;
    }
    const items = [item];
    const before = this.#writing.get(userId);
    const written = (async () => {
      await before?.catch(() => undefined);
      if (this.#waiting.get(userId)?.items === items) this.#waiting.delete(userId);
      await this.#append(userId, items);
    })();
    this.#waiting.set(userId, { items, written });
    this.#writing.set(userId, written);
    const end = () => {
      if (this.#writing.get(userId) === written) this.#writing.delete(userId);
    };
    written.then(end, end);
    return written;
  }

  #failed(event: string, userId: string, error: unknown): void {
    this.#needs.log.error(event, { userId, error: error as Error });
  }

  /** Newest first. Without notices of people who are gone. */
  async list(
    { userId }: Caller,
    { before, limit = limits.pageDefault }: Params<"notice.list">,
  ): Answer<NoticePage> {
    const records = await this.#records(userId);
    const from = before === undefined ? records : records.filter(({ id }) => id < before);
    const some = from.slice(0, limit);
    return {
      notices: await this.#shown(userId, some),
      unread: unreadIn(records),
      next: from.length > some.length ? some.at(-1)!.id : null,
    };
  }

  /** UI-12: unread notices after one, oldest first. Without those about people from whom nothing may arrive. */
  async unreadAfter(userId: string, after: string): Promise<(NoticeRecord & { from: string | null })[]> {
    // Most looks come for something else.
    if (await this.#needs.store.newest(userId) <= after) return [];
    return await this.#withNames(userId, (await this.#records(userId)).filter(({ id }) => id > after));
  }

  /** The same for notices by id. */
  async unreadOf(
    userId: string,
    ids: readonly string[],
  ): Promise<(NoticeRecord & { from: string | null })[]> {
    if (ids.length === 0) return [];
    const wanted = new Set(ids);
    return await this.#withNames(userId, (await this.#records(userId)).filter(({ id }) => wanted.has(id)));
  }

  /** `from`: the username of who a notice is about. */
  async #withNames(userId: string, records: readonly NoticeRecord[]) {
    const unread = records.filter(({ read }) => !read).reverse();
    const people = new Set(unread.flatMap(({ notice }) => "by" in notice ? [notice.by] : []));
    const named = people.size === 0 ? new Map() : await this.#needs.named(userId, [...people]);
    return unread.flatMap((record) => {
      const { notice } = record;
      if (!("by" in notice)) return [{ ...record, from: null }];
      const person = named.get(notice.by);
      return person === undefined || person.hidden === true ? [] : [{ ...record, from: person.username }];
    });
  }

  async unread({ userId }: Caller): Promise<number> {
    return unreadIn(await this.#records(userId));
  }

  /** Marks notices as read, all of them without `ids`. */
  async read({ userId }: Caller, { ids }: Params<"notice.read">): Answer<NoticesUnread> {
    const wanted = ids === undefined ? null : new Set(ids);
    const unread = await this.#change(userId, (day) => withRead(day, wanted));
    return unread === null ? new Refusal("conflict", "notices.changed") : { unread };
  }

  /**
   * AU-9: ends the list of an account that is removed, and takes what names it out of the lists of up to `most` others. False when
   * none is left.
   */
  async forget({ userId: namedId }: Caller, most: number): Promise<boolean> {
    const { store } = this.#needs;
    await this.#writing.get(namedId)?.catch(() => undefined);
    const own = (await store.days(namedId)).flatMap(({ notices }) => notices);
    const named = new Set(own.flatMap(({ notice }) => "by" in notice ? [notice.by] : []));
    // The list comes last: what it names is read from it, also after a crash.
    await store.unname([...named], namedId);
    await this.#change(namedId, (day) => ({ ...day, notices: [] }));
    const readers = await store.naming(namedId, most);
    for (const userId of readers) {
      await this.#writing.get(userId)?.catch(() => undefined);
      await this.#change(userId, (day) => {
        const left = day.notices.filter(({ notice }) => !("by" in notice && notice.by === namedId));
        return left.length === day.notices.length ? day : { ...day, notices: left };
      });
      await store.unname([namedId], userId);
    }
    return readers.length === most;
  }

  /** Waits for everything that was added. */
  async idle(): Promise<void> {
    while (this.#writing.size > 0) await Promise.allSettled(this.#writing.values());
  }

  /** Changes days, and tells the person's devices how many are unread then. Null when others were faster each time. */
  async #change(userId: string, change: (day: NoticeDay) => NoticeDay): Promise<number | null> {
    const { store, bell } = this.#needs;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const days = await store.days(userId);
      const changed = days.map(change);
      const write = changed.filter((day, at) => day !== days[at]);
      if (write.length > 0 && !await store.write(userId, write)) continue;
      const unread = unreadIn(changed.flatMap(({ notices }) => notices));
      if (write.length > 0) {
        bell.notify(userId, "notice.changed", { unread });
        bell.handled(userId);
      }
      return unread;
    }
    return null;
  }

  async #append(userId: string, items: Waiting["items"]): Promise<void> {
    const { store, bell, clock, ids } = this.#needs;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const given = await store.stillOwed(items.flatMap(({ owed }) => owed ?? []));
      // Its job was faster, here or in another process.
      const left = new Set(given.map(({ owed }) => owed));
      const notices = items.flatMap(({ notice, owed }) =>
        owed === undefined || left.has(owed) ? [notice] : []
      );
      if (notices.length === 0) return;
      const atMs = clock.now();
      const day = await store.day(userId, Math.floor(atMs / dayMs));
      let list = day.notices;
      const added = new Map<string, NoticeRecord>();
      for (const notice of notices) {
        const folded = withNotice(list, { id: ids.next(), atMs, read: false, others: 0, notice });
        list = folded.notices;
        if (folded.replaced !== undefined) added.delete(folded.replaced);
        added.set(folded.added.id, folded.added);
      }
      const kept = list.slice(-limits.noticesPerDay);
      const named = new Set(notices.flatMap((notice) => "by" in notice ? [notice.by] : []));
      const also = { named: [...named], given };
      if (!await store.write(userId, [{ ...day, notices: kept }], also)) continue;
      bell.handled(userId);
      if (!bell.isOnline(userId)) return;
      const unread = unreadIn(await this.#records(userId));
      for (const shown of await this.#shown(userId, [...added.values()])) {
        bell.notify(userId, "notice.new", { notice: shown, unread });
      }
      return;
    }
    throw new Error("Notices could not be written: too many writers at once.");
  }

  /** Newest first. */
  async #records(userId: string): Promise<NoticeRecord[]> {
    return (await this.#needs.store.days(userId)).flatMap(({ notices }) => notices).reverse();
  }

  async #shown(userId: string, records: readonly NoticeRecord[]): Promise<Notice[]> {
    const people = new Set(records.flatMap(({ notice }) => "by" in notice ? [notice.by] : []));
    const named = people.size === 0 ? new Map() : await this.#needs.named(userId, [...people]);
    return records.flatMap((record) => shownNotice(record, named) ?? []);
  }
}

function shownNotice(
  { id, atMs, read, others, notice }: NoticeRecord,
  named: ReadonlyMap<string, Named>,
): Notice | null {
  const head = { id, at: iso(atMs), read };
  if (!("by" in notice)) return { ...head, ...notice };
  const person = named.get(notice.by);
  if (person === undefined) return null;
  const by = { username: person.username, displayName: person.displayName };
  switch (notice.kind) {
    case "command_accepted":
    case "command_declined":
    case "command_submitted":
    case "command_completed":
      return { ...head, ...notice, by, others };
    case "command_approved":
    case "command_returned":
    case "contact_requested":
    case "contact_accepted":
      return { ...head, ...notice, by };
    default:
      return notice satisfies never;
  }
}

/** The day with those notices read; the same object when nothing changes. `wanted` null: all of them. */
function withRead(day: NoticeDay, wanted: ReadonlySet<string> | null): NoticeDay {
  const becomes = ({ id, read }: NoticeRecord) => !read && (wanted === null || wanted.has(id));
  if (!day.notices.some(becomes)) return day;
  return { ...day, notices: day.notices.map((one) => becomes(one) ? { ...one, read: true } : one) };
}

function unreadIn(records: readonly NoticeRecord[]): number {
  return records.filter(({ read }) => !read).length;
}

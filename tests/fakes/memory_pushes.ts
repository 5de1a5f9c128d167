import type { PushJob, PushStore, StoredSubscription, Subscription } from "../../lib/push/mod.ts";

/** A device that nobody has told anything yet. */
export function deviceOf(userId: string, over: Partial<Subscription> = {}): Subscription {
  return {
    id: `device-of-${userId}`,
    userId,
    endpoint: `https://push.example/${userId}`,
    p256dh: "key",
    auth: "secret",
    device: "web",
    origin: "https://behest.example",
    language: "en",
    createdMs: 0,
    sessionId: `session-of-${userId}`,
    sessionUntilMs: Infinity,
    logMark: "",
    noticeMark: "",
    waiting: [],
    shown: [],
    last: null,
    failures: 0,
    retryMs: null,
    ...over,
  };
}

/** Subscriptions in memory, where thousands of people cost nothing; each person has one device. */
export class MemoryPushes implements PushStore {
  readonly #devices = new Map<string, StoredSubscription>();
  /** When each person is to be looked at. */
  readonly jobs = new Map<string, number>();
  #versions = 0;

  /** Jobs that are due, taken out. */
  due(nowMs: number): PushJob[] {
    const due = [...this.jobs].filter(([, dueMs]) => dueMs <= nowMs).map(([userId]) => userId);
    for (const userId of due) this.jobs.delete(userId);
    return due.map((userId) => ({ kind: "push", userId }));
  }

  of(userId: string) {
    const stored = this.#devices.get(userId);
    return Promise.resolve(stored === undefined ? [] : [stored]);
  }

  async get(userId: string, id: string) {
    return (await this.of(userId)).find(({ value }) => value.id === id) ?? null;
  }

  people() {
    return Promise.resolve([...this.#devices.keys()]);
  }

  ownerOf(id: string) {
    const found = [...this.#devices.values()].find(({ value }) => value.id === id);
    return Promise.resolve(found?.value.userId ?? null);
  }

  put(subscription: Parameters<PushStore["put"]>[0]) {
    this.#set({ logMark: "", ...subscription });
    return Promise.resolve(true);
  }

  change({ version }: StoredSubscription, to: Subscription) {
    const isSame = this.#devices.get(to.userId)?.version === version;
    if (isSame) this.#set(to);
    return Promise.resolve(isSame);
  }

  remove({ userId }: Pick<Subscription, "userId">) {
    this.#devices.delete(userId);
    return Promise.resolve();
  }

  ofSession(sessionId: string) {
    const all = [...this.#devices.values()].map(({ value }) => value);
    return Promise.resolve(all.filter((device) => device.sessionId === sessionId));
  }

  plan({ userId }: PushJob, dueMs: number) {
    this.jobs.set(userId, Math.min(dueMs, this.jobs.get(userId) ?? Infinity));
    return Promise.resolve();
  }

  choices() {
    return Promise.resolve({ value: null, version: null });
  }

  setChoices() {
    return Promise.resolve(true);
  }

  forget(userId: string) {
    return this.remove({ userId });
  }

  isUsed() {
    return Promise.resolve(false);
  }

  use() {
    return Promise.resolve();
  }

  #set(value: Subscription): void {
    this.#devices.set(value.userId, { value, version: `${++this.#versions}`, untilMs: Infinity });
  }
}

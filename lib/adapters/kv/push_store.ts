import type { Clock } from "../../platform/mod.ts";
import type { PushChoices } from "../../protocol/mod.ts";
import type { PushStore, StoredSubscription, Subscription } from "../../push/mod.ts";
import { keys } from "./keys.ts";
import { KeptReads } from "./kept_reads.ts";
import { KnownDevices } from "./known_devices.ts";
import type { KvEntry, KvEntryMaybe } from "./port.ts";
import type { Store } from "./store.ts";

/** A browser renews its subscription with every session, so one that is older belongs to nobody. */
const keptMs = 90 * 24 * 3600_000;
/** Choices with all that they may name. */
const choicesBytes = 16 * 1024;
/** A device with the longest address, and each thing that waits or is shown, as they are at most. */
const deviceBytes = 3 * 1024;
const refBytes = 200;
/** People whose devices and choices are kept in memory. */
const peopleKept = 20_000;

/** `logMark` null: as it was first written, with the version of that commit as its mark. */
type Stored = Omit<Subscription, "logMark"> & { logMark: string | null; expiresAt: number };

/** Devices that are told of what is new, in Deno KV. */
export function kvPushStore(opened: Store, clock: Clock): PushStore {
  const { kv, committer, exclusive } = opened;
  const devices = new KnownDevices(exclusive ? peopleKept : 0);
  const chosen = new KeptReads<{ value: PushChoices | null; version: string | null }>(
    opened,
    keys.pushChoices("")[0]!,
    peopleKept,
  );
  const standing = (
    { value, versionstamp }: KvEntryMaybe<Stored> | KvEntry<Stored>,
  ): StoredSubscription | null => {
    // Those of earlier versions have no keys: nothing can be told to them until their page renews them.
    if (value === null || value.expiresAt <= clock.now() || value.auth === undefined) return null;
    const { expiresAt, ...subscription } = value;
    return {
      value: { ...subscription, logMark: subscription.logMark ?? versionstamp },
      version: versionstamp,
      untilMs: expiresAt,
    };
  };
  /** What belongs to a subscription, beside it. */
  const besides = ({ id, userId, sessionId }: Pick<Subscription, "id" | "userId" | "sessionId">) => [
    { key: keys.pushOwner(id), value: userId },
    { key: keys.pushOfSession(sessionId, id), value: userId },
  ];
  const read = (userId: string, id: string) => kv.get<Stored>(keys.push(userId, id));
  const isKept = ({ untilMs }: StoredSubscription) => untilMs > clock.now();
  /** Runs a write of these people's devices, which is over when nobody can find them as they were. */
  async function writing<T>(userIds: readonly string[], write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } finally {
      for (const userId of userIds) devices.written(userId);
    }
  }
  const store: PushStore = {
    async of(userId) {
      const known = await devices.of(userId, async () => {
        const found: StoredSubscription[] = [];
        for await (const entry of kv.list<Stored>({ prefix: keys.pushesOf(userId) })) {
          const stored = standing(entry);
          if (stored !== null) found.push(stored);
        }
        return found;
      });
      return known.filter(isKept);
    },

    async get(userId, id) {
      const known = devices.peek(userId);
      if (known === undefined) return standing(await read(userId, id));
      return known.find((one) => one.value.id === id && isKept(one)) ?? null;
    },

    async people() {
      const people = new Set<string>();
      for await (const { key } of kv.list({ prefix: keys.pushes() })) people.add(key[1] as string);
      return [...people];
    },

    async ownerOf(id) {
      return (await kv.get<string>(keys.pushOwner(id))).value;
    },

    async put(subscription, from) {
      const { id, userId } = subscription;
      const owner = await kv.get<string>(keys.pushOwner(id));
      const old = owner.value === null ? null : (await read(owner.value, id)).value;
      const stored: Stored = { logMark: null, ...subscription, expiresAt: clock.now() + keptMs };
      const key = keys.push(userId, id);
      const sets = [{ key, value: stored }, ...besides(subscription)];
      const written = new Set(sets.map((set) => JSON.stringify(set.key)));
      const deletes = old === null
        ? []
        : [keys.push(old.userId, id), ...besides(old).map((one) => one.key)].filter((one) =>
          !written.has(JSON.stringify(one))
        );
      const whose = old === null || old.userId === userId ? [userId] : [userId, old.userId];
      const { ok } = await writing(whose, () =>
        committer.commit({
          checks: [
            { key: owner.key, versionstamp: owner.versionstamp },
            ...from === undefined ? [] : [{ key, versionstamp: from.version }],
          ],
          deletes,
          sets: sets.map((set) => ({ ...set, expireIn: keptMs })),
          valueBytes: bytesOf(stored),
        }));
      return ok;
    },

    async change(from, to) {
      const { version, untilMs } = from;
      const { userId, id } = to;
      const key = keys.push(userId, id);
      const committed = await committer.commit({
        checks: [{ key, versionstamp: version }],
        sets: [{ key, value: { ...to, expiresAt: untilMs }, expireIn: Math.max(1, untilMs - clock.now()) }],
        valueBytes: bytesOf(to),
      }).catch((error) => {
        devices.written(userId);
        throw error;
      });
      if (committed.ok) devices.changed(from, { value: to, version: committed.versionstamp, untilMs });
      else devices.written(userId);
      return committed.ok;
    },

    async remove({ userId, id }) {
      const { value } = await read(userId, id);
      if (value === null) return;
      const deletes = [keys.push(userId, id), ...besides(value).map(({ key }) => key)];
      await writing([userId], () => committer.commit({ deletes }));
    },

    async ofSession(sessionId) {
      const found: { userId: string; id: string }[] = [];
      for await (const { key, value } of kv.list<string>({ prefix: keys.pushesOfSession(sessionId) })) {
        found.push({ userId: value, id: key[2] as string });
      }
      return found;
    },

    async plan(job, dueMs) {
      const key = keys.job(Math.ceil(dueMs), `${job.kind}:${job.userId}`);
      await committer.commit({ sets: [{ key, value: job }] });
    },

    async choices(userId) {
      return await chosen.get(userId, async () => {
        const { value, versionstamp } = await kv.get<PushChoices>(keys.pushChoices(userId));
        return { value, version: versionstamp };
      });
    },

    async setChoices(userId, choices, version) {
      const key = keys.pushChoices(userId);
      const { ok } = await committer.commit({
        checks: [{ key, versionstamp: version }],
        sets: [{ key, value: choices }],
        valueBytes: choicesBytes,
      });
      return ok;
    },

    async forget(userId) {
      for await (const { key } of kv.list({ prefix: keys.pushesOf(userId) })) {
        await store.remove({ userId, id: key[2] as string });
      }
      await committer.commit({ deletes: [keys.pushChoices(userId)] });
    },

    async isUsed(digest) {
      const { value } = await kv.get<number>(keys.pushUsed(digest));
      return value !== null && value > clock.now();
    },

    async use(digest, untilMs) {
      const expireIn = Math.max(1, untilMs - clock.now());
      await committer.commit({ sets: [{ key: keys.pushUsed(digest), value: untilMs, expireIn }] });
    },
  };
  return store;
}

/** An upper bound: as many of them share a commit as have room (`Committer`). */
function bytesOf({ waiting, shown }: Pick<Subscription, "waiting" | "shown">): number {
  return deviceBytes + (waiting.length + shown.length) * refBytes;
}

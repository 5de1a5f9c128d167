import type { Clock } from "../../platform/mod.ts";
import type { PushStore, Subscription } from "../../push/mod.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** A browser renews its subscription with every session, so one that is older belongs to nobody. */
const keptMs = 90 * 24 * 3600_000;

interface Stored extends Subscription {
  expiresAt: number;
}

/** Push subscriptions in Deno KV. */
export function kvPushStore({ kv, committer }: Store, clock: Clock): PushStore {
  const stands = (stored: Stored | null): stored is Stored =>
    stored !== null && stored.expiresAt > clock.now();
  /** What belongs to a subscription, beside it. */
  const besides = ({ id, userId, sessionId }: Subscription) => [
    { key: keys.pushOwner(id), value: userId },
    { key: keys.pushOfSession(sessionId, id), value: userId },
  ];
  const read = (userId: string, id: string) => kv.get<Stored>(keys.push(userId, id));
  const store: PushStore = {
    async of(userId) {
      const found: Subscription[] = [];
      for await (const { value } of kv.list<Stored>({ prefix: keys.pushesOf(userId) })) {
        if (stands(value)) found.push(value);
      }
      return found;
    },

    async people() {
      const people = new Set<string>();
      for await (const { key } of kv.list({ prefix: keys.pushes() })) people.add(key[1] as string);
      return [...people];
    },

    async put(subscription) {
      const { id, userId } = subscription;
      const owner = (await kv.get<string>(keys.pushOwner(id))).value;
      if (owner !== null) await store.remove({ userId: owner, id });
      const stored: Stored = { ...subscription, expiresAt: clock.now() + keptMs };
      const sets = [{ key: keys.push(userId, id), value: stored }, ...besides(subscription)];
      await committer.commit({ sets: sets.map((set) => ({ ...set, expireIn: keptMs })) });
    },

    async pushed({ userId, id }, pushedMs) {
      const entry = await read(userId, id);
      if (!stands(entry.value)) return;
      const expireIn = entry.value.expiresAt - clock.now();
      // Removed or renewed meanwhile: then that holds.
      await committer.commit({
        checks: [entry],
        sets: [{ key: entry.key, value: { ...entry.value, pushedMs }, expireIn }],
      });
    },

    async remove({ userId, id }) {
      const { value } = await read(userId, id);
      if (value === null) return;
      const deletes = [keys.push(userId, id), ...besides(value).map(({ key }) => key)];
      await committer.commit({ deletes });
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
  };
  return store;
}

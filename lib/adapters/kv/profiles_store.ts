import type { AvatarUse, ProfileRecord, ProfileStore, UserRecord } from "../../accounts/mod.ts";
import { carrierText, type Clock } from "../../platform/mod.ts";
import { limits, neverEnds } from "../../protocol/mod.ts";
import type { KvAccounts } from "./accounts_store.ts";
import type { Write } from "./committer.ts";
import { useWrites } from "./file_uses.ts";
import { fileJobSet } from "./file_writes.ts";
import { getEntries, getValues } from "./get_many.ts";
import { keys } from "./keys.ts";
import type { KvCheck } from "./port.ts";
import type { Store } from "./store.ts";

/** A profile's text can be longer than the committer's estimate for a value. */
const profileBytes = 16 * 1024;

/** Profiles and their pictures, in Deno KV. */
export class KvProfiles implements ProfileStore {
  readonly #store: Store;
  readonly #accounts: Pick<KvAccounts, "forget">;
  readonly #clock: Clock;

  /** `accounts` keeps records in memory; this class tells it of each record that it writes. */
  constructor(store: Store, accounts: Pick<KvAccounts, "forget">, clock: Clock) {
    this.#store = store;
    this.#accounts = accounts;
    this.#clock = clock;
  }

  async profile(userId: string): Promise<ProfileRecord | null> {
    return (await this.#store.kv.get<ProfileRecord>(keys.profile(userId))).value;
  }

  async avatarsOf(userIds: readonly string[]): Promise<Map<string, string>> {
    const profiles = await getValues<ProfileRecord>(this.#store.kv, userIds.map(keys.profile));
    return new Map(
      profiles.flatMap((profile, at) =>
        profile?.avatar === undefined ? [] : [[userIds[at]!, profile.avatar]]
      ),
    );
  }

  async changeProfile(
    userId: string,
    change: (
      user: UserRecord,
      profile: ProfileRecord | null,
    ) => { user: UserRecord; profile: ProfileRecord },
    avatar?: AvatarUse,
  ): Promise<{ user: UserRecord; profile: ProfileRecord } | "file_changed" | null> {
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const [user, profile] = await this.#store.kv.getMany<[UserRecord, ProfileRecord]>([
        keys.user(userId),
        keys.profile(userId),
      ]);
      if (user.value === null || user.value.removedAt !== undefined) return null;
      const changed = change(user.value, profile.value);
      const carried = this.#avatarWrites(userId, profile.value?.avatar, changed.profile.avatar, avatar);
      const { ok } = await this.#store.committer.commit({
        checks: [user, profile, ...carried.checks],
        sets: [
          { key: user.key, value: changed.user },
          { key: profile.key, value: changed.profile },
          ...carried.sets,
        ],
        deletes: carried.deletes,
        valueBytes: profileBytes,
      });
      this.#accounts.forget(userId);
      if (ok) return changed;
      if (avatar !== undefined && await this.#areChanged(carried.checks)) return "file_changed";
    }
    throw new Error("A profile could not be written: too many writers at once.");
  }

  /** AU-8: keeps the picture while a profile uses it, and the old one for a day more (FI-7). */
  #avatarWrites(
    userId: string,
    before: string | undefined,
    after: string | undefined,
    avatar: AvatarUse | undefined,
  ): Required<Pick<Write, "checks" | "sets" | "deletes">> {
    const write: Required<Pick<Write, "checks" | "sets" | "deletes">> = { checks: [], sets: [], deletes: [] };
    const by = { kind: "avatar", userId } as const;
    if (avatar !== undefined && after === avatar.fileId) {
      const { checks, sets } = useWrites({ ...avatar, by, untilMs: Date.parse(neverEnds) });
      write.checks.push(...checks);
      write.sets.push(...sets);
    }
    if (before !== undefined && before !== after) {
      const dueMs = this.#clock.now() + limits.fileUnusedMs;
      write.deletes.push(keys.fileUse(before, carrierText(by)));
      write.sets.push(
        { key: keys.fileUsed(before), value: 1 },
        fileJobSet({ dueMs, job: { kind: "file_expire", fileId: before } }),
      );
    }
    return write;
  }

  async #areChanged(checks: readonly KvCheck[]): Promise<boolean> {
    const entries = await getEntries(this.#store.kv, checks.map(({ key }) => key));
    return entries.some(({ versionstamp }, at) => versionstamp !== checks[at]!.versionstamp);
  }
}

import type { Caller } from "../platform/mod.ts";
import { type Profile, Refusal } from "../protocol/mod.ts";
import type { AccountsStore, ProfileRecord, ProfileStore, UserRecord } from "./ports.ts";

type Answer<T> = Promise<T | Refusal>;

export interface ProfilesNeeds {
  accounts: Pick<AccountsStore, "user">;
  store: ProfileStore;
  /** Called after a change was written. */
  changed(user: UserRecord, what: { timeZone: boolean }): void;
}

/** What a person says of themselves (AU-8). */
export class Profiles {
  readonly #needs: ProfilesNeeds;

  constructor(needs: ProfilesNeeds) {
    this.#needs = needs;
  }

  async get(caller: Caller): Answer<Profile> {
    const [user, profile] = await Promise.all([
      this.#needs.accounts.user(caller.userId),
      this.#needs.store.profile(caller.userId),
    ]);
    return user === null ? gone() : profileOf(user, profile);
  }

  async change(
    caller: Caller,
    change: { [F in Exclude<keyof Profile, "username">]?: string | undefined },
  ): Answer<Profile> {
    let timeZone = false;
    const changed = await this.#needs.store.changeProfile(caller.userId, (user, kept) => {
      const now = profileOf(user, kept);
      timeZone = change.timeZone !== undefined && change.timeZone !== user.timeZone;
      return {
        user: {
          ...user,
          displayName: change.displayName ?? now.displayName,
          timeZone: change.timeZone ?? now.timeZone,
        },
        profile: {
          bio: change.bio ?? now.bio,
          pronouns: change.pronouns ?? now.pronouns,
          language: change.language ?? now.language,
        },
      };
    });
    if (changed === null) return gone();
    this.#needs.changed(changed.user, { timeZone });
    return profileOf(changed.user, changed.profile);
  }
}

function profileOf({ username, displayName, timeZone }: UserRecord, profile: ProfileRecord | null): Profile {
  const { bio, pronouns, language } = profile ?? { bio: "", pronouns: "", language: "en" };
  return { username, displayName, bio, pronouns, timeZone, language };
}

function gone(): Refusal {
  return new Refusal("not_found", "This account is gone.");
}

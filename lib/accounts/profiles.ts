import type { Caller } from "../platform/mod.ts";
import { avatarTypes, type Profile, Refusal } from "../protocol/mod.ts";
import type { AccountsStore, AvatarUse, ProfileRecord, ProfileStore, UserRecord } from "./ports.ts";

type Answer<T> = Promise<T | Refusal>;

/** A file as its owner may make it a picture; of the files. */
export interface OwnFile {
  fileId: string;
  type: string;
  state: string;
  /** Makes the write safe that carries it. */
  version: string;
}

export interface ProfilesNeeds {
  accounts: Pick<AccountsStore, "user" | "usersNamed">;
  store: ProfileStore;
  /** The person's own file; undefined when it is not theirs or not there. */
  ownFile(userId: string, fileId: string): Promise<OwnFile | undefined>;
  /** Which of the others are contacts of the person, or share a group with them. */
  known(userId: string, otherIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Called after a change was written. */
  changed(user: UserRecord, what: { timeZone: boolean }): void;
}

type Change = { [F in Exclude<keyof Profile, "username" | "avatar">]?: string | undefined } & {
  avatar?: string | null | undefined;
};

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

  /** The language that the person chose; null when they never did. */
  async language(caller: Caller): Promise<string | null> {
    const profile = await this.#needs.store.profile(caller.userId);
    return profile === null || profile.language === "" ? null : profile.language;
  }

  async change(caller: Caller, change: Change): Answer<Profile> {
    const picture = typeof change.avatar === "string"
      ? await this.#picture(caller.userId, change.avatar)
      : undefined;
    if (picture instanceof Refusal) return picture;
    let timeZone = false;
    const changed = await this.#needs.store.changeProfile(caller.userId, (user, kept) => {
      const now = profileOf(user, kept);
      timeZone = change.timeZone !== undefined && change.timeZone !== user.timeZone;
      const avatar = change.avatar === undefined ? now.avatar : change.avatar;
      return {
        user: {
          ...user,
          displayName: change.displayName ?? now.displayName,
          timeZone: change.timeZone ?? now.timeZone,
        },
        profile: {
          bio: change.bio ?? now.bio,
          pronouns: change.pronouns ?? now.pronouns,
          // Empty while it was never chosen: then pages follow the browser.
          language: change.language ?? kept?.language ?? "",
          ...(avatar === null ? {} : { avatar }),
        },
      };
    }, picture);
    if (changed === null) return gone();
    if (changed === "file_changed") {
      return new Refusal("conflict", "The picture changed just now. Look at your files and choose again.");
    }
    this.#needs.changed(changed.user, { timeZone });
    return profileOf(changed.user, changed.profile);
  }

  /**
   * Whose picture it is and which file, for the person, their contacts and people of a shared group. For everybody else it is
   * as if there were none.
   */
  async avatar(caller: Caller, username: string): Answer<{ ownerId: string; fileId: string }> {
    const user = (await this.#needs.accounts.usersNamed([username])).get(username);
    const found = user === undefined ? undefined : (await this.#shown(caller, [user])).get(user.id);
    if (user === undefined || found === undefined) {
      return new Refusal("not_found", "There is no picture of this person for you.");
    }
    return { ownerId: user.id, fileId: found };
  }

  /** Those of the people who have a picture that the caller may see. */
  async withAvatar(caller: Caller, usernames: readonly string[]): Promise<ReadonlySet<string>> {
    const users = [...(await this.#needs.accounts.usersNamed([...new Set(usernames)])).values()];
    const shown = await this.#shown(caller, users);
    return new Set(users.filter(({ id }) => shown.has(id)).map(({ username }) => username));
  }

  async #shown(caller: Caller, users: readonly UserRecord[]): Promise<ReadonlyMap<string, string>> {
    const ids = users.map(({ id }) => id);
    const others = ids.filter((id) => id !== caller.userId);
    const [avatars, known] = await Promise.all([
      this.#needs.store.avatarsOf(ids),
      this.#needs.known(caller.userId, others),
    ]);
    return new Map([...avatars].filter(([id]) => id === caller.userId || known.has(id)));
  }

  async #picture(userId: string, fileId: string): Answer<AvatarUse> {
    const file = await this.#needs.ownFile(userId, fileId);
    const refused = (kind: "not_found" | "not_clean" | "invalid_params", message: string, field: string) =>
      new Refusal(kind, message, { fields: { avatar: field } });
    if (file === undefined) {
      return refused("not_found", "There is no such file of yours. Upload it first.", "is not your file");
    }
    if (file.state !== "clean") {
      return refused("not_clean", "The picture has not passed the checks.", "has not passed the checks");
    }
    if (!avatarTypes.includes(file.type)) {
      const types = "AVIF, GIF, JPEG, PNG or WebP";
      return refused("invalid_params", `A picture is ${types}.`, `must be ${types}`);
    }
    return { fileId, version: file.version };
  }
}

function profileOf({ username, displayName, timeZone }: UserRecord, profile: ProfileRecord | null): Profile {
  const { bio, pronouns, language, avatar = null } = profile ?? { bio: "", pronouns: "", language: "" };
  return { username, displayName, bio, pronouns, timeZone, language: language || "en", avatar };
}

function gone(): Refusal {
  return new Refusal("not_found", "This account is gone.");
}

import type { Caller } from "../platform/mod.ts";
import {
  type Answer,
  avatarTypes,
  isReserved,
  type Message,
  type Profile,
  Refusal,
} from "../protocol/mod.ts";
import type { AccountsStore, AvatarUse, ProfileRecord, ProfileStore, UserRecord } from "./ports.ts";

/** A person's own file that can become their picture. From lib/files. */
export interface OwnFile {
  fileId: string;
  type: string;
  state: string;
  /** Makes the write fail if the file changed. */
  version: string;
}

/** `Picture`: what the files room returns for a picture. */
export interface ProfilesNeeds<Picture> {
  accounts: Pick<AccountsStore, "user" | "usersNamed">;
  store: ProfileStore;
  /** Returns the person's own file; undefined when it is missing or another person's. */
  ownFile(userId: string, fileId: string): Promise<OwnFile | undefined>;
  /** The person's relation to each of the others. */
  relationsOf(
    userId: string,
    otherIds: readonly string[],
  ): Promise<ReadonlyMap<string, { contact: boolean; sharesGroup: boolean }>>;
  /** The content of a picture, read on behalf of its owner. */
  picture(ownerId: string, fileId: string, requestId: string): Promise<Picture | Refusal>;
  /** Whether the person is muted (MO-2): the refusal for them. */
  muted(userId: string): Refusal | null | Promise<Refusal | null>;
  /** Called after a change was written. */
  changed(user: UserRecord, what: { timeZone: boolean }): void;
}

type Change = { [F in Exclude<keyof Profile, "username" | "avatar">]?: string | undefined } & {
  avatar?: string | null | undefined;
};

/** Profiles (AU-8). */
export class Profiles<Picture> {
  readonly #needs: ProfilesNeeds<Picture>;

  constructor(needs: ProfilesNeeds<Picture>) {
    this.#needs = needs;
  }

  async get(caller: Caller): Answer<Profile> {
    const [user, profile] = await Promise.all([
      this.#needs.accounts.user(caller.userId),
      this.#needs.store.profile(caller.userId),
    ]);
    return user === null ? gone() : profileOf(user, profile);
  }

  /** The language that the person chose; null without a choice. */
  async language(caller: Caller): Promise<string | null> {
    const profile = await this.#needs.store.profile(caller.userId);
    return profile === null || profile.language === "" ? null : profile.language;
  }

  async change(caller: Caller, change: Change): Answer<Profile> {
    // A kept name is no change: older versions let people have it.
    const newName = change.displayName === caller.displayName ? undefined : change.displayName;
    if (caller.role !== "admin" && newName !== undefined && isReserved(newName)) {
      return new Refusal("invalid_params", "name.reserved", { fields: { displayName: "field.reserved" } });
    }
    const muted = await this.#muted(caller, newName, change.avatar);
    if (muted !== null) return muted;
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
          // Empty without a choice: then pages follow the browser.
          language: change.language ?? kept?.language ?? "",
          ...(avatar === null ? {} : { avatar }),
        },
      };
    }, picture);
    if (changed === null) return gone();
    if (changed === "file_changed") {
      return new Refusal("conflict", "picture.changed");
    }
    this.#needs.changed(changed.user, { timeZone });
    return profileOf(changed.user, changed.profile);
  }

  /** A person's picture, for themselves, their contacts and people who share a group. Everyone else gets `not_found`. */
  async avatar(caller: Caller, username: string): Answer<Picture> {
    const user = (await this.#needs.accounts.usersNamed([username])).get(username);
    const fileId = user === undefined ? undefined : (await this.#shown(caller, [user])).get(user.id);
    const picture = user === undefined || fileId === undefined
      ? null
      : await this.#needs.picture(user.id, fileId, caller.requestId);
    if (picture !== null && !(picture instanceof Refusal)) return picture;
    return new Refusal("not_found", "picture.missing");
  }

  /** Returns the people with a picture that the caller may see. */
  async withAvatar(caller: Caller, usernames: readonly string[]): Promise<ReadonlySet<string>> {
    const users = [...(await this.#needs.accounts.usersNamed([...new Set(usernames)])).values()];
    const shown = await this.#shown(caller, users);
    return new Set(users.filter(({ id }) => shown.has(id)).map(({ username }) => username));
  }

  async #shown(caller: Caller, users: readonly UserRecord[]): Promise<ReadonlyMap<string, string>> {
    const ids = users.map(({ id }) => id);
    const others = ids.filter((id) => id !== caller.userId);
    const [avatars, relations] = await Promise.all([
      this.#needs.store.avatarsOf(ids),
      this.#needs.relationsOf(caller.userId, others),
    ]);
    const mayLook = (id: string) => {
      const relation = relations.get(id);
      return id === caller.userId || relation?.contact === true || relation?.sharesGroup === true;
    };
    return new Map([...avatars].filter(([id]) => mayLook(id)));
  }

  /** MO-2: others see the name and the picture, so a muted person sets no new one. They may take the picture away. */
  async #muted(
    { userId }: Caller,
    newName: string | undefined,
    avatar: string | null | undefined,
  ): Promise<Refusal | null> {
    if (newName === undefined && typeof avatar !== "string") return null;
    const muted = await this.#needs.muted(userId);
    if (muted === null || newName !== undefined) return muted;
    return (await this.#needs.store.profile(userId))?.avatar === avatar ? null : muted;
  }

  async #picture(userId: string, fileId: string): Answer<AvatarUse> {
    const file = await this.#needs.ownFile(userId, fileId);
    const refused = (kind: "not_found" | "not_clean" | "invalid_params", message: Message, field: Message) =>
      new Refusal(kind, message, { fields: { avatar: field } });
    if (file === undefined) {
      return refused("not_found", "send.noFile", "field.ownFile");
    }
    if (file.state !== "clean") {
      return refused("not_clean", "picture.unchecked", "field.cleanPicture");
    }
    if (!avatarTypes.includes(file.type)) {
      return refused("invalid_params", "picture.type", "field.picture");
    }
    return { fileId, version: file.version };
  }
}

function profileOf({ username, displayName, timeZone }: UserRecord, profile: ProfileRecord | null): Profile {
  const { bio, pronouns, language, avatar = null } = profile ?? { bio: "", pronouns: "", language: "" };
  return { username, displayName, bio, pronouns, timeZone, language: language || "en", avatar };
}

function gone(): Refusal {
  return new Refusal("not_found", "account.deleted");
}

import type { GroupsStore, Memberships } from "./group_ports.ts";

type MembershipStore = Pick<
  GroupsStore,
  "groups" | "membershipsOf" | "membersOf" | "membershipsKept" | "membersKept"
>;

/** Accepted memberships (BR-6), for the rooms that decide by them. */
export class GroupMemberships {
  readonly #store: MembershipStore;

  constructor(store: MembershipStore) {
    this.#store = store;
  }

  /** A person's memberships, by group name. */
  of(userId: string): Promise<Memberships> {
    return this.#store.membershipsOf(userId);
  }

  /** A group's memberships, by user id; undefined when there is no such group. */
  async in(name: string): Promise<Memberships | undefined> {
    const members = this.#store.membersKept(name) ?? await this.#store.membersOf(name);
    return members.size > 0 || (await this.#store.groups([name])).has(name) ? members : undefined;
  }

  /** Those of the others who share a group with the person, both having accepted. */
  async sharesGroup(userId: string, otherIds: readonly string[]): Promise<Set<string>> {
    const mine = this.#store.membershipsKept(userId) ?? await this.#store.membershipsOf(userId);
    const sharing = new Set<string>();
    if (mine.size === 0) return sharing;
    for (const otherId of otherIds) {
      if (otherId === userId) continue;
      const theirs = this.#store.membershipsKept(otherId) ?? await this.#store.membershipsOf(otherId);
      for (const name of theirs.keys()) {
        if (mine.has(name)) {
          sharing.add(otherId);
          break;
        }
      }
    }
    return sharing;
  }
}

import type { Tie } from "./rules.ts";

/** Something that a person decides. While a change of it is not answered, it is either the one or the other. */
export class Fact<T> {
  #options: T[];

  constructor(value: T) {
    this.#options = [value];
  }

  get options(): readonly T[] {
    return this.#options;
  }

  /** Whether a change is under way. */
  get open(): boolean {
    return this.#options.length > 1;
  }

  /** What holds, or held before the change that is under way. */
  get value(): T {
    return this.#options[0]!;
  }

  change(to: T): void {
    this.#options.push(to);
  }

  /** The change was answered. */
  settle(taken: boolean): void {
    this.#options = [taken ? this.#options.at(-1)! : this.#options[0]!];
  }
}

/** An accepted membership, each time a new one; null outside of the group. */
export type Membership = { since: number } | null;

/** What people are to each other: contacts and groups. */
export class Ties {
  readonly #contacts = new Map<string, Fact<boolean>>();
  readonly #members = new Map<string, Fact<Membership>>();
  readonly groups: readonly string[];

  constructor(groups: readonly string[]) {
    this.groups = groups;
  }

  contact(one: string, other: string): Fact<boolean> {
    return made(this.#contacts, [one, other].sort().join(" "), () => new Fact(false));
  }

  member(group: string, name: string): Fact<Membership> {
    return made(this.#members, `${group} ${name}`, () => new Fact<Membership>(null));
  }

  /** The membership that somebody has, or may have just now. */
  membership(group: string, name: string): Membership {
    return this.member(group, name).options.findLast((one) => one !== null) ?? null;
  }

  /** All that may be true of the two right now. `since`: the memberships in the command's group that it was sent to. */
  between(one: string, other: string, inGroup: readonly boolean[]): Tie[] {
    const ties: Tie[] = [];
    for (const contact of this.contact(one, other).options) {
      for (const sharesGroup of this.#shares(one, other)) {
        for (const member of inGroup) ties.push({ contact, sharesGroup, member, self: one === other });
      }
    }
    return ties;
  }

  #shares(one: string, other: string): boolean[] {
    if (one === other) return [false];
    let surely = false;
    let perhaps = false;
    for (const group of this.groups) {
      const [mine, theirs] = [this.member(group, one).options, this.member(group, other).options];
      surely ||= mine.every(Boolean) && theirs.every(Boolean);
      perhaps ||= mine.some(Boolean) && theirs.some(Boolean);
    }
    return surely ? [true] : perhaps ? [true, false] : [false];
  }
}

function made<T>(map: Map<string, T>, name: string, make: () => T): T {
  let found = map.get(name);
  if (found === undefined) map.set(name, found = make());
  return found;
}

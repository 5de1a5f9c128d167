import type { Bell, Caller, Clock } from "../platform/mod.ts";
import { type Category, type Preferences, type PreferencesChange, Refusal } from "../protocol/mod.ts";
import { choiceOf, type Standing } from "./decide.ts";
import type { CategoryRecord, ConsentStore, TimeZones } from "./ports.ts";
import { localDay } from "./time_of_day.ts";

/** CO-1: what a new account takes. Categories that are not named are blocked. */
export const newPreferences: Preferences = {
  categories: { general: "allow" },
  acceptFrom: "contacts",
  broadcasts: true,
  blockedUsers: [],
  quietHours: null,
  dailyLimit: null,
  shareLimits: false,
};

/** BR-5: the categories of a first start. */
export const firstCategories: CategoryRecord[] = [
  {
    slug: "general",
    title: "General",
    description: "Everyday messages, tasks and links that anybody may see.",
    order: 0,
    retired: false,
  },
  {
    slug: "censored",
    title: "Censored",
    description: "Intimate pictures and words in which something is covered or blurred.",
    order: 1,
    retired: false,
  },
  { slug: "feet", title: "Feet", description: "Pictures and tasks about feet.", order: 2, retired: false },
];

/** People whose standing is kept in memory at once. */
const standingsKept = 50_000;

interface Kept {
  preferences: Preferences;
  stop: { sinceMs: number } | null;
  timeZone: string;
}

/** Preferences, categories and where a person stands now (CO). Only the person's own calls change anything (CO-7). */
export class Consent {
  readonly #store: ConsentStore;
  readonly #timeZones: TimeZones;
  readonly #clock: Clock;
  readonly #bell: Bell;
  readonly #exclusive: boolean;
  readonly #kept = new Map<string, Promise<Kept>>();
  #categories: Promise<CategoryRecord[]> | undefined;

  /** `exclusive`: no other process writes to the store, so that what was read stays true until this one changes it. */
  constructor(
    parts: { store: ConsentStore; timeZones: TimeZones; clock: Clock; bell: Bell; exclusive: boolean },
  ) {
    this.#store = parts.store;
    this.#timeZones = parts.timeZones;
    this.#clock = parts.clock;
    this.#bell = parts.bell;
    this.#exclusive = parts.exclusive;
  }

  async prepare(): Promise<void> {
    await this.#store.addCategories(firstCategories);
  }

  async get(caller: Caller): Promise<Preferences> {
    return await this.#whole(await this.preferencesOf(caller.userId));
  }

  /** The person's own change; every device hears the whole. Unknown categories are refused. */
  async set(caller: Caller, change: PreferencesChange): Promise<Preferences | Refusal> {
    const unknown = await this.unknownCategory(Object.keys(change.categories ?? {}), { retiredToo: true });
    if (unknown !== null) return unknown;
    if (change.blockedUsers?.includes(caller.username)) {
      return new Refusal("invalid_params", "You cannot block yourself.", {
        fields: { blockedUsers: "leave your own name out" },
      });
    }
    const changed = await this.#store.changePreferences(caller.userId, (current) => merge(current, change));
    this.forget(caller.userId);
    this.#bell.consentChanged(caller.userId);
    const whole = await this.#whole(changed);
    this.#bell.notify(caller.userId, "preferences.changed", whole);
    return whole;
  }

  async preferencesOf(userId: string): Promise<Preferences> {
    return (await this.#keptOf(userId)).preferences;
  }

  async stopOf(userId: string): Promise<{ sinceMs: number } | null> {
    return (await this.#keptOf(userId)).stop;
  }

  /** What `decide()` asks of a person. Read anew, or true by being the only writer. */
  async standing(userId: string): Promise<Standing> {
    const { preferences, stop, timeZone } = await this.#keptOf(userId);
    const deliveredToday = preferences.dailyLimit === null
      ? 0
      : await this.#store.deliveredOn(userId, localDay(this.#clock.now(), timeZone));
    return { preferences, stopped: stop !== null, timeZone, deliveredToday };
  }

  /** What was kept of a person does not hold any more: called after every write of preferences or stop. */
  forget(userId: string): void {
    this.#kept.delete(userId);
  }

  async categories(): Promise<Category[]> {
    const records = (await this.#categoryRecords()).filter((record) => !record.retired);
    return records.map(({ slug, title, description }) => ({ slug, title, description }));
  }

  /** A refusal that names the first slug which is not on the server's list, or null. */
  async unknownCategory(
    slugs: readonly string[],
    options: { retiredToo?: boolean } = {},
  ): Promise<Refusal | null> {
    const records = await this.#categoryRecords();
    const usable = records.filter((record) => options.retiredToo === true || !record.retired);
    const unknown = slugs.find((slug) => !usable.some((record) => record.slug === slug));
    if (unknown === undefined) return null;
    return new Refusal(
      "invalid_params",
      `There is no category "${unknown}". Ask category.list for those there are.`,
      {
        fields: { categories: `"${unknown}" is not on this server's list` },
      },
    );
  }

  /** CO-5: the categories that a person allows, for their contacts, or null when they keep that to themselves. */
  async sharedLimits(userId: string): Promise<string[] | null> {
    const preferences = await this.preferencesOf(userId);
    if (!preferences.shareLimits) return null;
    const { categories } = await this.#whole(preferences);
    return Object.keys(categories).filter((slug) => categories[slug] === "allow");
  }

  async blocks(userId: string, username: string): Promise<boolean> {
    return (await this.preferencesOf(userId)).blockedUsers.includes(username);
  }

  /** With every category of the list, so that a client can show a choice beside each. */
  async #whole(preferences: Preferences): Promise<Preferences> {
    const categories: Preferences["categories"] = {};
    for (const { slug, retired } of await this.#categoryRecords()) {
      if (!retired) categories[slug] = choiceOf(preferences, slug);
    }
    return { ...preferences, categories };
  }

  #keptOf(userId: string): Promise<Kept> {
    const kept = this.#kept.get(userId);
    if (kept !== undefined) return kept;
    const reading = this.#read(userId);
    if (!this.#exclusive) return reading;
    if (this.#kept.size >= standingsKept) this.#kept.delete(this.#kept.keys().next().value!);
    this.#kept.set(userId, reading);
    reading.catch(() => this.#kept.delete(userId));
    return reading;
  }

  async #read(userId: string): Promise<Kept> {
    const [preferences, stop, timeZone] = await Promise.all([
      this.#store.preferences(userId),
      this.#store.stop(userId),
      this.#timeZones.timeZoneOf(userId),
    ]);
    return { preferences: preferences ?? newPreferences, stop, timeZone };
  }

  #categoryRecords(): Promise<CategoryRecord[]> {
    if (this.#categories !== undefined) return this.#categories;
    const reading = this.#store.categories();
    if (this.#exclusive) {
      this.#categories = reading;
      reading.catch(() => this.#categories = undefined);
    }
    return reading;
  }
}

function merge(current: Preferences | null, change: PreferencesChange): Preferences {
  const before = current ?? newPreferences;
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return {
    ...before,
    ...given,
    categories: { ...before.categories, ...change.categories },
    blockedUsers: [...new Set(change.blockedUsers ?? before.blockedUsers)],
  };
}

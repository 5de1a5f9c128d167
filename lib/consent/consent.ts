import { type Bell, BoundedMap, type Caller, type Clock } from "../platform/mod.ts";
import {
  type Category,
  grantIdOf,
  limits,
  type Preferences,
  type PreferencesChange,
  type QuietHours,
  Refusal,
  say,
} from "../protocol/mod.ts";
import { decideApproach, hidesText } from "./approach.ts";
import { Categories } from "./categories.ts";
import { Census } from "./census.ts";
import { asListed, changed, changedMeanwhile, newPreferences } from "./changes.ts";
import { choiceOf } from "./decide.ts";
import { shownShape } from "./grant_changes.ts";
import { dailyNumber, holdsApart, needsNumbers } from "./numbers.ts";
import type { ConsentStore, DeliveryNumbers, StoredPreferences, TimeZones } from "./ports.ts";
import { preferenceDifferences } from "./rule_changes.ts";
import { RuleSets, type SharedRules } from "./shared_rules.ts";
import { grantFor, type StoredGrants } from "./sources.ts";
import type { OpenedAt, Rules, Standing } from "./standing.ts";
import { localDay } from "./time_of_day.ts";

/** People whose standing is kept in memory. */
const standingsKept = 50_000;

interface Kept {
  preferences: Preferences;
  openedAt: OpenedAt;
  restingHours: QuietHours | null;
  grants: StoredGrants | undefined;
  stop: { sinceMs: number } | null;
  timeZone: string;
  /** Found with the first broadcast; null if they are shared with nobody. */
  shared?: SharedRules | null;
}

/** Preferences, categories, and people's standing for `decide()`. Only the person's own calls change them (CO-7). */
export class Consent {
  readonly #store: ConsentStore;
  readonly #timeZones: TimeZones;
  readonly #clock: Clock;
  readonly #bell: Pick<Bell, "consentChanged" | "changedEverywhere" | "notify">;
  readonly #exclusive: boolean;
  readonly #kept = new BoundedMap<string, Promise<Kept>>(standingsKept);
  /** Values of resolved promises in `#kept`, for callers that cannot wait. */
  readonly #atHand = new Map<string, Kept>();
  /** People whose stop began in this process, perhaps before it was durable. */
  readonly #frozen = new Set<string>();
  readonly #ruleSets = new RuleSets();
  /** Counts the people whom a broadcast would reach. */
  readonly census: Census;
  /** The server's list (BR-5). */
  readonly categoryList: Categories;

  /** `exclusive`: no other process writes to the store, so records can be kept in memory. */
  constructor(
    parts: {
      store: ConsentStore;
      timeZones: TimeZones;
      clock: Clock;
      bell: Pick<Bell, "consentChanged" | "changedEverywhere" | "notify">;
      exclusive: boolean;
    },
  ) {
    this.#store = parts.store;
    this.#timeZones = parts.timeZones;
    this.#clock = parts.clock;
    this.#bell = parts.bell;
    this.#exclusive = parts.exclusive;
    this.census = new Census(parts);
    this.categoryList = new Categories(parts.store, parts.exclusive);
  }

  prepare(): Promise<void> {
    return this.categoryList.prepare();
  }

  async get(caller: Caller): Promise<Preferences> {
    return await this.#whole(await this.preferencesOf(caller.userId));
  }

  /**
   * The person's own change. All devices are notified of all preferences. Unknown categories are refused. With `shown`, which is
   * what the person saw: refused if another of their tabs or devices has changed the same meanwhile.
   */
  async set(
    caller: Caller,
    change: PreferencesChange,
    shown?: Partial<Preferences>,
  ): Promise<Preferences | Refusal> {
    const unknown = await this.unknownCategory(Object.keys(change.categories ?? {}), { retiredToo: true });
    if (unknown !== null) return unknown;
    if (change.blockedUsers?.includes(caller.username)) return blocksSelf("blockedUsers");
    return await this.#change(caller, (current) => {
      const stale = shown === undefined ? [] : changedMeanwhile(current, shown, change);
      if (stale.length === 0) return change;
      const fields = Object.fromEntries(stale.map((name) => [name, "field.changedMeanwhile" as const]));
      return new Refusal("conflict", "preferences.changedMeanwhile", { fields });
    });
  }

  /** Blocks one username, or unblocks it; whether somebody is called so makes no difference. */
  async block(
    caller: Caller,
    { username, on }: { username: string; on: boolean },
  ): Promise<Preferences | Refusal> {
    if (on && username === caller.username) return blocksSelf("username");
    return await this.#change(caller, ({ blockedUsers }) => {
      const others = blockedUsers.filter((one) => one !== username);
      if (on && others.length >= limits.blockedUsers) {
        return new Refusal("conflict", say("preferences.blockedLimit", { count: limits.blockedUsers }));
      }
      return { blockedUsers: on ? [...others, username] : others };
    });
  }

  async #change(
    caller: Caller,
    next: (current: Preferences) => PreferencesChange | Refusal,
  ): Promise<Preferences | Refusal> {
    const now = this.#clock.now();
    const stored = await this.#store.changePreferences(
      caller.userId,
      (current) => {
        const before = plain(asListed(current ?? newPreferences));
        const change = next(before);
        if (change instanceof Refusal) return change;
        const preferences = changed(current, change, now);
        const differences = preferenceDifferences(before, plain(preferences));
        return { preferences, change: { atMs: now, device: caller.device, differences } };
      },
    );
    if (stored instanceof Refusal) return stored;
    this.forget(caller.userId);
    const preferences = plain(stored);
    this.census.changed(caller.userId, preferences);
    this.#bell.consentChanged(caller.userId);
    await this.#bell.changedEverywhere(caller.userId);
    const whole = await this.#whole(preferences);
    this.#bell.notify(caller.userId, "preferences.changed", whole);
    return whole;
  }

  async preferencesOf(userId: string): Promise<Preferences> {
    return (await this.#keptOf(userId)).preferences;
  }

  /** The quiet hours that the person switched off, for when they switch them on again; null if there are none. */
  async restingHours({ userId }: Caller): Promise<QuietHours | null> {
    return (await this.#keptOf(userId)).restingHours;
  }

  async stopOf(userId: string): Promise<{ sinceMs: number } | null> {
    return (await this.#keptOf(userId)).stop;
  }

  /** What the person has set, for what asks no numbers and no Stop. */
  async rulesOf(userId: string): Promise<Rules> {
    return rulesIn(await this.#keptOf(userId));
  }

  /** Whether a held command of the person lets later ones of other sources pass (CO-12). */
  async holdsApart(userId: string): Promise<boolean> {
    return holdsApart(rulesIn(await this.#keptOf(userId)));
  }

  /**
   * A person's standing for `decide()`: read now, or from memory if this process is the only writer. Without the numbers of
   * grants and ceiling, which are counted at the delivery: a send takes as long whatever the person has set (CO-10).
   */
  async standing(userId: string): Promise<Standing> {
    const kept = await this.#keptOf(userId);
    const deliveredToday = kept.preferences.dailyLimit === null
      ? 0
      : await this.#store.deliveredOn(userId, localDay(this.#clock.now(), kept.timeZone));
    return this.#standing(userId, kept, deliveredToday);
  }

  /** The same with the numbers, if the person's grants or ceiling have any: `seen` is for the write that counts a delivery. */
  async standingAtDelivery(userId: string): Promise<Standing & { seen?: DeliveryNumbers["seen"] }> {
    const kept = await this.#keptOf(userId);
    const now = this.#clock.now();
    const rules = rulesIn(kept);
    if (!needsNumbers(rules, now)) return await this.standing(userId);
    const day = localDay(now, kept.timeZone);
    const { today, open, seen } = await this.#store.deliveryNumbers(userId, day, kept.timeZone);
    const deliveredToday = kept.preferences.dailyLimit === null ? 0 : dailyNumber(rules, today, now);
    return { ...this.#standing(userId, kept, deliveredToday), counts: { today, open }, seen };
  }

  /** The same without waiting; undefined if it is not in memory, or the person's commands are counted or held apart. */
  standingAtHand(userId: string): Standing | undefined {
    const kept = this.#atHand.get(userId);
    if (kept === undefined || kept.preferences.dailyLimit !== null || holdsApart(rulesIn(kept))) {
      return undefined;
    }
    return this.#standing(userId, kept, 0);
  }

  #standing(userId: string, kept: Kept, deliveredToday: number): Standing {
    const stopped = kept.stop !== null || this.#frozen.has(userId);
    return { ...rulesIn(kept), stopped, timeZone: kept.timeZone, deliveredToday };
  }

  /** CO-12: what a person shows a contact of the grant for them; undefined if they show nothing. */
  async shownGrant(userId: string, contact: string) {
    const { grants } = await this.#keptOf(userId);
    const grant = grantFor(grants, grantIdOf({ user: contact }), this.#clock.now());
    return grant?.shown === true ? shownShape(grant) : undefined;
  }

  /**
   * The person's rules as a set that everybody with equal rules has; undefined if they are not in memory, or if something of
   * the person alone decides: a stop, or a count of deliveries.
   */
  sharedRules(userId: string): SharedRules | undefined {
    const kept = this.#atHand.get(userId);
    if (kept === undefined || kept.stop !== null || this.#frozen.has(userId)) return undefined;
    if (kept.shared === undefined) {
      const standing = this.standingAtHand(userId);
      kept.shared = standing === undefined ? null : this.#ruleSets.of(standing);
    }
    return kept.shared ?? undefined;
  }

  /** Holds commands and others' text from the call of a stop on, before it is durable (CO-6, CO-11). */
  freeze(userId: string): void {
    this.#frozen.add(userId);
  }

  thaw(userId: string): void {
    this.#frozen.delete(userId);
  }

  /** Drops a person from memory; must be called after every write of preferences or stop. */
  forget(userId: string): void {
    this.#kept.delete(userId);
    this.#atHand.delete(userId);
  }

  /** The person's time zone changed. Quiet hours and the daily limit follow the person's own day. */
  timeZoneChanged(userId: string): void {
    this.forget(userId);
    this.#bell.consentChanged(userId);
  }

  /** An account was removed: broadcasts no longer count the person. */
  accountRemoved(userId: string): void {
    this.forget(userId);
    this.census.removed(userId);
  }

  categories(): Promise<Category[]> {
    return this.categoryList.offered();
  }

  /** A refusal with the first slug that is not on the server's list, or null. */
  unknownCategory(
    slugs: readonly string[],
    options: { retiredToo?: boolean } = {},
  ): Promise<Refusal | null> {
    return this.categoryList.unknown(slugs, options);
  }

  /** CO-5: the categories that a person allows, for their contacts; null if they do not share them. */
  async sharedLimits(userId: string): Promise<string[] | null> {
    const preferences = await this.preferencesOf(userId);
    if (!preferences.shareLimits) return null;
    const { categories } = await this.#whole(preferences);
    return Object.keys(categories).filter((slug) => categories[slug] === "allow");
  }

  /** CO-11: the person's rules for others' text outside of commands, as they are now. */
  async textRules(userId: string) {
    const { preferences, stop } = await this.#keptOf(userId);
    const standing = { preferences, stopped: stop !== null || this.#frozen.has(userId) };
    return {
      approach: (from: string) => decideApproach(standing, from),
      hidesText: (from: string) => hidesText(standing, from),
      /** CO-10: whether contacts see when the person is connected. A block changes nothing of it. */
      showsOnline: preferences.shareOnline !== false,
    };
  }

  /** With a choice for every category of the list, for clients that show them all. */
  async #whole(preferences: Preferences): Promise<Preferences> {
    const categories: Preferences["categories"] = {};
    for (const { slug, retired } of await this.categoryList.records()) {
      if (!retired) categories[slug] = choiceOf(preferences, slug);
    }
    return { ...preferences, categories };
  }

  #keptOf(userId: string): Promise<Kept> {
    const kept = this.#kept.get(userId);
    if (kept !== undefined) return kept;
    const reading = this.#read(userId);
    if (!this.#exclusive) return reading;
    const dropped = this.#kept.set(userId, reading);
    if (dropped !== undefined) this.#atHand.delete(dropped);
    reading.then(
      // Only if it was not changed meanwhile.
      (kept) => this.#kept.get(userId) === reading && this.#atHand.set(userId, kept),
      () => this.#kept.get(userId) === reading && this.forget(userId),
    );
    return reading;
  }

  async #read(userId: string): Promise<Kept> {
    const [stored, timeZone] = await Promise.all([
      this.#store.rules(userId),
      this.#timeZones.timeZoneOf(userId),
    ]);
    const { openedAt = {}, restingHours = null, ...preferences } = asListed(
      stored.preferences ?? newPreferences,
    );
    return {
      preferences,
      openedAt,
      restingHours,
      grants: stored.grants ?? undefined,
      stop: stored.stop,
      timeZone,
    };
  }
}

/** Without what is stored beside the preferences. */
function plain({ openedAt: _, restingHours: __, ...preferences }: StoredPreferences): Preferences {
  return preferences;
}

function blocksSelf(field: string): Refusal {
  return new Refusal("invalid_params", "preferences.self", { fields: { [field]: "field.notSelf" } });
}

function rulesIn({ preferences, openedAt, grants }: Kept): Rules {
  return { preferences, openedAt, ...(grants === undefined ? {} : { grants }) };
}

import { type CategoryChoice, isFromServer, type Preferences } from "../protocol/mod.ts";
import { type Hold, holdOf } from "./holds.ts";
import { grantFor, letThroughAt, pauseOf, sourceOf, type StoredGrant } from "./sources.ts";
import type { Question, Relation, Rules, Standing } from "./standing.ts";

/** `by`: the id of the grant that has the rule, or `limits` for the ceiling; absent for the general preferences. */
export type Decision =
  | { verdict: "deliver"; sealed: boolean; allowedBy: string; by?: string }
  | { verdict: "hold" } & Hold
  | { verdict: "withhold"; rule: string; by?: string };

type Withheld = Omit<Extract<Decision, { verdict: "withhold" }>, "verdict">;

/**
 * CO-9, CO-12: the only code that decides consent. Pure; `now` is ms since 1970 UTC. An unknown rule withholds, and a category
 * without a choice is blocked (CO-1).
 */
export function decide(standing: Standing, relation: Relation, command: Question, now: number): Decision {
  if (standing.stopped) return { verdict: "hold", rule: "stopped", untilMs: null };
  const pause = command.delivered ? undefined : pauseOf(standing.grants, command, now);
  if (pause !== undefined) {
    return { verdict: "hold", rule: "paused", untilMs: pause.untilMs, by: pause.id };
  }
  const withheld = withheldFrom(standing, relation, command, now);
  if (withheld !== null) return { verdict: "withhold", ...withheld };
  const grant = grantFor(standing.grants, sourceOf(command), now);
  const held = holdOf(standing, grant, command, now);
  if (held !== null) return { verdict: "hold", ...held };
  return allowed(standing, relation, command, now);
}

/** The rule that withholds a command from a person at any hour, or null. It never tells whether a grant has it (CO-10). */
export function withheldBy(rules: Rules, relation: Relation, command: Question, now: number): string | null {
  return withheldFrom(rules, relation, command, now)?.rule ?? null;
}

/** The rule that lets a command through, whatever holds it for a time; null: it is withheld (CO-8). */
export function letThroughBy(
  rules: Rules,
  relation: Relation,
  command: Question,
  now: number,
): string | null {
  if (withheldFrom(rules, relation, command, now) !== null) return null;
  return allowed(rules, relation, command, now).allowedBy;
}

function withheldFrom(rules: Rules, relation: Relation, command: Question, now: number): Withheld | null {
  const { preferences, grants } = rules;
  if (isFromServer(command.from)) return withheldFromServer(preferences, relation, command);
  if (preferences.blockedUsers.includes(command.from.username)) return { rule: "blocked_user" };
  const grant = grantFor(grants, sourceOf(command), now);
  const { kind } = command.audience;
  switch (kind) {
    case "user":
      if (command.chat !== "reply" && !acceptsDirect(preferences, relation, grant)) {
        return { rule: "accept_from" };
      }
      break;
    case "group":
      if (!relation.sharesGroup) return { rule: "no_member" };
      break;
    case "category":
    case "all":
      if (preferences.broadcasts !== true) return { rule: "broadcasts" };
      break;
    default:
      kind satisfies never;
      return { rule: "not_understood" };
  }
  if (command.categories.length === 0 && command.chat === undefined) return { rule: "no_category" };
  const blocked = command.categories.find((slug) => choiceBy(rules, grant, slug) === "block");
  if (blocked !== undefined) return withBy(`category:${blocked}`, grant, namesCategory(grant, blocked));
  if (command.chat !== undefined) return null;
  const most = preferences.limits?.kinds ?? null;
  if (most !== null && !most.includes(command.kind)) return { rule: "kind", by: "limits" };
  if (grant?.kinds !== undefined && !grant.kinds.includes(command.kind)) {
    return { rule: "kind", by: grant.id };
  }
  const later = command.sentMs === undefined ? null : openedLater(rules, command, command.sentMs);
  return later === null ? null : { rule: later };
}

/**
 * What the server tells its administrators comes with the role: no choice of senders or categories is about it, so none keeps it away
 * by accident. The ceiling is, as are the Stop, quiet hours and the daily limit. Who is no administrator any more gets none.
 */
function withheldFromServer(
  { limits }: Preferences,
  { administers }: Relation,
  { audience, kind }: Question,
): Withheld | null {
  if (administers !== true || audience.kind !== "user") return { rule: "accept_from" };
  const most = limits?.kinds ?? null;
  return most !== null && !most.includes(kind) ? { rule: "kind", by: "limits" } : null;
}

function withBy(rule: string, grant: StoredGrant | undefined, isOfGrant: boolean): Withheld {
  return grant !== undefined && isOfGrant ? { rule, by: grant.id } : { rule };
}

/** The rule that was still closed when the command was sent, or null. */
function openedLater(rules: Rules, command: Question, sentMs: number): string | null {
  const { openedAt = {}, grants } = rules;
  const { from: { username }, audience, categories, kind } = command;
  const { users = {}, usersBefore = 0, kinds = [], categories: times = {} } = openedAt;
  const unblockedMs = Object.hasOwn(users, username) ? users[username]! : usersBefore;
  if (unblockedMs > sentMs) return "blocked_user";
  if (audience.kind !== "group" && (openedAt.broadcasts ?? 0) > sentMs) return "broadcasts";
  if (kinds.some((before) => before.untilMs > sentMs && !before.kinds.includes(kind))) return "kind";
  const source = sourceOf(command);
  const then = letThroughAt(grants, source, sentMs);
  if (then?.kinds !== undefined && !then.kinds.includes(kind)) return "kind";
  const closed = categories.find((slug) => {
    if (then?.categories !== undefined && Object.hasOwn(then.categories, slug)) {
      return then.categories[slug] === "block";
    }
    return (Object.hasOwn(times, slug) && times[slug]! > sentMs) ||
      choiceOf(rules.preferences, slug) === "block";
  });
  return closed === undefined ? null : `category:${closed}`;
}

/**
 * `acceptFrom` is about other people: whatever it says, a person can send to themselves. A grant accepts a contact. Every
 * other rule still applies.
 */
function acceptsDirect(
  preferences: Preferences,
  relation: Relation,
  grant: StoredGrant | undefined,
): boolean {
  if (relation.self || (grant?.accept === true && relation.contact)) return true;
  switch (preferences.acceptFrom) {
    case "anyone":
      return true;
    case "groups":
      return relation.contact || relation.sharesGroup;
    case "contacts":
      return relation.contact;
    case "nobody":
      return false;
    default:
      preferences.acceptFrom satisfies never;
      return false;
  }
}

/** The general choice for a category; anything else than a choice blocks. */
export function choiceOf(preferences: Preferences, slug: string): CategoryChoice {
  const choice = Object.hasOwn(preferences.categories, slug) ? preferences.categories[slug] : undefined;
  return choice === "allow" || choice === "ask" ? choice : "block";
}

function namesCategory(grant: StoredGrant | undefined, slug: string): boolean {
  return grant?.categories !== undefined && Object.hasOwn(grant.categories, slug);
}

function choiceBy({ preferences }: Rules, grant: StoredGrant | undefined, slug: string): CategoryChoice {
  if (!namesCategory(grant, slug)) return choiceOf(preferences, slug);
  const choice = grant!.categories![slug];
  return choice === "allow" || choice === "ask" ? choice : "block";
}

/** CO-2: whether the person sees a command's content without opening it. */
export function opensByItself(
  rules: Rules,
  command: Pick<Question, "from" | "audience" | "categories">,
  now: number,
): boolean {
  if (isFromServer(command.from)) return true;
  const grant = grantFor(rules.grants, sourceOf(command), now);
  return command.categories.every((slug) => choiceBy(rules, grant, slug) === "allow");
}

/** CO-8: the rules that allowed it, in the terms of the preferences page. */
function allowed(
  rules: Rules,
  relation: Relation,
  command: Question,
  now: number,
): Extract<Decision, { verdict: "deliver" }> {
  if (isFromServer(command.from)) return { verdict: "deliver", sealed: false, allowedBy: "server" };
  const grant = grantFor(rules.grants, sourceOf(command), now);
  const choices = command.categories.map((slug) => `${slug}=${choiceBy(rules, grant, slug)}`).join(",");
  const sealed = command.categories.some((slug) => choiceBy(rules, grant, slug) === "ask");
  const way = wayIn(rules.preferences, relation, command);
  const rule = choices === "" ? way : `${way}; ${choices}`;
  const letThrough = grant !== undefined && command.categories.some((slug) => namesCategory(grant, slug));
  const accepted = grant?.accept === true && !acceptsDirect(rules.preferences, relation, undefined);
  return letThrough || (accepted && command.audience.kind === "user")
    ? { verdict: "deliver", sealed, allowedBy: `${rule}; grant=${grant!.id}`, by: grant!.id }
    : { verdict: "deliver", sealed, allowedBy: rule };
}

function wayIn(preferences: Preferences, relation: Relation, command: Question): string {
  const { kind } = command.audience;
  switch (kind) {
    case "user": {
      if (relation.self) return "self";
      if (command.chat === "reply") return "reply";
      const { acceptFrom } = preferences;
      const why = acceptFrom === "anyone" ? "anyone" : relation.contact ? "contact" : "shared_group";
      return `acceptFrom=${acceptFrom} (${why})`;
    }
    case "group":
      return "membership";
    case "category":
    case "all":
      return "broadcasts=true";
    default:
      return kind satisfies never;
  }
}

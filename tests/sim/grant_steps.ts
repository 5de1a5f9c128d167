import { english, type GrantChange, type GrantList, Refusal } from "../../lib/protocol/mod.ts";
import { type Day, type Grants, inForce, type Terms } from "./grants.ts";
import { change, time } from "./people_steps.ts";
import { slugs } from "./steps.ts";
import type { World } from "./world.ts";

const minuteMs = 60_000;
type Wish = Omit<GrantChange, "to">;

function toOf(id: string): GrantChange["to"] {
  const [what, name] = id.split(":");
  return what === "user" ? { user: name! } : { group: name! };
}

/** Somebody makes or changes a grant. */
function grant(world: World): string | null {
  const name = world.anybody();
  const { ties } = world.model;
  const others = [...world.model.people.keys()].filter((one) => one !== name);
  const contacts = others.filter((one) => ties.contact(name, one).value);
  const id = world.chance(0.3)
    ? `group:${world.pick(ties.groups)}`
    : `user:${world.pick(contacts.length > 0 && world.chance(0.9) ? contacts : others)}`;
  const wish: Wish = {};
  for (let rules = 1 + world.int(2); rules > 0; rules--) Object.assign(wish, rule(world));
  // Only a contact can be accepted.
  if (id.startsWith("group:")) delete wish.accept;
  if (world.chance(0.4)) Object.assign(wish, until(world));
  return set(world, name, id, wish);
}

function rule(world: World): Wish {
  return world.pick<() => Wish>([
    () => ({
      categories: { [world.pick(slugs)]: world.pick(["allow", "allow", "ask", "block", null] as const) },
    }),
    () => ({ categories: { [world.pick(slugs)]: "allow", [world.pick(slugs)]: "ask" } }),
    () => ({ categories: null }),
    () => ({ accept: world.pick([true, true, null]) }),
    () => ({ kinds: world.pick([["message"], ["task"], ["message", "task"], null, null]) }),
    () => ({ hours: world.chance(0.5) ? [window(world)] : null }),
    () => ({ perDay: world.chance(0.5) ? 1 + world.int(3) : null }),
    () => ({ open: world.chance(0.5) ? 1 + world.int(3) : null }),
  ])();
}

const weekend: Day[] = ["sa", "su"];
const weekdays: Day[] = ["mo", "tu", "we", "th", "fr"];

function window(world: World) {
  const days = world.pick([null, null, weekend, weekdays]);
  return { ...(days === null ? {} : { days }), from: time(world), to: time(world) };
}

function until(world: World): Wish {
  if (world.chance(0.3)) return { until: null };
  const ms = world.clock.now() + (1 + world.int(world.pick([60, 3 * 24 * 60]))) * minuteMs;
  return { until: new Date(ms).toISOString() };
}

/** Somebody holds back what one other, or one group, sends, without their knowledge. */
function pause(world: World): string | null {
  const name = world.anybody();
  const id = world.chance(0.3) ? `group:${world.pick(world.model.ties.groups)}` : `user:${world.other(name)}`;
  return set(world, name, id, { paused: true, ...(world.chance(0.3) ? until(world) : {}) });
}

function resumeOne(world: World): string | null {
  return ofSomebody(
    world,
    ({ paused }) => paused === true,
    (name, id) => set(world, name, id, { paused: false }),
  );
}

function end(world: World): string | null {
  return ofSomebody(world, () => true, (name, id) => endGrant(world, name, id));
}

/** Acts on one of the grants that are in force. */
function ofSomebody(
  world: World,
  which: (terms: Terms) => boolean,
  act: (name: string, id: string) => string | null,
): string | null {
  const now = world.clock.now();
  const found = [...world.model.people].flatMap(([name, { grants }]) =>
    Object.entries(grants.value)
      .filter(([, terms]) => inForce(terms, now) !== undefined && which(terms))
      .map(([id]) => [name, id] as const)
  );
  if (found.length === 0) return null;
  const [name, id] = world.pick(found);
  return act(name, id);
}

/** CO-12: a partial change; null takes a rule out, and a grant without rules is none. */
function changed(grants: Grants, id: string, wish: Wish, now: number): Grants {
  const before = inForce(grants[id], now);
  const { categories, until, ...plain } = wish;
  const merged: Record<string, unknown> = { ...before, ...plain };
  if (categories === null) delete merged.categories;
  else if (categories !== undefined) merged.categories = kept({ ...before?.categories, ...categories });
  delete merged.untilMs;
  const rules = kept(merged);
  const { [id]: _, ...others } = grants;
  if (Object.keys(rules).length === 0) return others;
  const untilMs = until === undefined ? before?.untilMs ?? null : until === null ? null : Date.parse(until);
  return { ...others, [id]: { ...rules, untilMs } };
}

/** What is not taken out. */
function kept(given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) =>
      value !== null && value !== undefined && value !== false &&
      !(typeof value === "object" && Object.keys(value).length === 0)
    ),
  );
}

function set(world: World, name: string, id: string, wish: Wish): string | null {
  const { model, clock } = world;
  const person = model.person(name);
  const { grants } = person;
  if (grants.open) return null;
  person.granted = true;
  const next = changed(grants.value, id, wish, clock.now());
  model.endsAt(next[id]?.untilMs ?? null);
  const caller = world.caller(name);
  const tied = () =>
    id.startsWith("user:")
      ? model.ties.contact(name, id.slice(5)).options.every(Boolean)
      : model.ties.member(id.slice(6), name).options.every(Boolean);
  const tiedBefore = tied();
  return change(
    world,
    grants,
    next,
    [name],
    `${name} grants ${id} ${JSON.stringify(wish)}`,
    async (services) => {
      const answer = await services.grants.set(caller, { to: toOf(id), ...wish });
      // An unknown group is no sign that the grant was made before a crash.
      if (!(answer instanceof Refusal) || answer.kind !== "not_found") return answer;
      return new Refusal("forbidden", answer.message);
    },
    (taken, answer, again) => {
      if (!taken && tiedBefore && tied() && !again) {
        world.fail(`${name}'s grant for ${id} was refused: ${english((answer as Refusal).message)}`);
      }
      if (taken) agrees(world, name, answer);
    },
  );
}

/** The grants of the answer are those that the oracle knows. */
function agrees(world: World, name: string, answer: unknown): void {
  if (answer instanceof Refusal) return;
  const now = world.clock.now();
  const mine = Object.entries(world.model.person(name).grants.value).filter(([, terms]) =>
    inForce(terms, now)
  );
  // Around the end of one the answer may be from before or after it.
  if (mine.some(([, { untilMs }]) => untilMs !== null && untilMs - now < 5000)) return;
  const theirs = (answer as GrantList).grants.filter(({ until }) =>
    until === null || Date.parse(until) > now
  );
  const expected = mine.map(([id, { untilMs, ...terms }]) =>
    canonical({
      id,
      to: toOf(id),
      ...terms,
      until: untilMs === null ? null : new Date(untilMs).toISOString(),
    })
  );
  const found = theirs.map(({ since: _, ...terms }) => canonical(terms));
  if (expected.sort().join() !== found.sort().join()) {
    world.fail(`${name} has the grants ${found}, not ${expected}`);
  }
}

function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, part) =>
      part !== null && typeof part === "object" && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1))
        : part,
  );
}

export function endGrant(world: World, name: string, id: string): string | null {
  const { grants } = world.model.person(name);
  if (grants.open) return null;
  const { [id]: terms, ...others } = grants.value;
  const caller = world.caller(name);
  return change(
    world,
    grants,
    others,
    [name],
    `${name} ends the grant for ${id}`,
    (services) => services.grants.end(caller, { id }),
    (taken, answer) => {
      if (!taken && inForce(terms, world.clock.now()) !== undefined) {
        world.fail(`${name} could not end the grant for ${id}: ${english((answer as Refusal).message)}`);
      }
    },
  );
}

/** Takes out of a grant all that holds back. */
export function freeGrant(world: World, name: string, id: string): string | null {
  return set(world, name, id, { paused: null, hours: null, perDay: null, open: null });
}

export const grantSteps: readonly (readonly [weight: number, step: (world: World) => string | null])[] = [
  [4, grant],
  [1.5, pause],
  [3, resumeOne],
  [1, end],
];

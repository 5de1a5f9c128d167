import { Refusal } from "../../lib/protocol/mod.ts";
import type { Fact, Membership } from "./facts.ts";
import { type Ceiling, withoutContact } from "./grants.ts";
import type { Preferences } from "./rules.ts";
import { slugs } from "./steps.ts";
import type { World } from "./world.ts";

/** A change of a fact: the oracle takes both for possible until it is answered. */
export function change<T>(
  world: World,
  fact: Fact<T>,
  to: T,
  whose: readonly string[],
  what: string,
  make: (services: World["services"]) => Promise<unknown>,
  then: (taken: boolean, answer: unknown, again: boolean) => void = () => undefined,
): string {
  fact.change(to);
  world.model.changing++;
  world.model.rulesMove(whose);
  world.call({
    what,
    make,
    done: (answer, again) => {
      // One that was asked twice may find that it was taken the first time.
      const taken = !(answer instanceof Refusal) || (again && answer.kind === "not_found");
      fact.settle(taken);
      world.model.changing--;
      world.model.rulesMove(whose);
      then(taken, answer, again);
    },
  });
  return what;
}

function prefer(world: World): string | null {
  const name = world.anybody();
  const { preferences } = world.model.person(name);
  if (preferences.open) return null;
  const part: Partial<Preferences> = world.pick<() => Partial<Preferences>>([
    () => ({ categories: { [world.pick(slugs)]: world.pick(["allow", "allow", "ask", "block"] as const) } }),
    () => ({ categories: { [world.pick(slugs)]: world.pick(["allow", "ask", "block"] as const) } }),
    () => ({ acceptFrom: world.pick(["anyone", "anyone", "groups", "contacts", "nobody"] as const) }),
    () => ({ acceptFrom: "anyone" }),
    () => ({ broadcasts: world.chance(0.7) }),
    () => ({ blockedUsers: world.chance(0.4) ? [world.other(name)] : [] }),
    () => ({ quietHours: world.chance(0.4) ? windows(time(world), time(world)) : null }),
    () => ({ dailyLimit: world.chance(0.3) ? 1 + world.int(4) : null }),
    ...(world.grants ? [() => ({ limits: ceiling(world) })] : []),
  ])();
  if (part.limits !== undefined && part.limits !== null) world.model.person(name).granted = true;
  const next = {
    ...preferences.value,
    ...part,
    categories: { ...preferences.value.categories, ...part.categories },
  };
  const caller = world.caller(name);
  return change(
    world,
    preferences,
    next,
    [name],
    `${name} prefers ${JSON.stringify(part)}`,
    (services) => services.preferences.set(caller, part),
  );
}

/** The ceiling is lifted more often than set, so that something comes. */
function ceiling(world: World): Ceiling | null {
  if (world.chance(0.6)) return null;
  return {
    kinds: world.chance(0.3) ? [world.pick(["message", "task"])] : null,
    open: world.chance(0.5) ? 1 + world.int(5) : null,
    perDay: world.chance(0.4) ? 1 + world.int(4) : null,
  };
}

/** One window for all days as it may be sent, or several by weekday; told from the hour, so that it draws nothing at random. */
function windows(from: string, to: string): Preferences["quietHours"] {
  switch (Number(from.slice(0, 2)) % 3) {
    case 0:
      return { from, to };
    case 1:
      return [{ days: ["mo", "we", "fr", "su"], from, to }];
    default:
      return [{ days: ["tu"], from, to }, { days: ["th", "sa", "su"], from: "21:00", to }];
  }
}

export function time(world: World): string {
  return `${String(world.int(24)).padStart(2, "0")}:${world.pick(["00", "30"])}`;
}

function stop(world: World, name = world.anybody()): string | null {
  const { model } = world;
  const person = model.person(name);
  const { stopped } = person;
  if (stopped.open || stopped.value) return null;
  const begunAt = model.nextAnswer();
  const open = model.sent.flatMap((sent) => {
    const part = sent.parts.get(name);
    // Where a change of the rules is on its way with the stop, either may come first: the sender sees the end, or a wait.
    const surely = part !== undefined && new Set(model.answers(person, sent, part)).size === 1;
    return part === undefined || part.over ? [] : [{ sent, part, surely }];
  });
  for (const { part } of open) part.doubts++;
  const caller = world.caller(name);
  const startedMs = world.clock.now();
  return change(
    world,
    stopped,
    true,
    [name],
    `${name} stops`,
    (services) => {
      const stopping = services.safety.stop(caller);
      person.pressed = true;
      return stopping;
    },
    () => {
      for (const { sent, part, surely } of open) {
        // What was on its way to be taken or released may be on either side.
        if (!surely) continue;
        if (sent.answeredAt === null || sent.answeredAt > begunAt) continue;
        const waits = sent.deliverMs !== null && sent.deliverMs > startedMs;
        if (sent.deliverMs !== null && !waits && sent.deliverMs > startedMs - 1000) continue;
        part.doubts--;
        if (waits) continue;
        part.end("stopped", sent, startedMs);
      }
    },
  );
}

export function resume(world: World, name = world.anybody()): string | null {
  const person = world.model.person(name);
  const { stopped } = person;
  if (stopped.open || !stopped.value) return null;
  person.pressed = false;
  const caller = world.caller(name);
  return change(
    world,
    stopped,
    false,
    [name],
    `${name} resumes`,
    (services) => services.safety.resume(caller),
  );
}

function contact(world: World): string | null {
  const one = world.anybody();
  const other = world.other(one);
  const fact = world.model.ties.contact(one, other);
  if (fact.open) return null;
  const [mine, theirs] = [world.caller(one), world.caller(other)];
  if (fact.value) {
    const { grants } = world.model.person(one);
    if (grants.open) return null;
    grants.change(withoutContact(grants.value, other));
    return change(
      world,
      fact,
      false,
      [one, other],
      `${one} leaves the contact ${other}`,
      (services) => services.contacts.remove(mine, { username: other }),
      (taken) => grants.settle(taken),
    );
  }
  // A block keeps the request from the other one; both asking makes a contact all the same.
  return change(world, fact, true, [one, other], `${one} and ${other} become contacts`, async (services) => {
    const asked = await services.contacts.request(mine, { username: other });
    return asked instanceof Refusal ? asked : await services.contacts.request(theirs, { username: one });
  });
}

function group(world: World): string | null {
  const name = world.anybody();
  const ties = world.model.ties;
  const where = world.pick(ties.groups);
  const fact = ties.member(where, name) as Fact<Membership>;
  if (fact.open) return null;
  const everybody = [...world.model.people.keys()];
  const caller = world.caller(name);
  const admin = world.caller("ada");
  const role = world.pick(["owner", "sender", "sender", "member"] as const);
  if (fact.value === null) {
    return change(
      world,
      fact,
      { since: world.clock.now() },
      everybody,
      `${name} joins ${where} as ${role}`,
      async (services) => {
        const invited = await services.groups.setMember(admin, where, name, { role });
        if (invited instanceof Refusal) return invited;
        const accepted = await services.groups.accept(caller, { group: where });
        if (!(accepted instanceof Refusal)) return accepted;
        // A stop or a block keeps the invitation away, which is no membership, also when it is asked again.
        const { groups } = await services.groups.list(caller);
        return groups.some((group) => group.name === where) || new Refusal("conflict", accepted.message);
      },
    );
  }
  if (world.chance(0.4)) {
    return change(
      world,
      fact,
      fact.value,
      everybody,
      `${name} becomes ${role} of ${where}`,
      (services) => services.groups.setMember(admin, where, name, { role }),
    );
  }
  return leave(world, name, where);
}

export function leave(world: World, name: string, where: string): string {
  const caller = world.caller(name);
  const admin = world.caller("ada");
  return change(
    world,
    world.model.ties.member(where, name) as Fact<Membership>,
    null,
    [...world.model.people.keys()],
    `${name} leaves ${where}`,
    (services) =>
      world.starts % 2 === 0
        ? services.groups.leave(caller, { group: where })
        : services.groups.removeMember(admin, where, name),
  );
}

async function join(world: World): Promise<string | null> {
  if (world.model.people.size >= 8) return null;
  await world.rest();
  const name = `new-${world.next()}`;
  await world.join(name);
  return `${name} joins`;
}

export const peopleSteps:
  readonly (readonly [weight: number, step: (world: World) => string | null | Promise<string | null>])[] = [
    [10, prefer],
    [1.5, (world) => stop(world)],
    [4, (world) => resume(world)],
    [4, contact],
    [4, group],
    [0.7, join],
  ];

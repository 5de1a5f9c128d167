import { type Caller, type Clock, type Ids, iso } from "../../lib/platform/mod.ts";
import {
  type AdminCategory,
  type AdminGroup,
  type AdminUser,
  type AuditPageEntry,
  type GroupEntry,
  neverEnds,
  type Profile,
  Refusal,
  type Sanction,
  type User,
} from "../../lib/protocol/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { told } from "./told.ts";

/** What administrators' and members' pages look at and change. */
export interface FakeAdminWorld {
  people: Map<string, { user: User; password: string }>;
  /** In the order in which they are shown. */
  categories: AdminCategory[];
  groups: AdminGroup[];
  /** By username, newest first. */
  sanctions: Map<string, Sanction[]>;
  /** Newest first. */
  audit: AuditPageEntry[];
  /** By username; people without an entry have the defaults. */
  profiles: Map<string, Profile>;
}

export function emptyAdminWorld(): Omit<FakeAdminWorld, "people"> {
  return {
    categories: [
      { slug: "general", title: "General", description: "Everyday things.", order: 0, retired: false },
      {
        slug: "censored",
        title: "Censored",
        description: "Pictures with parts made unreadable.",
        order: 1,
        retired: false,
      },
      {
        slug: "feet",
        title: "Feet",
        description: "Feet and what is worn on them.",
        order: 2,
        retired: false,
      },
    ],
    groups: [],
    sanctions: new Map(),
    audit: [],
    profiles: new Map(),
  };
}

type Refuse = (method: string, params: unknown) => Refusal | undefined;
type FakedServices = Pick<Services, "categories" | "groups" | "users" | "audit" | "stats" | "profiles">;

const notFound = (what: string) => new Refusal("not_found", told(`There is no such ${what}.`));

/** Categories, groups, users, audit log and profiles in memory. A test may have any call refused by its name. */
export function fakeAdminServices(
  world: FakeAdminWorld,
  clock: Clock,
  ids: Ids,
  refusal: Refuse,
): FakedServices {
  return {
    categories: fakeCategories(world, refusal),
    groups: fakeGroups(world, clock, refusal),
    users: fakeUsers(world, clock, ids, refusal),
    audit: {
      page(caller, query) {
        const refused = refusal("audit.page", query) ?? staffOnly(caller, "admin");
        if (refused !== undefined) return Promise.resolve(refused);
        const start = query.before === undefined
          ? 0
          : world.audit.findIndex(({ cursor }) => cursor === query.before) + 1;
        const entries = world.audit.slice(start, start + (query.limit ?? 50));
        const more = start + entries.length < world.audit.length;
        return Promise.resolve({ entries, next: more ? entries.at(-1)?.cursor ?? null : null });
      },
    },
    stats: {
      now: (caller) =>
        Promise.resolve(
          refusal("stats.now", {}) ?? staffOnly(caller, "admin") ??
            { connections: 0, users: world.people.size, jobsDue: 0 },
        ),
    },
    profiles: {
      get: (caller) => Promise.resolve(refusal("profile.get", {}) ?? profileOf(world, caller)),
      language: ({ username }) => Promise.resolve(world.profiles.get(username)?.language ?? null),
      change(caller, change) {
        const refused = refusal("profile.change", change);
        if (refused !== undefined) return Promise.resolve(refused);
        const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
        const next = { ...profileOf(world, caller), ...given };
        world.profiles.set(caller.username, next);
        const person = world.people.get(caller.username);
        if (person !== undefined) person.user.displayName = next.displayName;
        return Promise.resolve(next);
      },
      ...fakeAvatars(world),
    },
  };
}

/** Pictures are for everybody here, and have nothing in them. */
function fakeAvatars({ profiles }: FakeAdminWorld): Pick<Services["profiles"], "avatar" | "withAvatar"> {
  return {
    avatar: () => Promise.resolve(notFound("picture")),
    withAvatar: (_caller, usernames) =>
      Promise.resolve(new Set(usernames.filter((name) => (profiles.get(name)?.avatar ?? null) !== null))),
  };
}

function staffOnly(caller: Caller, least: "moderator" | "admin"): Refusal | undefined {
  const may = caller.role === "admin" || (least === "moderator" && caller.role === "moderator");
  return may ? undefined : notFound("address");
}

function profileOf(world: FakeAdminWorld, { username, displayName }: Caller): Profile {
  return world.profiles.get(username) ??
    { username, displayName, bio: "", pronouns: "", timeZone: "UTC", language: "en", avatar: null };
}

function fakeCategories(world: FakeAdminWorld, refusal: Refuse): Services["categories"] {
  return {
    list: () =>
      Promise.resolve({
        categories: world.categories.filter(({ retired }) => !retired).map((
          { slug, title, description },
        ) => ({
          slug,
          title,
          description,
        })),
      }),
    all: (caller) =>
      Promise.resolve(refusal("category.all", {}) ?? staffOnly(caller, "admin") ?? [...world.categories]),
    add(caller, body) {
      const refused = refusal("category.add", body) ?? staffOnly(caller, "admin");
      if (refused !== undefined) return Promise.resolve(refused);
      if (world.categories.some(({ slug }) => slug === body.slug)) {
        return Promise.resolve(new Refusal("conflict", told("There is a category with this name already.")));
      }
      const category = { ...body, order: world.categories.length, retired: false };
      world.categories.push(category);
      return Promise.resolve(category);
    },
    change(caller, slug, change) {
      const refused = refusal("category.change", { slug, ...change }) ?? staffOnly(caller, "admin");
      const category = world.categories.find((one) => one.slug === slug);
      if (refused !== undefined || category === undefined) {
        return Promise.resolve(refused ?? notFound("category"));
      }
      if (slug === "general" && change.retired === true) {
        return Promise.resolve(new Refusal("conflict", told("general cannot be retired.")));
      }
      Object.assign(category, Object.fromEntries(Object.entries(change).filter(([, v]) => v !== undefined)));
      world.categories.sort((a, b) => a.order - b.order);
      return Promise.resolve(category);
    },
  };
}

function fakeGroups(world: FakeAdminWorld, clock: Clock, refusal: Refuse): Services["groups"] {
  const find = (name: string) => world.groups.find((group) => group.name === name);
  const mine = (group: AdminGroup, caller: Caller) =>
    group.members.find(({ username }) => username === caller.username);
  const managed = (caller: Caller, group: AdminGroup) => {
    const member = mine(group, caller);
    return caller.role === "admin" || (member?.role === "owner" && member.since !== null);
  };
  const managedNamed = (caller: Caller, name: string) => {
    const group = find(name);
    return group !== undefined && managed(caller, group) ? group : undefined;
  };
  return {
    list(caller) {
      const entries: GroupEntry[] = world.groups.flatMap((group) => {
        const member = mine(group, caller);
        if (member === undefined) return [];
        const { name, title, members } = group;
        const count = members.filter(({ since }) => since !== null).length;
        return [{ name, title, role: member.role, since: member.since, members: count }];
      });
      return Promise.resolve({
        groups: entries.filter(({ since }) => since !== null),
        invitations: entries.filter(({ since }) => since === null),
      });
    },
    accept(caller, params) {
      const refused = refusal("group.accept", params);
      const group = find(params.group);
      const member = group === undefined ? undefined : mine(group, caller);
      if (refused !== undefined || group === undefined || member === undefined) {
        return Promise.resolve(refused ?? notFound("invitation"));
      }
      member.since ??= iso(clock.now());
      return Promise.resolve({ name: group.name, title: group.title, role: member.role, accepted: true });
    },
    leave(caller, params) {
      const refused = refusal("group.leave", params);
      const group = find(params.group);
      if (refused !== undefined || group === undefined || mine(group, caller) === undefined) {
        return Promise.resolve(refused ?? notFound("group"));
      }
      group.members = group.members.filter(({ username }) => username !== caller.username);
      return Promise.resolve({ name: group.name, title: group.title, role: null, accepted: false });
    },
    managed: (caller) =>
      Promise.resolve(
        refusal("group.managed", {}) ?? world.groups.filter((group) => managed(caller, group)),
      ),
    get: (caller, name) =>
      Promise.resolve(refusal("group.get", { name }) ?? managedNamed(caller, name) ?? notFound("group")),
    create(caller, body) {
      const refused = refusal("group.create", body) ?? staffOnly(caller, "admin");
      if (refused !== undefined) return Promise.resolve(refused);
      if (find(body.name) !== undefined) {
        return Promise.resolve(
          new Refusal("conflict", "group.taken", { fields: { name: "field.taken" } }),
        );
      }
      const group: AdminGroup = { ...body, createdAt: iso(clock.now()), members: [] };
      world.groups.push(group);
      return Promise.resolve(group);
    },
    rename(caller, name, { title }) {
      const refused = refusal("group.rename", { name, title });
      const group = managedNamed(caller, name);
      if (refused !== undefined || group === undefined) return Promise.resolve(refused ?? notFound("group"));
      group.title = title;
      return Promise.resolve(group);
    },
    end(caller, name) {
      const refused = refusal("group.end", { name });
      const group = managedNamed(caller, name);
      if (refused !== undefined || group === undefined) return Promise.resolve(refused ?? notFound("group"));
      world.groups = world.groups.filter((one) => one !== group);
      return Promise.resolve(true as const);
    },
    setMember(caller, name, username, { role }) {
      const refused = refusal("group.setMember", { name, username, role });
      const group = managedNamed(caller, name);
      const person = world.people.get(username)?.user;
      if (refused !== undefined || group === undefined || person === undefined) {
        return Promise.resolve(refused ?? notFound(group === undefined ? "group" : "user"));
      }
      const member = group.members.find((one) => one.username === username);
      if (member !== undefined) member.role = role;
      else group.members.push({ username, displayName: person.displayName, role, since: null });
      return Promise.resolve(group);
    },
    removeMember(caller, name, username) {
      const refused = refusal("group.removeMember", { name, username });
      const group = managedNamed(caller, name);
      if (refused !== undefined || group === undefined) return Promise.resolve(refused ?? notFound("group"));
      group.members = group.members.filter((one) => one.username !== username);
      return Promise.resolve(group);
    },
  };
}

function fakeUsers(
  world: FakeAdminWorld,
  clock: Clock,
  ids: Ids,
  refusal: Refuse,
): Services["users"] {
  const inForce = (username: string, kind: Sanction["kind"]) =>
    world.sanctions.get(username)?.find((one) => one.kind === kind && one.over !== true);
  const shown = (user: User): AdminUser => {
    const mute = inForce(user.username, "mute");
    return {
      ...user,
      status: inForce(user.username, "suspend") === undefined ? "active" : "suspended",
      mutedUntil: mute === undefined ? null : mute.until ?? neverEnds,
      online: false,
    };
  };
  return {
    list(caller, query) {
      const refused = refusal("user.list", query) ?? staffOnly(caller, "moderator");
      if (refused !== undefined) return Promise.resolve(refused);
      const q = query.q?.toLowerCase() ?? "";
      const found = [...world.people.values()].map(({ user }) => user)
        .filter(({ username, displayName }) =>
          username.startsWith(q) || displayName.toLowerCase().includes(q)
        )
        .filter(({ username }) => query.after === undefined || username > query.after)
        .sort((a, b) => a.username < b.username ? -1 : 1);
      const users = found.slice(0, query.limit ?? 50).map(shown);
      const next = users.length < found.length ? users.at(-1)?.username ?? null : null;
      return Promise.resolve({ users, next });
    },
    get(caller, username) {
      const refused = refusal("user.get", { username }) ?? staffOnly(caller, "moderator");
      const person = world.people.get(username);
      if (refused !== undefined || person === undefined) return Promise.resolve(refused ?? notFound("user"));
      return Promise.resolve({ ...shown(person.user), sanctions: world.sanctions.get(username) ?? [] });
    },
    change(caller, username, change) {
      const refused = refusal("user.change", { username, ...change }) ?? staffOnly(caller, "admin");
      const person = world.people.get(username);
      if (refused !== undefined || person === undefined) return Promise.resolve(refused ?? notFound("user"));
      person.user.role = change.role ?? person.user.role;
      person.user.rights = change.rights ?? person.user.rights;
      return Promise.resolve(shown(person.user));
    },
    sanction(caller, username, body) {
      const refused = refusal("user.sanction", { username, ...body }) ?? staffOnly(caller, "moderator");
      if (refused !== undefined || !world.people.has(username)) {
        return Promise.resolve(refused ?? notFound("user"));
      }
      const { kind, reason, until = null } = body;
      const createdAt = iso(clock.now());
      const sanction: Sanction = { id: ids.next(), kind, reason, until, createdAt, by: caller.username };
      world.sanctions.set(username, [sanction, ...world.sanctions.get(username) ?? []]);
      return Promise.resolve(sanction);
    },
    lift(caller, username, id, reason) {
      const refused = refusal("user.lift", { username, id, reason }) ?? staffOnly(caller, "moderator");
      const sanction = world.sanctions.get(username)?.find((one) => one.id === id);
      if (refused !== undefined || sanction === undefined) {
        return Promise.resolve(refused ?? notFound("sanction"));
      }
      sanction.over = true;
      sanction.lifted = { at: iso(clock.now()), by: caller.username, reason };
      return Promise.resolve(sanction);
    },
  };
}

import { type Clock, type Ids, iso } from "../../lib/platform/mod.ts";
import { type Invite, Refusal } from "../../lib/protocol/mod.ts";
import type { Services } from "../../lib/web/services.ts";

/** Invitations of the fake services, and whether members may make them. */
export interface FakeInviteWorld {
  invites: Invite[];
  membersInvite: boolean;
}

export function emptyInviteWorld(): FakeInviteWorld {
  return { invites: [], membersInvite: false };
}

type Refuse = (method: string, params: unknown) => Refusal | undefined;

/** Invitations in memory. A test may have any call refused by its name. */
export function fakeInvites(
  world: FakeInviteWorld,
  clock: Clock,
  ids: Ids,
  refusal: Refuse,
  registration: string,
): Services["invites"] {
  const mayAs = (role: string) => role === "admin" || world.membersInvite;
  const hidden = () => new Refusal("not_found", "request.nothing");
  return {
    may: ({ role }) => Promise.resolve(registration === "invite" && mayAs(role)),
    create({ username, role }, { uses = 1, expiresAt }) {
      const refused = refusal("invite.create", { uses, expiresAt });
      if (refused !== undefined) return Promise.resolve(refused);
      if (!mayAs(role)) return Promise.resolve(new Refusal("forbidden", "invite.forbidden"));
      const createdAt = iso(clock.now());
      const made = {
        id: ids.next(),
        by: username,
        uses,
        used: 0,
        createdAt,
        expiresAt: expiresAt ?? createdAt,
      };
      world.invites.unshift(made);
      return Promise.resolve({ invite: "a-code", id: made.id, uses, expiresAt: made.expiresAt });
    },
    list: ({ username, role }) =>
      Promise.resolve(world.invites.filter(({ by }) => role === "admin" || by === username)),
    revoke(_caller, id) {
      const refused = refusal("invite.revoke", { id });
      const before = world.invites.length;
      world.invites = world.invites.filter((one) => one.id !== id);
      if (refused !== undefined) return Promise.resolve(refused);
      return Promise.resolve(
        world.invites.length < before ? true as const : new Refusal("not_found", "invite.missing"),
      );
    },
    policy: ({ role }) => Promise.resolve(role === "admin" ? { members: world.membersInvite } : hidden()),
    setPolicy({ role }, { members }) {
      if (role !== "admin") return Promise.resolve(hidden());
      world.membersInvite = members;
      return Promise.resolve({ members });
    },
  };
}

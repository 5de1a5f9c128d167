import { auditEntryOf, type Caller, type Clock, iso } from "../platform/mod.ts";
import {
  type Agent,
  type Answer,
  type GroupRole,
  type PersonFacts as Facts,
  Refusal,
} from "../protocol/mod.ts";
import type { CaseStore } from "./case_ports.ts";
import type { UsersStore } from "./ports.ts";
import { historyOf } from "./queue_views.ts";
import { hiddenFrom } from "./staff.ts";

const historyMs = 90 * 24 * 3600_000;
const historyCases = 100;

export interface PersonFactsNeeds {
  users: Pick<UsersStore, "named">;
  cases: Pick<CaseStore, "about" | "looked">;
  /** Logins, newest first. */
  sessions(userId: string): Promise<
    readonly {
      id: string;
      device: string;
      agent?: Agent;
      address: string;
      createdAt: number;
      lastSeenAt: number;
    }[]
  >;
  /** Groups that the person is in. */
  groups(userId: string): Promise<{ name: string; title: string; role: GroupRole; since: string }[]>;
  /** Size of the person's files, and their quota, in bytes. */
  files(userId: string): Promise<{ used: number; quota: number }>;
  /** Whether the person has a second factor. */
  hasSecondFactor(userId: string): Promise<boolean>;
  /** Ends all sessions and access tokens. */
  endSessions(userId: string): Promise<void>;
  clock: Clock;
}

/**
 * MO-4: what administrators see of an account beside its sanctions. Never preferences, blocks, contacts or words of commands. Each look is
 * in the audit log and in the person's export.
 */
export class PersonFacts {
  readonly #needs: PersonFactsNeeds;

  constructor(needs: PersonFactsNeeds) {
    this.#needs = needs;
  }

  async get(caller: Caller, username: string): Answer<Facts> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    const { users, cases, sessions, groups, files, hasSecondFactor, clock } = this.#needs;
    const account = await users.named(username);
    if (account === null) return nobody();
    await cases.looked([account.id], auditEntryOf(caller, "user.look", username));
    const [logins, memberships, used, secondFactor, about] = await Promise.all([
      sessions(account.id),
      groups(account.id),
      files(account.id),
      hasSecondFactor(account.id),
      cases.about(account.id, historyCases),
    ]);
    return {
      sessions: logins.map(({ id, device, agent, address, createdAt, lastSeenAt }) => ({
        id,
        device,
        agent: agent ?? null,
        address,
        createdAt: iso(createdAt),
        lastSeenAt: iso(lastSeenAt),
      })),
      groups: memberships,
      files: used,
      secondFactor,
      // Nobody learns of reports about themselves (MO-1).
      reports: account.id === caller.userId ? null : historyOf(about, clock.now() - historyMs),
    };
  }

  /** Logs the person out everywhere, for an account that somebody else uses. */
  async endSessions(caller: Caller, username: string, reason: string): Answer<true> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden !== null) return hidden;
    const { users, cases, endSessions } = this.#needs;
    const account = await users.named(username);
    if (account === null) return nobody();
    if (account.id === caller.userId) return new Refusal("conflict", "user.ownSessions");
    await cases.looked([account.id], auditEntryOf(caller, "user.log_out", username, {}, reason));
    await endSessions(account.id);
    return true;
  }
}

function nobody(): Refusal {
  return new Refusal("not_found", "person.unknown");
}

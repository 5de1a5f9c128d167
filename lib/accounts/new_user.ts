import type { Clock, Ids } from "../platform/mod.ts";
import { Refusal } from "../protocol/mod.ts";
import type { Hashing } from "./passwords.ts";
import type { UserRecord } from "./ports.ts";

/** Returns the record of a new account, with its password hashed. */
export async function newUser(
  needs: { passwords: Hashing; ids: Ids; clock: Clock },
  person: { username: string; password: string; role: "member" | "admin"; adult: boolean; demo: boolean },
): Promise<UserRecord | Refusal> {
  const passwordHash = await needs.passwords.hash(person.password);
  if (passwordHash instanceof Refusal) return passwordHash;
  const now = needs.clock.now();
  return {
    id: needs.ids.next(),
    username: person.username,
    displayName: person.username,
    role: person.role,
    rights: { broadcast: false },
    status: "active",
    timeZone: "UTC",
    passwordHash,
    createdAt: now,
    adultStatedAt: person.adult ? now : null,
    demo: person.demo,
  };
}

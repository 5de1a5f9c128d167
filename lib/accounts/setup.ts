import { type AuditEntry, type Clock, type Ids, type Log, type Random, randomText } from "../platform/mod.ts";
import { checked, english, Refusal, registerBody } from "../protocol/mod.ts";
import { newUser } from "./new_user.ts";
import { passwordProblem } from "./common_passwords.ts";
import type { Hashing } from "./passwords.ts";
import type { AccountsStore, UserRecord } from "./ports.ts";
import { hashOf } from "./tokens.ts";

export interface SetupNeeds {
  store: AccountsStore;
  passwords: Hashing;
  clock: Clock;
  ids: Ids;
  random: Random;
  log: Log;
}

/**
 * AU-2: runs at each start. Without an administrator it makes the configured one, or a new one-time link, and returns the
 * link's path for the console. Null when there is nothing to print. Throws with a one-line reason when the configured account
 * cannot be made.
 */
export async function prepareFirstAdmin(
  needs: SetupNeeds,
  admin: { username: string; password: string } | null,
): Promise<string | null> {
  if (await needs.store.adminMade()) return null;
  if (admin !== null) {
    await makeConfigured(needs, admin);
    return null;
  }
  const token = randomText(needs.random, 32);
  await needs.store.setSetupHash(await hashOf(token));
  return `/setup?token=${token}`;
}

async function makeConfigured(
  needs: SetupNeeds,
  admin: { username: string; password: string },
): Promise<void> {
  const body = checked(registerBody, { ...admin, adult: true });
  if (body instanceof Refusal) {
    const [field, reason] = Object.entries(body.detail.fields ?? {})[0]!;
    throw new Error(`${field === "username" ? usernameName : passwordName}: ${english(reason)}.`);
  }
  const problem = await passwordProblem(body.password, body.username, "password");
  if (problem !== null) throw new Error(`${passwordName}: ${english(problem.message)}`);
  const user = await newUser(needs, { ...body, role: "admin", demo: false });
  if (user instanceof Refusal) throw new Error(`The first administrator: ${english(user.message)}`);
  const made = await needs.store.addFirstAdmin(user, null, firstAdminEntry(user, "", "configuration"));
  if (made === "taken") {
    throw new Error(`${usernameName}: a member has this username already; choose another.`);
  }
  if (made === "made") needs.log.info("account.first_admin", { userId: user.id });
}

/** MO-3. `by`: what made the account. */
export function firstAdminEntry(
  { id: userId, username }: Pick<UserRecord, "id" | "username">,
  address: string,
  by: "configuration" | "setup link",
): AuditEntry {
  return {
    actor: { userId, username },
    action: "account.first_admin",
    subject: username,
    address,
    reason: null,
    detail: { by },
  };
}

const usernameName = "BEHEST_ADMIN_USERNAME";
const passwordName = "BEHEST_ADMIN_PASSWORD";

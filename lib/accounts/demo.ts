import type { Random } from "../platform/mod.ts";
import { Refusal } from "../protocol/mod.ts";
import { newUser } from "./accounts.ts";
import type { ContactsStore, UserRecord } from "./ports.ts";
import type { SetupNeeds } from "./setup.ts";

const demoUsernames = ["demo-ann", "demo-bob"] as const;
const consonants = "bdfghjklmnprstvz";
const vowels = "aeiou";
const groups = 4;
const syllables = 3;

/** Who can be tried, with which password. */
export interface Demo {
  usernames: readonly string[];
  password: string;
}

/**
 * Two people to try Behest with, already contacts; in evaluation mode only. Their password is drawn at the first start
 * and kept in the store as it is, because each start shows it again. A start in production mode forgets it, and the
 * accounts are refused there (`Sessions.mayEnter`). Null where there are none.
 */
export async function prepareDemo(
  needs: SetupNeeds & { contacts: ContactsStore },
  mode: "evaluation" | "production",
): Promise<Demo | null> {
  const kept = await needs.store.demoPassword();
  if (mode !== "evaluation") {
    if (kept !== null) await needs.store.setDemoPassword(null);
    return null;
  }
  const password = kept ?? demoPassword(needs.random);
  const people: UserRecord[] = [];
  for (const username of demoUsernames) {
    const person = await demoPerson(needs, username, password, kept === null);
    if (person === null) return null;
    people.push(person);
  }
  const [ann, bob] = people;
  if (kept === null && ann !== undefined && bob !== undefined) await befriend(needs, ann, bob);
  // Last, so that a start that was cut short begins again with a new one.
  if (kept === null) await needs.store.setDemoPassword(password);
  return { usernames: demoUsernames, password };
}

async function demoPerson(
  needs: SetupNeeds,
  username: string,
  password: string,
  isNew: boolean,
): Promise<UserRecord | null> {
  const found = await needs.store.userNamed(username);
  if (found !== null && !found.demo) {
    needs.log.warn("demo.name_taken", { username });
    return null;
  }
  if (found !== null && !isNew) return found;
  if (found !== null) {
    const hash = await needs.passwords.hash(password);
    if (hash instanceof Refusal) throw new Error(`Demo people: ${hash.message}`);
    await needs.store.replacePassword(found.id, found.passwordHash, hash, []);
    return found;
  }
  const user = await newUser(needs, { username, password, role: "member", adult: false, demo: true });
  if (user instanceof Refusal) throw new Error(`Demo people: ${user.message}`);
  if (!await needs.store.addUser(user)) throw new Error("Demo people: the username was taken just now.");
  return user;
}

async function befriend(
  needs: SetupNeeds & { contacts: ContactsStore },
  ann: UserRecord,
  bob: UserRecord,
): Promise<void> {
  const pair = await needs.contacts.pair(ann.id, bob.id);
  const createdAt = needs.clock.now();
  const side = (otherId: string) => ({ otherId, relation: "contact" as const, note: null, createdAt });
  if (!await pair.write(side(bob.id), side(ann.id))) {
    throw new Error("Demo people: somebody else changed their contact; start again.");
  }
}

/** Four groups of three syllables, 75 bits: easy to type from a screen. */
function demoPassword(random: Random): string {
  const group = () =>
    Array.from({ length: syllables }, () => draw(random, consonants) + draw(random, vowels)).join("");
  return Array.from({ length: groups }, group).join("-");
}

/** One letter, each as likely as the others: bytes past the last whole round are drawn again. */
function draw(random: Random, letters: string): string {
  const whole = 256 - 256 % letters.length;
  while (true) {
    const byte = random.bytes(1)[0]!;
    if (byte < whole) return letters.charAt(byte % letters.length);
  }
}

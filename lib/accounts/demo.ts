import type { Random } from "../platform/mod.ts";
import { english, Refusal } from "../protocol/mod.ts";
import { newUser } from "./new_user.ts";
import type { ContactsStore, UserRecord } from "./ports.ts";
import type { SetupNeeds } from "./setup.ts";

const demoUsernames = ["demo-ann", "demo-bob"] as const;
const consonants = "bdfghjklmnprstvz";
const vowels = "aeiou";
const groups = 4;
const syllables = 3;

/** The demo people and their password. */
export interface Demo {
  usernames: readonly string[];
  password: string;
}

/**
 * Makes two demo people who are contacts; only in evaluation mode. Their password is drawn at the first start and stored in
 * plain text, because each start shows it. A start in production mode deletes it, and `Sessions.mayEnter` refuses the
 * accounts. Null when there are no demo people.
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
  // Written last, so that a start after an interrupted one draws a new password.
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
    if (hash instanceof Refusal) throw new Error(`Demo people: ${english(hash.message)}`);
    await needs.store.replaceHash(found.id, found.passwordHash, hash);
    return found;
  }
  const user = await newUser(needs, { username, password, role: "member", adult: false, demo: true });
  if (user instanceof Refusal) throw new Error(`Demo people: ${english(user.message)}`);
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

/** Returns one letter, each equally likely: bytes beyond the last complete round are drawn again. */
function draw(random: Random, letters: string): string {
  const whole = 256 - 256 % letters.length;
  while (true) {
    const byte = random.bytes(1)[0]!;
    if (byte < whole) return letters.charAt(byte % letters.length);
  }
}

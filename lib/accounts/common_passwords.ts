import { type Message, Refusal } from "../protocol/mod.ts";

/** The list has 49,000 entries. It is loaded when someone first sets a password, not at the start. */
let loading: Promise<ReadonlySet<string>> | undefined;

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  const list = dictionary["passwords-common"] as readonly string[];
  return new Set(list.map((entry) => entry.toLowerCase()));
}

/**
 * AU-1: returns why a password is refused, or null. `field` is its name in the refusal. The list is that of zxcvbn-ts,
 * compared without case. The person's own username is refused too.
 */
export async function passwordProblem(
  password: string,
  username: string,
  field: "password" | "next",
): Promise<Refusal | null> {
  const lowered = password.toLowerCase();
  const common = await (loading ??= load());
  if (isCommon(lowered, common)) {
    return refuse(field, "password.common", "field.commonPassword");
  }
  if (lowered === username.toLowerCase()) return refuse(field, "password.name", "field.namePassword");
  return null;
}

/** Words that people choose on a server of this kind. With what stands beside them they must leave something to guess. */
const contextWords = ["behest", "administrator", "moderator", "password", "passwort"];
const leastBeside = 6;

/**
 * In the list, or only longer than its entries: with digits around, a short part again and again, two entries one after the
 * other, or little beside a word of the context. The list has few entries of the least length, so these stand for the rest.
 */
function isCommon(password: string, common: ReadonlySet<string>): boolean {
  const core = password.replace(/^[0-9]+|[0-9]+$/g, "");
  const part = repeatedPart(core || password);
  const letters = core.replace(/[\s._-]+/g, "");
  return common.has(password) || common.has(core) ||
    part !== null && (part.length <= 4 || common.has(part)) ||
    isTwo(letters, common) || isContext(letters);
}

function isTwo(text: string, common: ReadonlySet<string>): boolean {
  for (let at = 1; at < text.length; at++) {
    if (common.has(text.slice(0, at)) && common.has(text.slice(at))) return true;
  }
  return false;
}

function isContext(text: string): boolean {
  const beside = contextWords.reduce((left, word) => left.replaceAll(word, ""), text);
  return beside !== text && beside.replace(/[0-9!?*]/g, "").length < leastBeside;
}

/** The shortest text that gives the password when it is repeated twice or more; null when there is none. */
function repeatedPart(password: string): string | null {
  for (let length = 1; length <= password.length / 2; length++) {
    const part = password.slice(0, length);
    if (part.repeat(Math.floor(password.length / length)) === password) return part;
  }
  return null;
}

function refuse(field: string, message: Message, reason: Message): Refusal {
  return new Refusal("invalid_params", message, { fields: { [field]: reason } });
}

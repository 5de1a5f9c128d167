import { limits, type Message, Refusal } from "../protocol/mod.ts";

/** The list has 49,000 entries. It is loaded when someone first sets a password, not at the start. */
let loading: Promise<ReadonlySet<string>> | undefined;

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  const list = dictionary["passwords-common"] as readonly string[];
  return new Set(
    list.filter((entry) => entry.length >= limits.passwordMin).map((entry) => entry.toLowerCase()),
  );
}

/**
 * AU-1: returns why a password is refused, or null. `field` is its name in the refusal. The list is that of zxcvbn-ts,
 * compared without case. The person's own username also counts as common.
 */
export async function passwordProblem(
  password: string,
  username: string,
  field: "password" | "next",
): Promise<Refusal | null> {
  const lowered = password.toLowerCase();
  const common = await (loading ??= load());
  if (common.has(lowered) || isOneCharacter(lowered)) {
    return refuse(field, "password.common", "field.commonPassword");
  }
  if (lowered === username.toLowerCase()) return refuse(field, "password.name", "field.namePassword");
  return null;
}

function isOneCharacter(password: string): boolean {
  return new Set(password).size === 1;
}

function refuse(field: string, message: Message, reason: Message): Refusal {
  return new Refusal("invalid_params", message, { fields: { [field]: reason } });
}

import { limits, Refusal } from "../protocol/mod.ts";

/** The list is 49,000 entries long and needed only where a password is set, so it is not part of the start. */
let loading: Promise<ReadonlySet<string>> | undefined;

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  const list = dictionary["passwords-common"] as readonly string[];
  return new Set(
    list.filter((entry) => entry.length >= limits.passwordMin).map((entry) => entry.toLowerCase()),
  );
}

/**
 * AU-1: why a password is not taken, or null. `field` names it in the refusal. The list is the one of
 * zxcvbn-ts, compared without regard to case; the person's own username counts as common too.
 */
export async function passwordProblem(
  password: string,
  username: string,
  field: "password" | "next",
): Promise<Refusal | null> {
  const lowered = password.toLowerCase();
  const common = await (loading ??= load());
  if (common.has(lowered) || isOneCharacter(lowered)) {
    return refuse(field, "is on the list of common passwords; choose another");
  }
  if (lowered === username.toLowerCase()) return refuse(field, "is your username; choose another");
  return null;
}

function isOneCharacter(password: string): boolean {
  return new Set(password).size === 1;
}

function refuse(field: string, problem: string): Refusal {
  return new Refusal("invalid_params", `The password ${problem}.`, { fields: { [field]: problem } });
}

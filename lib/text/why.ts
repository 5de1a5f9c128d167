import type { Language, Words } from "../words/mod.ts";
import { fill } from "../words/shape.ts";
import { listText } from "./commands.ts";

type Way = "byAnyone" | "byContact" | "bySelf" | "byServer" | "byGroup" | "byMembership" | "byBroadcasts";

/** Maps the first part of an `allowedBy` rule (`lib/consent/decide.ts`) to the sentence that explains it (CO-8). */
const ways: readonly (readonly [RegExp, Way])[] = [
  [/^acceptFrom=anyone \(\w+\)$/, "byAnyone"],
  [/^acceptFrom=\w+ \(contact\)$/, "byContact"],
  [/^acceptFrom=\w+ \(shared_group\)$/, "byGroup"],
  [/^self$/, "bySelf"],
  [/^server$/, "byServer"],
  [/^membership$/, "byMembership"],
  [/^broadcasts=true$/, "byBroadcasts"],
];

/** Why a command was let through, in plain sentences; null when the rule is not one that this page knows. */
export function whyText(
  words: Words["command"],
  language: Language,
  rule: string,
  titleOf: (slug: string) => string = (slug) => slug,
): string | null {
  const [begin = "", choices = "", grant, ...more] = rule.split("; ");
  const way = ways.find(([pattern]) => pattern.test(begin))?.[1];
  if (way === undefined || more.length > 0) return null;
  if (way === "byServer") return words.byServer;
  // CO-12: the grant of this person or group decided instead of the preferences.
  const source = grant === undefined ? undefined : /^grant=(?:user|group):(.+)$/.exec(grant)?.[1];
  if (grant !== undefined && source === undefined) return null;
  const allowed: string[] = [];
  const asked: string[] = [];
  for (const choice of choices.split(",")) {
    const [slug = "", verdict = ""] = choice.split("=");
    if (slug === "") return null;
    if (verdict === "allow") allowed.push(slug);
    else if (verdict === "ask") asked.push(slug);
    else return null;
  }
  const about = (message: string, slugs: readonly string[]) =>
    slugs.length === 0 ? [] : [fill(message, { categories: listText(language, slugs.map(titleOf)) })];
  const byGrant = source === undefined ? [] : [fill(words.byGrant, { name: source })];
  return [words[way], ...byGrant, ...about(words.allowed, allowed), ...about(words.asked, asked)].join(" ");
}

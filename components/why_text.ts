/** What opened the way, as the rule begins (`lib/consent/decide.ts`, CO-8). */
const ways: readonly (readonly [RegExp, string])[] = [
  [/^acceptFrom=anyone \(\w+\)$/, "You take commands from anyone here."],
  [/^acceptFrom=\w+ \(contact\)$/, "The sender is your contact, and you take commands from contacts."],
  [
    /^acceptFrom=\w+ \(shared_group\)$/,
    "The sender is in a group with you, and you take commands from people of your groups.",
  ],
  [/^membership$/, "You accepted being a member of the group that it was sent to."],
  [/^broadcasts=true$/, "You take commands that go to everyone."],
];

/** Why a command was let through, in plain sentences; null when the rule is not one that this page knows. */
export function whyText(rule: string): string | null {
  const [way = "", choices = "", ...more] = rule.split("; ");
  const sentence = ways.find(([pattern]) => pattern.test(way))?.[1];
  if (sentence === undefined || more.length > 0) return null;
  const allowed: string[] = [];
  const asked: string[] = [];
  for (const choice of choices.split(",")) {
    const [slug = "", verdict = ""] = choice.split("=");
    if (slug === "") return null;
    if (verdict === "allow") allowed.push(slug);
    else if (verdict === "ask") asked.push(slug);
    else return null;
  }
  return [
    sentence,
    ...(allowed.length === 0 ? [] : [`You allow ${named(allowed)}.`]),
    ...(asked.length === 0 ? [] : [`You want to be asked about ${named(asked)}, so it came sealed.`]),
  ].join(" ");
}

function named(slugs: readonly string[]): string {
  return slugs.length < 2
    ? slugs.join("")
    : `${slugs.slice(0, -1).join(", ")} and ${slugs[slugs.length - 1] ?? ""}`;
}

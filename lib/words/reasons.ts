import { reasons } from "./de/reasons.ts";

/**
 * What services refuse is said in English, and so is what a schema finds: it goes to programs too. This is the way into the
 * reader's language for pages; the reasons of scanners and checks go the same way. `{0}` in a German text is what stood there, `<0>` is that in German.
 */
type Table = Readonly<Record<string, string>>;

interface Templates {
  exact: ReadonlyMap<string, string>;
  /** The most specific first: the one with the most letters of its own. */
  patterns: readonly { pattern: RegExp; text: string }[];
}

/** Longer messages stay as they are: nobody writes such, and patterns should not have to look through them. */
const longest = 4000;
/** Words inside of words inside of a message. */
const deepest = 3;

const place = /\{[0-9]\}/;

// Pure, so that a script which takes a function of this room with it leaves the tables behind.
const german = /* @__PURE__ */ compiled([reasons]);

/** A refusal's message, or that of one of its fields, in the reader's language; as it is where there is no such text. */
export function reasonText(language: string, message: string): string {
  return language === "de" ? translated(german, message, 0) ?? message : message;
}

function compiled(tables: readonly Table[]): Templates {
  const entries = tables.flatMap((table) => Object.entries(table));
  const patterns = entries.filter(([from]) => place.test(from))
    .sort(([a], [b]) => ownLength(b) - ownLength(a))
    .map(([from, text]) => ({ pattern: patternOf(from), text }));
  return { exact: new Map(entries), patterns };
}

function ownLength(template: string): number {
  return template.split(place).join("").length;
}

function patternOf(template: string): RegExp {
  const parts = template.split(place).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join("([^]*?)")}$`);
}

function translated({ exact, patterns }: Templates, message: string, depth: number): string | undefined {
  const whole = exact.get(message);
  if (whole !== undefined || message.length > longest || depth > deepest) return whole;
  for (const { pattern, text } of patterns) {
    const found = pattern.exec(message);
    if (found === null) continue;
    return text.replace(/\{([0-9])\}|<([0-9])>/g, (_place, as, said) => {
      const value = found[Number(as ?? said) + 1] ?? "";
      return said === undefined ? value : translated({ exact, patterns }, value, depth + 1) ?? value;
    });
  }
  return undefined;
}

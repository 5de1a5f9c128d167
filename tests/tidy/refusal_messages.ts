import { balanced, closing, expressionAt, parts } from "./source_text.ts";

/**
 * What refusals say, read from the sources: the second argument of each `new Refusal(…)` and the values of its `fields`. What
 * stands between `${` and `}` becomes a place `{0}`, `{1}`, …; names are followed to their constant or to the calls of their
 * function in the same file. Words that can be found behind a place are messages of their own.
 */
export interface Said {
  file: string;
  /** With `{0}` for each place; null where the reading failed, with what could not be read. */
  template: string | null;
  source: string;
}

/** Of a file, with every other file at hand for functions that it exports. */
export function messagesOf(file: string, text: string): Said[] {
  const reader = new Reader(text);
  const found: Said[] = [];
  const add = (source: string, at: number) => {
    const templates = reader.templates(source, at);
    if (templates === null) found.push({ file, template: null, source });
    else for (const template of templates) found.push({ file, template, source });
  };
  for (const { args, at } of reader.calls("new Refusal")) {
    const [, message, detail = ""] = args;
    if (message !== undefined) add(message, at);
    const fields = /\bfields:\s*\{/.exec(detail);
    if (fields === null) continue;
    const body = balanced(detail, fields.index + fields[0].length - 1);
    for (const entry of parts(body, ",")) {
      const colon = /^\s*(?:\[[^\]]+\]|"[^"]+"|\w+):/.exec(entry);
      if (colon !== null) add(entry.slice(colon[0].length), at);
      else if (entry.trim() !== "") found.push({ file, template: null, source: entry.trim() });
    }
  }
  for (const template of reader.inner) found.push({ file, template, source: template });
  return found;
}

/** The messages that a schema gives: `error: "…"` and `message: "…"`, and what functions named `…Problem` return. */
export function schemaMessagesOf(file: string, text: string): Said[] {
  const reader = new Reader(text);
  const found: Said[] = [];
  for (const match of text.matchAll(/\b(?:error|message):\s*(?=["`])/g)) {
    const source = expressionAt(text, match.index + match[0].length);
    for (const template of reader.templates(source, match.index) ?? []) {
      found.push({ file, template, source });
    }
  }
  for (const match of text.matchAll(/\bfunction \w+Problem\([^]*?\n\}/g)) {
    for (const [, source = ""] of match[0].matchAll(/\breturn ([^;]+);/g)) {
      for (const template of reader.templates(source, match.index) ?? []) {
        found.push({ file, template, source });
      }
    }
  }
  return found;
}

/** How far names are followed. */
const mostSteps = 6;

class Reader {
  readonly #text: string;
  readonly #inner = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  /** What was found behind places: words that a message is put together from. */
  get inner(): readonly string[] {
    return [...this.#inner].filter((text) => /[a-z]{2}/i.test(text));
  }

  /** The calls of a name with their arguments, as they stand in the source. */
  calls(name: string): { args: string[]; at: number }[] {
    const pattern = new RegExp(`(?<!function )(?<![\\w.#])${name.replace(" ", "\\s+")}\\(`, "g");
    return [...this.#text.matchAll(pattern)].map(({ index, 0: { length } }) => ({
      args: parts(balanced(this.#text, index + length - 1), ","),
      at: index,
    }));
  }

  /** All that an expression may come to; null when it cannot be read. `[]` for what another refusal says already. */
  templates(source: string, at: number, steps = 0): string[] | null {
    const text = source.trim();
    if (steps > mostSteps) return null;
    const again = (inner: string) => this.templates(inner, at, steps + 1);
    // Said before, or in the reader's language already.
    if (/^[\w.]+\.message$|^(wordsOf\(.*\)|words)\.[\w.]+$/.test(text)) return [];
    const choice = parts(text, "?");
    if (choice.length > 1 && !/^[.?]/.test(choice[1]!)) {
      const branches = parts(text.slice(choice[0]!.length + 1), ":");
      const [yes, no] = [again(branches[0]!), again(branches.slice(1).join(":"))];
      return yes === null || no === null ? null : [...yes, ...no];
    }
    const sum = parts(text, "+");
    if (sum.length > 1) return joined(sum.map(again));
    if (/^"(?:[^"\\]|\\.)*"$/.test(text)) return [JSON.parse(text)];
    if (/^`[^]*`$/.test(text)) {
      const { template, holes } = numbered(text.slice(1, -1).replaceAll("\\`", "`"));
      for (const hole of holes) for (const inner of again(hole) ?? []) this.#inner.add(inner);
      return [template];
    }
    return /^\w+$/.test(text) ? this.#named(text, at, steps) : null;
  }

  /** A constant of the function or file, or a parameter: then what its callers give. */
  #named(name: string, at: number, steps: number): string[] | null {
    const before = this.#text.slice(0, at);
    const start = Math.max(before.lastIndexOf("\nfunction "), before.lastIndexOf("\nexport "), 0);
    const constants = [...this.#text.matchAll(new RegExp(`\\bconst ${name}(?::[^=]+)? = `, "g"))];
    const constant = constants.findLast(({ index }) => index < at && index > start) ??
      constants.find(({ index }) => /\n$/.test(this.#text.slice(0, index)));
    const signature = this.#enclosing(name, at);
    if (constant !== undefined && (signature === null || constant.index > signature.at)) {
      const source = expressionAt(this.#text, constant.index + constant[0].length);
      return this.templates(source, constant.index, steps + 1);
    }
    if (signature === null) return null;
    const given = this.calls(signature.name).map(({ args, at: place }) =>
      args[signature.index] === undefined ? null : this.templates(args[signature.index]!, place, steps + 1)
    );
    return given.length === 0 || given.includes(null) ? null : given.flatMap((one) => one ?? []);
  }

  /** The nearest function before a place that has the parameter. */
  #enclosing(parameter: string, at: number): { name: string; index: number; at: number } | null {
    const heads = [
      ...this.#text.slice(0, at).matchAll(
        /\bfunction (\w+)\(|\bconst (\w+) = (?:async )?\((?=[^()]*\)[^=]*=>)/g,
      ),
    ];
    for (const head of heads.toReversed()) {
      const list = parts(balanced(this.#text, head.index + head[0].length - 1), ",");
      const index = list.findIndex((one) => new RegExp(`^\\s*${parameter}\\b`).test(one));
      if (index >= 0) return { name: head[1] ?? head[2]!, index, at: head.index };
    }
    return null;
  }
}

/** Each text of one list behind each of the next. */
function joined(lists: (string[] | null)[]): string[] | null {
  if (lists.includes(null)) return null;
  const all = lists.reduce<string[]>(
    (before, list) => before.flatMap((head) => list!.map((tail) => head + marked(tail, head))),
    [""],
  );
  return all;
}

/** Places go on counting behind those of the text before. */
function marked(tail: string, head: string): string {
  const count = (head.match(/\{[0-9]+\}/g) ?? []).length;
  return tail.replace(/\{([0-9]+)\}/g, (_place, number) => `{${Number(number) + count}}`);
}

function numbered(body: string): { template: string; holes: string[] } {
  let template = "";
  const holes: string[] = [];
  for (let at = 0; at < body.length; at++) {
    if (!body.startsWith("${", at)) {
      template += body[at];
      continue;
    }
    const end = closing(body, at + 1);
    template += `{${holes.length}}`;
    holes.push(body.slice(at + 2, end));
    at = end;
  }
  return { template, holes };
}

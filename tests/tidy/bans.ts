import { withoutComments } from "../../tools/module_imports.ts";

interface Ban {
  what: string;
  in: RegExp;
  except?: RegExp;
  pattern: RegExp;
  /** Comments are looked at too. */
  comments?: true;
}

const code = /\.tsx?$/;
const tests = /^tests\/.*\.tsx?$/;

/** What no file may hold, as patterns over its text (strings blanked where `pattern` is about code). */
export const bans: readonly Ban[] = [
  {
    what: "the type any",
    in: code,
    pattern: /(?::|<|,|\||&|=>|\bas|\bextends|=)\s*any\b(?!\s*[(.:`"'])/,
  },
  {
    what: "a lint-ignore without ` -- reason`",
    in: code,
    pattern: /deno-lint-ignore(?:-file)?(?![^\n]* -- \S)/,
    comments: true,
  },
  {
    what: "a type-check ignore",
    in: code,
    pattern: /^\s*\/\/ @ts-(ignore|nocheck|expect-error)/m,
    comments: true,
  },
  {
    what: "console outside of lib/platform/console.ts",
    in: /^(main\.ts|(lib|routes|islands|components|tools)\/.*)$/,
    except: /^lib\/platform\/console\.ts$/,
    pattern: /\bconsole\.\w+/,
  },
  {
    what: "a store that is opened outside of adapters",
    in: /^(main\.ts|(lib|routes|islands|components|tools)\/.*)$/,
    except: /^lib\/adapters\/kv\/store\.ts$/,
    pattern: /\bopenKv\s*\(/,
  },
  {
    what: "a store that is opened when a module is loaded",
    in: code,
    pattern: /^(export\s+)?(const|let|var)\b[^\n]*\bopenKv\s*\(/m,
  },
  {
    what: "a record of zod's own, which drops a key named __proto__ (use `record` of protocol)",
    in: /^lib\/.*/,
    except: /^lib\/protocol\/record\.ts$/,
    pattern: /\bz\.record\s*\(/,
  },
  {
    what: "a signal that a module holds: the server would share it between people",
    in: /^(routes|islands|components|lib)\/.*/,
    except: /^lib\/fresh\//,
    pattern: /^(export\s+)?(const|let|var)\b[^=\n]*=\s*(signal|computed)(<[^\n]*>)?\(/m,
  },
  {
    what: "a wait of a fixed time (use `until` or a fake clock)",
    in: tests,
    except: /^tests\/(bench\/|fakes\/until\.ts$)/,
    pattern: /\bsetTimeout\s*\(\s*(resolve|\(?r\b|done|next)|\b(delay|sleep)\s*\(|\bnode:timers\/promises/,
  },
];

/** Each ban that a file's text breaks, with the line. */
export function brokenBans(file: string, text: string): string[] {
  const broken: string[] = [];
  for (const ban of bans) {
    if (!ban.in.test(file) || ban.except?.test(file)) continue;
    const looked = ban.comments ? text : blankedStrings(withoutComments(withoutExcused(text)));
    const at = looked.search(ban.pattern);
    if (at !== -1) {
      const excerpt = looked.slice(at).split("\n").find((line) => line.trim() !== "") ?? "";
      broken.push(`${file}: ${ban.what}: ${excerpt.trim().slice(0, 80)}`);
    }
  }
  return broken;
}

/** A line below a lint-ignore with a reason is excused: the reason is read in review. */
function withoutExcused(text: string): string {
  return text.replace(/^[ \t]*\/\/ deno-lint-ignore [^\n]* -- \S[^\n]*\n[^\n]*$/gm, "");
}

/** Text inside quotes is no code; import paths stay, as a ban looks at them. */
function blankedStrings(text: string): string {
  return text.replace(/(["'])(?:\\.|(?!\1)[^\\\n])*\1/g, (found) => /^["']node:/.test(found) ? found : '""');
}

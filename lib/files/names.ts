import { limits, Refusal, say } from "../protocol/mod.ts";

/** C0, DEL, C1 and the two line breaks of Unicode. Nobody chooses a name with them. */
// deno-lint-ignore no-control-regex -- control characters are what this looks for
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/**
 * Embeddings, overrides and isolates: they display `txt.exe` as `exe.txt`. Names in right-to-left scripts need the marks
 * U+200E, U+200F, U+061C and the joiners, so those stay.
 */
const directions = /[\u202a-\u202e\u2066-\u2069]/g;

/** Longest input: 255 bytes after the longest path of any system. */
const longestGiven = 64 * 1024;

/**
 * FI-8: returns the name that a file gets. It removes the folders before the last `/` or `\`, control characters and direction
 * overrides, and replaces half of a surrogate pair by U+FFFD. It keeps everything else code point for code point: it does not
 * normalize, trim or shorten. Device names (`CON`, `NUL.txt`) are allowed, as no name ever forms a path. It refuses empty
 * names, names of dots only, and names over 255 bytes of UTF-8.
 */
export function fileName(given: string): string | Refusal {
  if (given.length > longestGiven) return tooLong();
  const cleaned = given.toWellFormed().replace(controls, "").replace(directions, "");
  const name = cleaned.split(/[/\\]/).findLast((part) => part !== "") ?? "";
  if (name.trim() === "") return noName();
  if (/^\.+$/.test(name)) return noName();
  if (new TextEncoder().encode(name).length > limits.fileNameBytes) return tooLong();
  return name;
}

function tooLong(): Refusal {
  const count = limits.fileNameBytes;
  return new Refusal("invalid_params", say("file.nameLong", { count }), {
    fields: { name: say("field.nameLong", { count }) },
  });
}

function noName(): Refusal {
  return new Refusal("invalid_params", "file.name", { fields: { name: "field.nameEmpty" } });
}

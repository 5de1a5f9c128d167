import { limits, Refusal } from "../protocol/mod.ts";

/** C0, DEL and C1, and the two line breaks of Unicode: none of them is part of a name that anybody chose. */
// deno-lint-ignore no-control-regex -- control characters are what this looks for
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/**
 * Embeddings, overrides and isolates: they make `exe.txt` of what is `txt.exe`. The marks that names in right-to-left scripts
 * need (U+200E, U+200F, U+061C) and the joiners stay.
 */
const directions = /[\u202a-\u202e\u2066-\u2069]/g;

/** A name before it is looked at: 255 bytes behind the longest path that systems have. */
const longestGiven = 64 * 1024;

/**
 * FI-8: the name that a file gets. What is cleaned away: the folders before the last `/` or `\`, control characters and
 * direction overrides; half of a surrogate pair becomes U+FFFD. Everything else comes back as it was sent, code point for
 * code point: it is not normalized, trimmed or shortened. Names of devices (`CON`, `NUL.txt`) are names like any other, as
 * no name ever forms a path. Refused: empty names, names of dots only, names over 255 bytes of UTF-8.
 */
export function fileName(given: string): string | Refusal {
  if (given.length > longestGiven) return tooLong();
  const cleaned = given.toWellFormed().replace(controls, "").replace(directions, "");
  const name = cleaned.split(/[/\\]/).findLast((part) => part !== "") ?? "";
  if (name.trim() === "") return wrongName("is empty", "Give the file a name.");
  if (/^\.+$/.test(name)) return wrongName("holds nothing but dots", "Give the file a name.");
  if (new TextEncoder().encode(name).length > limits.fileNameBytes) return tooLong();
  return name;
}

function tooLong(): Refusal {
  const most = limits.fileNameBytes;
  return wrongName(`is longer than ${most} bytes of UTF-8`, `Shorten the file's name to ${most} bytes.`);
}

function wrongName(what: string, todo: string): Refusal {
  return new Refusal("invalid_params", `The file's name ${what}. ${todo}`, { fields: { name: what } });
}

/** Letters with a stroke or ligatures, which Unicode does not decompose. */
const undecomposed: Readonly<Record<string, string>> = {
  "æ": "ae",
  "œ": "oe",
  "ø": "o",
  "đ": "d",
  "ð": "d",
  "ħ": "h",
  "ł": "l",
  "ŧ": "t",
  "þ": "th",
};

/**
 * AU-8: a text as searches compare it, without case, accents and composition: `Zoë`, `ZOË` and `Zoe` are the same. Fold both
 * sides. The result is for comparing only, never for showing.
 */
export function fold(text: string): string {
  // Most texts are ASCII, where lower case is all there is to do.
  // deno-lint-ignore no-control-regex -- the range of ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  // Upper case first: it writes ß as SS, and the two forms of sigma as one.
  return text.normalize("NFKD").replace(/\p{Mn}/gu, "").toUpperCase().toLowerCase()
    .replace(/[æœøđðħłŧþς]/g, (letter) => letter === "ς" ? "σ" : undecomposed[letter]!);
}

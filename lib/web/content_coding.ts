/** Content codings that this server has. */
export type Coding = "br" | "gzip";

/**
 * RFC 9110, 12.5.3: the coding that a client likes most of those on offer, or null for the bytes as they are. Without the header
 * a client gets no coding: programs that do not say that they decode often do not.
 */
export function codingFor(accept: string | null, offered: readonly Coding[]): Coding | null {
  if (accept === null) return null;
  const said = weightsIn(accept);
  const weightOf = (name: string, otherwise: number) => said.get(name) ?? said.get("*") ?? otherwise;
  let best: Coding | null = null;
  // Where both are liked equally, the smaller one: a client names `identity` only to like it more or less.
  let most = said.get("identity") ?? 0;
  for (const coding of offered) {
    const weight = Math.max(weightOf(coding, 0), coding === "gzip" ? said.get("x-gzip") ?? 0 : 0);
    if (weight === 0 || weight < most || (best !== null && weight === most)) continue;
    [best, most] = [coding, weight];
  }
  return best;
}

/** What cannot be read counts as not said. */
function weightsIn(accept: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const part of accept.toLowerCase().split(",")) {
    const found = /^\s*([\w*-]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/.exec(part);
    if (found !== null) weights.set(found[1]!, Number(found[2] ?? 1));
  }
  return weights;
}

/** Adds a name to `Vary`. */
export function varyBy(headers: Headers, name: string): void {
  const names = (headers.get("vary") ?? "").split(",").map((one) => one.trim()).filter((one) => one !== "");
  const known = names.some((one) => one === "*" || one.toLowerCase() === name.toLowerCase());
  if (!known) headers.set("vary", [...names, name].join(", "));
}

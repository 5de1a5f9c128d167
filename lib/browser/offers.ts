/** Somebody, or a group, that a command can be for. */
export interface Offer {
  kind: "person" | "group";
  /** Username, or the group's name. */
  name: string;
  title: string;
  picture: boolean;
  /** Of a group: how many are in it. */
  members?: number;
}

/** Most offers shown at a time. */
const most = 8;

/**
 * Offers whose title or name has every word that was typed; those that begin with it come first. `fold` takes accents and capitals
 * away. Pure.
 */
export function offersFor(
  all: readonly Offer[],
  typed: string,
  fold: (text: string) => string,
): Offer[] {
  const wanted = fold(typed.replace(/^@/, "")).trim();
  const words = wanted.split(/\s+/);
  const later = ({ name, title }: Offer) => fold(title).startsWith(wanted) || name.startsWith(wanted) ? 0 : 1;
  return all
    .filter(({ name, title }) => words.every((word) => fold(`${title} ${name}`).includes(word)))
    .sort((one, other) => later(one) - later(other))
    .slice(0, most);
}

/** The usernames in what was typed: parted by commas or spaces, with or without @. Pure. */
export function namesIn(typed: string): string[] {
  return typed.split(/[\s,;]+/).map((name) => name.replace(/^@/, "").toLowerCase())
    .filter((name) => name !== "");
}

/** Event that opens the palette, for the islands that have a button for it. */
export const paletteEvent = "behest-palette";

/** Opens the palette. Only for the browser. */
export function openPalette(): void {
  dispatchEvent(new Event(paletteEvent));
}

/** Something that one can go to. */
export interface PaletteItem<Icon extends string = string> {
  path: string;
  name: string;
  icon: Icon;
  /** Beside the name. */
  said?: string;
}

/** Most items that the palette shows. */
const most = 24;

/**
 * Items whose name, or what stands beside it, has every word of what was typed; those whose name begins with it come first.
 * `typed` and the result of `fold` have no accents and no capitals. Pure.
 */
export function matching<Item extends PaletteItem>(
  items: readonly Item[],
  typed: string,
  fold: (text: string) => string,
): Item[] {
  const words = typed.split(" ");
  const later = ({ name }: Item) => fold(name).startsWith(typed) ? 0 : 1;
  return items
    .filter(({ name, said = "" }) => words.every((word) => fold(`${name} ${said}`).includes(word)))
    .sort((one, other) => later(one) - later(other))
    .slice(0, most);
}

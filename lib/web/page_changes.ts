import { createHash } from "node:crypto";

/**
 * The one inline style: fades one page into the next. In the page itself, as a browser that asks for this rule before it has
 * the stylesheet ends the transition with an error.
 */
export const pageChangeStyle =
  "@media (prefers-reduced-motion: no-preference) { @view-transition { navigation: auto } }";

/** Lets exactly that style through a policy without a nonce, as the pages of errors have. */
export const pageChangeSource = `'sha256-${createHash("sha256").update(pageChangeStyle).digest("base64")}'`;

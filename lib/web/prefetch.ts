import { wordsOf } from "../words/mod.ts";
import { mainPlaces, morePlaces } from "./places.ts";

/** Address of the speculation rules. */
export const rulesPath = "/speculation-rules.json";
/** The rules' media type; browsers ignore any other. */
export const rulesType = "application/speculationrules+json";

/**
 * Speculation rules (HTML, "Speculative loading"): browsers that know them request a page of the menu when its link is pressed,
 * and not only when it is released. Not while the pointer is over the link: the page could change until the click, and would be
 * shown as it was. Staff pages are left out: reading one can be an entry in the audit log. `basePath`: the sub-path of the server.
 */
export function speculationRules(basePath: string): string {
  const { frame } = wordsOf("en");
  const paths = [...mainPlaces(frame), ...morePlaces(frame)].map(({ path }) => basePath + path);
  const where = { and: [{ selector_matches: ":is(.nav, .tabbar, .menu-pop) a" }, { href_matches: paths }] };
  return JSON.stringify({ prefetch: [{ where, eagerness: "conservative" }] });
}

import { fetchPage } from "./fetch_page.ts";

/** What a page can be drawn anew for. */
export type LiveEvent = "contact.changed" | "group.changed" | "command.changed" | "chat.message";

/**
 * Asks for this page again and puts its parts with `data-live` in the place of those here, by their ids. A part that somebody is in
 * or has typed into, or a picture of which lies over the page, stays as it is: nothing moves away under a finger or a focus. Only for
 * the browser.
 */
export async function redrawParts(): Promise<void> {
  const next = await fetchPage(location.href);
  if (next === null) return;
  for (const part of document.querySelectorAll<HTMLElement>("[data-live]")) {
    const fresh = next.getElementById(part.id);
    if (fresh === null || isUsed(part)) continue;
    part.replaceWith(document.adoptNode(fresh));
  }
}

function isUsed(part: HTMLElement): boolean {
  return part.contains(document.activeElement) || part.querySelector(":popover-open") !== null ||
    [...part.querySelectorAll("textarea")].some(({ value, defaultValue }) => value !== defaultValue);
}

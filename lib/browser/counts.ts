/** What waits for the person: at places of the menu, and in the list of notices. */
export type Counted = "inbox" | "sent" | "chat" | "notices";

/** The last counts of this page. Only in the browser, so that people never share it. */
const counts = new Map<Counted, number>();

/**
 * Shows how many things wait: beside the place in the menu, in the page's title, and on the app's icon. In discreet mode the
 * title says nothing. Only for the browser.
 */
export function showCount(counted: Counted, count: number): void {
  counts.set(counted, count);
  for (const place of document.querySelectorAll<HTMLElement>(`[data-count="${counted}"]`)) {
    place.textContent = countText(count);
    place.hidden = count === 0;
  }
  const all = [...counts.values()].reduce((sum, one) => sum + one, 0);
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  const discreet = document.documentElement.dataset.discreet !== undefined;
  document.title = all === 0 || discreet ? title : `(${countText(all)}) ${title}`;
  if (!("setAppBadge" in navigator)) return;
  const badge = all === 0 || discreet ? navigator.clearAppBadge() : navigator.setAppBadge(all);
  // Allowed for installed apps only.
  badge.catch(() => {});
}

/** A count as a badge has room for it. */
export function countText(count: number): string {
  return count > 99 ? "99+" : String(count);
}

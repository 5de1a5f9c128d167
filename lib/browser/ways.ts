import { placed } from "./base_path.ts";
import type { NoticeKind } from "../protocol/notices.ts";

/** What the choice for a kind of news is about: notices, and what comes without one (UI-11). */
type NewsKind = NoticeKind | "command" | "message";

/** The choices, each with the kinds of news that it is for and the page that has them. */
export const wayKinds = {
  commands: { path: placed("/"), of: ["command"] },
  chat: { path: placed("/chat"), of: ["message"] },
  submissions: { path: placed("/sent"), of: ["command_submitted"] },
  answers: { path: placed("/sent"), of: ["command_accepted", "command_declined", "command_completed"] },
  reviews: { path: placed("/history"), of: ["command_approved", "command_returned"] },
  people: { path: placed("/contacts"), of: ["contact_requested", "contact_accepted", "group_invited"] },
  moderation: {
    path: placed("/notices"),
    of: ["sanction_imposed", "sanction_lifted", "report_decided", "appeal_decided"],
  },
  files: { path: placed("/notices"), of: ["file_rejected", "login_link", "login_link_used"] },
} as const satisfies Record<string, { path: string; of: readonly NewsKind[] }>;
export type WayKind = keyof typeof wayKinds;

/** Whether there is a sound, and whether the browser shows something. */
export interface Way {
  sound: boolean;
  show: boolean;
}
export type Ways = Partial<Record<WayKind, Way>>;

/** Of this browser alone. */
const storageKey = "behest-ways";

export function readWays(): Ways {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Ways;
  } catch {
    return {};
  }
}

/** False: this browser keeps nothing. */
export function saveWays(ways: Ways): boolean {
  try {
    localStorage.setItem(storageKey, JSON.stringify(ways));
    return true;
  } catch {
    return false;
  }
}

/** Tells the service worker, which does it: by each kind of news, with the words that the browser shows. */
export async function tellWays(ways: Ways, texts: Readonly<Record<WayKind, string>>): Promise<void> {
  const told = (Object.keys(wayKinds) as WayKind[]).flatMap((kind) => {
    const way = ways[kind];
    if (way === undefined || !(way.sound || way.show)) return [];
    const { path, of } = wayKinds[kind];
    return of.map((one) => [one, { ...way, path, text: texts[kind], tag: kind }]);
  });
  (await navigator.serviceWorker?.ready)?.active?.postMessage({ ways: Object.fromEntries(told) });
}

/** What the person said to the browser; null where it shows nothing at all. */
export function permission(): NotificationPermission | null {
  return "Notification" in globalThis && "serviceWorker" in navigator ? Notification.permission : null;
}

import type { Words } from "../words/mod.ts";
import { fill } from "../words/shape.ts";

/** The drawings of `components/Icon.tsx` that places have. */
export type PlaceIcon =
  | "activity"
  | "bell"
  | "chat"
  | "clock"
  | "download"
  | "edit"
  | "files"
  | "flag"
  | "group"
  | "inbox"
  | "log"
  | "megaphone"
  | "plus"
  | "scale"
  | "send"
  | "server"
  | "sent"
  | "shield"
  | "sliders"
  | "tag"
  | "user"
  | "users";

/** A page of the navigation: where it is, what it is called and how it is drawn. */
export interface Place {
  path: string;
  name: string;
  icon: PlaceIcon;
  /** What waits there, as `web/menu_counts.ts` counts it. */
  counts?: "inbox" | "sent" | "chat";
}

type FrameWords = Words["frame"];

/** The places of everyone, at the side of the page or at its foot. At most five, as a phone has room for. */
export function mainPlaces(words: FrameWords): readonly Place[] {
  return [
    { path: "/", name: words.inbox, icon: "inbox", counts: "inbox" },
    { path: "/send", name: words.send, icon: "send" },
    { path: "/sent", name: words.sent, icon: "sent", counts: "sent" },
    { path: "/chat", name: words.chat, icon: "chat", counts: "chat" },
    { path: "/files", name: words.files, icon: "files" },
  ];
}

/** Under the person's picture. */
export function morePlaces(words: FrameWords): readonly Place[] {
  return [
    { path: "/profile", name: words.profile, icon: "user" },
    { path: "/preferences", name: words.preferences, icon: "sliders" },
    { path: "/contacts", name: words.contacts, icon: "users" },
    { path: "/groups", name: words.groups, icon: "group" },
    { path: "/history", name: words.history, icon: "clock" },
    { path: "/notifications", name: words.notifications, icon: "bell" },
    { path: "/sessions", name: words.sessions, icon: "shield" },
    { path: "/account", name: words.account, icon: "download" },
  ];
}

/** For those who may invite (AU-1). */
export function invitePlace(words: FrameWords): Place {
  return { path: "/invites", name: words.invites, icon: "plus" };
}

/** UI-11. Its way is the bell in the bar. */
function noticesPlace(words: FrameWords): Place {
  return { path: "/notices", name: words.notices, icon: "bell" };
}

/** MO-4. Moderators have the users, what the scanners hold and the incidents; administrators everything. */
export function adminPlaces(words: FrameWords, role: string): readonly Place[] {
  const queue: Place = { path: "/admin/queue", name: words.queue, icon: "scale" };
  const users: Place = { path: "/admin/users", name: words.users, icon: "users" };
  const scanned: Place[] = [
    { path: "/admin/files", name: words.files, icon: "files" },
    { path: "/admin/incidents", name: words.incidents, icon: "flag" },
  ];
  if (role === "moderator") return [queue, users, ...scanned];
  if (role !== "admin") return [];
  return [
    { path: "/admin", name: words.overview, icon: "activity" },
    queue,
    users,
    ...scanned,
    { path: "/admin/categories", name: words.categories, icon: "tag" },
    { path: "/admin/groups", name: words.groups, icon: "group" },
    { path: "/admin/broadcast", name: words.broadcast, icon: "megaphone" },
    { path: "/admin/sanctions", name: words.sanctionRules, icon: "sliders" },
    { path: "/admin/audit", name: words.audit, icon: "shield" },
    { path: "/admin/log", name: words.log, icon: "log" },
    { path: "/admin/system", name: words.system, icon: "server" },
    { path: "/admin/two-factor", name: words.twoFactor, icon: "user" },
  ];
}

/** Pages of administrators that no menu leads to: the look of the parts is for who works on them. */
function unlistedPlaces(words: FrameWords): readonly Place[] {
  return [{ path: "/admin/design", name: words.design, icon: "edit" }];
}

/** All pages that a person can go to from anywhere. */
export function palettePlaces(words: FrameWords, role: string, mayInvite: boolean): readonly Place[] {
  const admin = adminPlaces(words, role).map((place) => ({
    ...place,
    name: fill(words.adminTitle, { place: place.name }),
  }));
  return [
    ...mainPlaces(words),
    noticesPlace(words),
    ...morePlaces(words),
    ...mayInvite ? [invitePlace(words)] : [],
    ...admin,
  ];
}

/** Whether a page is the place, or lies below it. */
export function isAt(path: string, place: string): boolean {
  return place === "/" ? path === "/" : path === place || path.startsWith(`${place}/`);
}

/** The title of a page: the place that it is at or below, the nearest one. */
export function placeTitle(words: FrameWords, path: string): string {
  const admin = [...adminPlaces(words, "admin"), ...unlistedPlaces(words)];
  const nearest = admin.toReversed().find(({ path: place }) => place !== "/admin" && isAt(path, place));
  if (nearest !== undefined) return fill(words.adminTitle, { place: nearest.name });
  if (isAt(path, "/admin")) return words.admin;
  const places = [...mainPlaces(words), ...morePlaces(words), invitePlace(words), noticesPlace(words)];
  const place = places.find(({ path: place }) => isAt(path, place));
  return place?.name ?? (path === "/resume" ? words.resume : "Behest");
}

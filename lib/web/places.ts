import type { Words } from "../words/mod.ts";
import { fill } from "../words/shape.ts";

/** A page of the navigation: where it is and what it is called. */
export type Place = readonly [path: string, name: string];

type FrameWords = Words["frame"];

export function mainPlaces(words: FrameWords): readonly Place[] {
  return [
    ["/", words.inbox],
    ["/send", words.send],
    ["/sent", words.sent],
    ["/history", words.history],
  ];
}

export function morePlaces(words: FrameWords): readonly Place[] {
  return [
    ["/files", words.files],
    ["/contacts", words.contacts],
    ["/groups", words.groups],
    ["/preferences", words.preferences],
    ["/profile", words.profile],
    ["/sessions", words.sessions],
  ];
}

/** For those who may invite (AU-1). */
export function invitePlace(words: FrameWords): Place {
  return ["/invites", words.invites];
}

/** MO-4. Moderators have the users, what the scanners hold and the incidents; administrators everything. */
export function adminPlaces(words: FrameWords, role: string): readonly Place[] {
  const users: Place = ["/admin/users", words.users];
  const scanned: Place[] = [["/admin/files", words.files], ["/admin/incidents", words.incidents]];
  if (role === "moderator") return [users, ...scanned];
  if (role !== "admin") return [];
  return [
    ["/admin", words.overview],
    users,
    ...scanned,
    ["/admin/categories", words.categories],
    ["/admin/groups", words.groups],
    ["/admin/broadcast", words.broadcast],
    ["/admin/audit", words.audit],
    ["/admin/design", words.design],
    ["/admin/two-factor", words.twoFactor],
  ];
}

/** Whether a page is the place, or lies below it. */
export function isAt(path: string, place: string): boolean {
  return place === "/" ? path === "/" : path === place || path.startsWith(`${place}/`);
}

/** The title of a page: the place that it is at or below, the nearest one. */
export function placeTitle(words: FrameWords, path: string): string {
  const admin = adminPlaces(words, "admin");
  const nearest = [...admin].toReversed().find(([place]) => place !== "/admin" && isAt(path, place));
  if (nearest !== undefined) return fill(words.adminTitle, { place: nearest[1] });
  if (isAt(path, "/admin")) return words.admin;
  const place = [...mainPlaces(words), ...morePlaces(words), invitePlace(words)].find(([place]) =>
    isAt(path, place)
  );
  return place?.[1] ?? (path === "/resume" ? words.resume : "Behest");
}

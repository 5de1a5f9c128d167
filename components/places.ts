/** A page of the navigation: where it is and what it is called. */
export type Place = readonly [path: string, name: string];

export const mainPlaces: readonly Place[] = [
  ["/", "Inbox"],
  ["/send", "Send"],
  ["/sent", "Sent"],
  ["/history", "History"],
];

export const morePlaces: readonly Place[] = [
  ["/files", "Files"],
  ["/contacts", "Contacts"],
  ["/groups", "Groups"],
  ["/preferences", "Preferences"],
  ["/profile", "Profile"],
  ["/sessions", "Sessions"],
];

/** MO-4. Moderators have the users, what the scanners hold and the incidents; administrators everything. */
export function adminPlaces(role: string): readonly Place[] {
  const users: Place = ["/admin/users", "Users"];
  const scanned: Place[] = [["/admin/files", "Files"], ["/admin/incidents", "Incidents"]];
  if (role === "moderator") return [users, ...scanned];
  if (role !== "admin") return [];
  return [
    ["/admin", "Overview"],
    users,
    ...scanned,
    ["/admin/categories", "Categories"],
    ["/admin/groups", "Groups"],
    ["/admin/broadcast", "Broadcast"],
    ["/admin/audit", "Audit log"],
  ];
}

/** Whether a page is the place, or lies below it. */
export function isAt(path: string, place: string): boolean {
  return place === "/" ? path === "/" : path === place || path.startsWith(`${place}/`);
}

/** The title of a page: the place that it is at or below, the nearest one. */
export function placeTitle(path: string): string {
  const admin = adminPlaces("admin");
  const nearest = [...admin].toReversed().find(([place]) => place !== "/admin" && isAt(path, place));
  if (nearest !== undefined) return `${nearest[1]} · Admin`;
  if (isAt(path, "/admin")) return "Admin";
  const place = [...mainPlaces, ...morePlaces].find(([place]) => isAt(path, place));
  return place?.[1] ?? (path === "/resume" ? "Resume" : "Behest");
}

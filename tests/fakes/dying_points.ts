/** Where `dying_server.ts` can die: on the way of an upload, of a scan, of a match to the evidence, of a removal. */
export const dyingPoints = [
  "staged",
  "written",
  "synced",
  "finished",
  "before upload",
  "after upload",
  "before keeping",
  "kept",
  "before file",
  "after file",
  "before unstaging",
  "opened",
  "read",
  "before verdict",
  "after verdict",
  "before incident",
  "after incident",
  "before sealed",
  "after sealed",
  "before removing",
  "removed",
] as const;

export type DyingPoint = typeof dyingPoints[number];

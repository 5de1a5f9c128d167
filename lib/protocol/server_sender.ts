/**
 * The server itself as the sender of commands to its administrators. No account can have this id or this username, so nobody can be
 * taken for it, and nobody can block it or write to it.
 */
export const serverSender = {
  id: "00000000000000000000000000",
  username: "~server",
  displayName: "Behest",
} as const;

export function isFromServer({ username }: { username: string }): boolean {
  return username === serverSender.username;
}

import type { Relation } from "../consent/mod.ts";
import { serverSender } from "../protocol/mod.ts";

type RelationsOf = (userId: string, others: readonly string[]) => Promise<Map<string, Relation>>;

/** People's relations, also with the server itself as the sender: of that counts who is an administrator now. */
export function withServer(
  relationsOf: RelationsOf,
  isAdmin: (userId: string) => Promise<boolean>,
): RelationsOf {
  const toServer = async (userId: string): Promise<Relation> => ({
    contact: false,
    sharesGroup: false,
    administers: await isAdmin(userId),
  });
  return async (userId, others) => {
    if (userId === serverSender.id) {
      return new Map(await Promise.all(others.map(async (id) => [id, await toServer(id)] as const)));
    }
    if (!others.includes(serverSender.id)) return await relationsOf(userId, others);
    const relations = new Map(await relationsOf(userId, others.filter((id) => id !== serverSender.id)));
    return relations.set(serverSender.id, await toServer(userId));
  };
}

import type { FederationStore, FlowRecord, LinkRecord } from "../../accounts/mod.ts";
import type { Clock } from "../../platform/mod.ts";
import { limits } from "../../protocol/mod.ts";
import { keys } from "./keys.ts";
import type { Store } from "./store.ts";

/** Links with an issuer, and ways there, in Deno KV (AU-12). */
export function kvFederation({ kv, committer }: Store, clock: Clock): FederationStore {
  return {
    async linkOf(userId) {
      return (await kv.get<LinkRecord>(keys.linkOf(userId))).value;
    },

    async ownerOf(issuer, sub) {
      return (await kv.get<string>(keys.linked(issuer, sub))).value;
    },

    async link(userId, link) {
      for (let tries = 0; tries < limits.writeTries; tries++) {
        const [user, own, owner] = await kv.getMany<[unknown, LinkRecord, string]>([
          keys.user(userId),
          keys.linkOf(userId),
          keys.linked(link.issuer, link.sub),
        ]);
        if (user.value === null) return "gone";
        if (owner.value !== null) return owner.value === userId ? "linked" : "taken";
        // One of an issuer that was configured before gives way.
        if (own.value?.issuer === link.issuer) return "taken";
        const { ok } = await committer.commit({
          // Checks the account too: an account during its removal gets no link.
          checks: [user, own, owner],
          sets: [{ key: own.key, value: link }, { key: owner.key, value: userId }],
          deletes: own.value === null ? [] : [keys.linked(own.value.issuer, own.value.sub)],
        });
        if (ok) return "linked";
      }
      return "taken";
    },

    async unlink(userId) {
      const own = await kv.get<LinkRecord>(keys.linkOf(userId));
      if (own.value === null) return false;
      const { ok } = await committer.commit({
        checks: [own],
        deletes: [own.key, keys.linked(own.value.issuer, own.value.sub)],
      });
      return ok;
    },

    async addFlow(hash, flow) {
      const expireIn = Math.max(1, flow.expiresAt - clock.now());
      await committer.commit({ sets: [{ key: keys.flow(hash), value: flow, expireIn }] });
    },

    async flow(hash) {
      return current((await kv.get<FlowRecord>(keys.flow(hash))).value);
    },

    async takeFlow(hash) {
      const entry = await kv.get<FlowRecord>(keys.flow(hash));
      if (entry.value === null) return null;
      const { ok } = await committer.commit({ checks: [entry], deletes: [entry.key] });
      return ok ? current(entry.value) : null;
    },
  };

  /** The store expires records up to a minute late. */
  function current(flow: FlowRecord | null): FlowRecord | null {
    return flow !== null && clock.now() < flow.expiresAt ? flow : null;
  }
}

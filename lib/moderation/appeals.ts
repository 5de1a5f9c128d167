import { auditEntryOf, type Caller, type Clock, type Ids } from "../platform/mod.ts";
import { type Answer, limits, type OwnSanctionList, Refusal } from "../protocol/mod.ts";
import type { CaseRecord } from "./case_ports.ts";
import { harmOfAppeal } from "./harm.ts";
import type { OwnSanctions } from "./own_sanctions.ts";
import type { SanctionRecord, UsersStore } from "./ports.ts";
import { stillInForce } from "./restrictions.ts";

export interface AppealsNeeds {
  store: Pick<UsersStore, "change" | "sanction" | "sanctionsInForce">;
  own: Pick<OwnSanctions, "list">;
  clock: Clock;
  ids: Ids;
}

/** MO-7: a person appeals once against a sanction; a moderator who did not impose it decides. */
export class Appeals {
  readonly #needs: AppealsNeeds;

  constructor(needs: AppealsNeeds) {
    this.#needs = needs;
  }

  /** The sanction, its appeal's case and the audit entry are one commit. */
  async appeal(caller: Caller, { id, text }: { id: string; text: string }): Answer<OwnSanctionList> {
    const { store, own, clock, ids } = this.#needs;
    const done = await store.change(caller.userId, async (account) => {
      const sanction = await store.sanction(account.id, id);
      if (sanction === null) return new Refusal("not_found", "sanction.missing");
      if (sanction.appeal !== undefined) return new Refusal("conflict", "appeal.again");
      const listed = stillInForce(await store.sanctionsInForce(account.id), clock.now());
      const wasRead = sanction.readAt !== undefined && sanction.lifted === undefined;
      if (!wasRead && !listed.some((one) => one.id === id)) return new Refusal("conflict", "appeal.over");
      const caseId = ids.next();
      return {
        sanctions: [{ ...sanction, appeal: { caseId, state: "open" as const, reason: null } }],
        also: { from: null, to: caseOf(caller, sanction, caseId, text, clock.now()) },
        auditEntry: auditEntryOf(caller, "sanction.appeal", caller.username, {
          sanction: id,
          kind: sanction.kind,
          case: caseId,
        }),
      };
    });
    if (done === null) return new Refusal("not_found", "sanction.missing");
    return done instanceof Refusal ? done : await own.list(caller);
  }
}

function caseOf(
  { userId, username }: Caller,
  { id, kind, reason, by }: SanctionRecord,
  caseId: string,
  text: string,
  now: number,
): CaseRecord {
  return {
    id: caseId,
    kind: "appeal",
    harm: harmOfAppeal(kind),
    reason: null,
    about: null,
    title: [...reason].slice(0, limits.title).join(""),
    person: { id: userId, username },
    createdMs: now,
    reports: [],
    reporters: [],
    appeal: { sanctionId: id, text, by },
    notes: [],
    proposal: null,
    decided: null,
    fold: null,
  };
}

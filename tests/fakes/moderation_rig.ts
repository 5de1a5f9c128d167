import { CaseRemoval } from "../../lib/adapters/kv/case_removal.ts";
import { KvCases } from "../../lib/adapters/kv/cases_store.ts";
import { KvReasons } from "../../lib/adapters/kv/reasons_store.ts";
import {
  Appeals,
  AutoRules,
  Queue,
  QueueView,
  Reports,
  SanctionReasons,
  type Subject,
} from "../../lib/moderation/mod.ts";
import type { Caller } from "../../lib/platform/mod.ts";
import { type QueueDecision, Refusal, type ReportBody } from "../../lib/protocol/mod.ts";
import { must } from "./accounts_rig.ts";
import { adminRig } from "./admin_rig.ts";

const nothing = () => Promise.resolve(new Refusal("not_found", "file.gone"));

/**
 * Reports and the queue over a store in memory. Everything has two moderators, an administrator and four people; what is
 * reported is in `subjects`, by `kind:id`.
 */
export async function moderationRig() {
  const rig = await adminRig();
  const { store, auditStore, clock, ids, bell, notices, userRecords, users, ownSanctions, people } = rig;
  const cases = new KvCases(store, auditStore, clock, ids);
  const reasons = new KvReasons(store, auditStore);
  const subjects = new Map<string, Subject>();
  const blocked: string[] = [];
  const sourceOf = (kind: string) => (_: Caller, id: string) =>
    Promise.resolve(subjects.get(`${kind}:${id}`) ?? new Refusal("not_found", "command.missing"));
  const reports = new Reports({
    store: cases,
    sources: { user: sourceOf("user"), command: sourceOf("command"), group: sourceOf("group") },
    block: (caller, username) => Promise.resolve(void blocked.push(`${caller.username} ${username}`)),
    bell,
    notices,
    clock,
    ids,
  });
  const none = { list: () => Promise.resolve({ files: [], incidents: [], next: null }), get: nothing };
  const names = async (userIds: readonly string[]) =>
    new Map([...await people.byIds(userIds)].map(([id, { username }]) => [id, username]));
  const queue = new Queue({
    store: cases,
    rules: reasons,
    users,
    reports,
    notices,
    files: { decide: nothing },
    incidents: none,
    clock,
    ids,
  });
  const view = new QueueView({
    store: cases,
    rules: reasons,
    users: userRecords,
    files: none,
    incidents: none,
    names,
    clock,
  });
  const appeals = new Appeals({ store: userRecords, own: ownSanctions, clock, ids });
  const person = async (username: string, role?: "moderator" | "admin") => await rig.person(username, role);
  const [mod, max, root] = [
    await person("mod", "moderator"),
    await person("max", "moderator"),
    await person("root", "admin"),
  ];
  const [ann, bob, eve, zoe] = [
    await person("ann"),
    await person("bob"),
    await person("eve"),
    await person("zoe"),
  ];
  return {
    ...rig,
    cases,
    caseRemoval: new CaseRemoval(store),
    subjects,
    blocked,
    reports,
    queue,
    view,
    appeals,
    reasons: new SanctionReasons(reasons),
    rules: new AutoRules(reasons),
    mod,
    max,
    root,
    ann,
    bob,
    eve,
    zoe,
    /** A new command of somebody, to report. */
    command(of: Caller, text = "Buy now."): string {
      const id = ids.next();
      subjects.set(`command:${id}`, {
        person: { id: of.userId, username: of.username },
        snapshot: {
          kind: "command",
          title: "A title",
          text,
          at: null,
          categories: [],
          data: null,
          files: [],
          context: [],
        },
      });
      return id;
    },
    /** Reports a command; returns the report and its case. */
    async report(by: Caller, command: string, more: Partial<ReportBody> = {}) {
      const { report } = must(await reports.create(by, { about: { command }, reason: "spam", ...more }));
      const [record] = await cases.reports([report.id]);
      return { report, caseId: record!.caseId };
    },
    async waiting() {
      return must(await view.list(mod, {})).items;
    },
    decided: (by: Caller, id: string, decision: Partial<QueueDecision> = {}) =>
      queue.decide(by, id, { outcome: "dismissed", reason: "Nothing wrong.", ...decision }),
  };
}

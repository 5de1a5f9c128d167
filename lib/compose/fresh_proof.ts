import { Refusal } from "../protocol/mod.ts";
import type { Caller } from "../platform/mod.ts";
import type { Services } from "../web/mod.ts";

/** What a call asks of its caller (AU-13). */
type Asked =
  /** A proof of who the caller is that is at most ten minutes old. */
  | "fresh"
  /** The same, of administrators and moderators: others make the call for what is their own. */
  | "office"
  /** The password, or password and code, each time: the service itself checks them. */
  | "own"
  | "none";

/** Services without a call of a person. */
type Parts =
  | "clock"
  | "config"
  | "demo"
  | "health"
  | "log"
  | "mayWrite"
  | "metrics"
  | "realtime"
  | "requestId";

/**
 * AU-13: which calls are dangerous. Pages, REST and the socket all make them through these services. A call needs a proof if it
 * - changes what somebody else has, may do or is told: roles, rights, sanctions, groups, the server's rules and categories,
 * - gives a way in, or what keeps one open: second factors, credentials,
 * - gives everything about a person away, or deletes what nobody brings back.
 * It needs none if it makes something safer, like ending a session, and for what people do every day with their own. A proof is a
 * login, `POST /api/v1/auth/proof`, or a password in an earlier call. A new call is added here, or the types do not fit.
 */
export const proofs = {
  accounts: {
    authenticate: "none",
    // Sends by the template that its person made with a fresh proof.
    authenticateHook: "none",
    changePassword: "own",
    createToken: "fresh",
    issueTicket: "none",
    login: "none",
    logout: "none",
    redeemTicket: "none",
    register: "none",
    renew: "none",
    revoke: "none",
    // Gives a credential to who has a token.
    revokeOthers: "fresh",
    revokeToken: "none",
    sessions: "none",
    // Has the setup link's token.
    setUp: "none",
    setupPending: "none",
    tokens: "none",
    user: "none",
  },
  accountData: { export: "fresh", remove: "own" },
  adminFiles: { decide: "fresh", get: "none", list: "none" },
  audit: { export: "none", page: "none", verify: "none" },
  autoRules: { list: "none", set: "fresh" },
  // A backup stays on the server: it gives nothing away.
  backups: { make: "none", state: "none" },
  categories: { add: "fresh", all: "none", change: "fresh", list: "none" },
  chat: {
    around: "none",
    counts: "none",
    list: "none",
    notify: "none",
    read: "none",
    retract: "none",
    search: "none",
    send: "none",
    talks: "none",
    writing: "none",
  },
  commands: {
    cancel: "none",
    edit: "none",
    get: "none",
    inboxCounts: "none",
    inboxList: "none",
    list: "none",
    preview: "none",
    review: "none",
    send: "none",
    undoSend: "none",
    sendAndWait: "none",
    endWaits: "none",
    undoSome: "none",
    update: "none",
    updateSome: "none",
    weekBefore: "none",
    weekEffect: "none",
  },
  contacts: { accept: "none", decline: "none", list: "none", remove: "none", request: "none" },
  files: {
    abandon: "none",
    append: "none",
    begin: "none",
    content: "none",
    get: "none",
    list: "none",
    remove: "none",
    upload: "none",
    uploadState: "none",
    usage: "none",
  },
  grants: { changes: "none", end: "none", list: "none", outcomes: "none", set: "none" },
  groups: {
    accept: "none",
    // Nobody is in it before they accept.
    create: "none",
    end: "fresh",
    get: "none",
    leave: "none",
    list: "none",
    managed: "none",
    removeMember: "office",
    rename: "office",
    setMember: "office",
  },
  incidents: { close: "fresh", draft: "fresh", get: "none", list: "none", report: "none", submit: "fresh" },
  // An invitation gives no more than a member's account, ends, and can be revoked.
  invites: { create: "none", list: "none", may: "none", policy: "none", revoke: "none", setPolicy: "fresh" },
  loginLinks: { create: "fresh", find: "none", use: "none" },
  looks: { command: "none", why: "none" },
  notices: { list: "none", read: "none", unread: "none" },
  personFacts: { endSessions: "fresh", get: "none" },
  preferences: { block: "none", get: "none", restingHours: "none", set: "none" },
  profiles: { avatar: "none", change: "none", get: "none", language: "none", withAvatar: "none" },
  push: {
    choices: "none",
    choose: "none",
    discreet: "none",
    list: "none",
    remove: "none",
    state: "none",
    subscribe: "none",
    test: "none",
    unsubscribe: "none",
  },
  // The ticket of a notification's button is no login, and can do no more than the button says.
  pushAnswers: { answer: "none", look: "none" },
  queue: {
    claim: "none",
    decide: "fresh",
    get: "none",
    list: "none",
    note: "none",
    report: "none",
    stats: "none",
    transparency: "none",
    undo: "fresh",
  },
  queuePictures: { get: "none" },
  // For people without an account.
  removals: { beginReading: "none", request: "none", status: "none" },
  reports: { create: "none", list: "none", subject: "none" },
  safety: { isUnsaved: "none", resume: "none", stop: "none", stoppedSince: "none" },
  sanctionReasons: { list: "none", set: "fresh" },
  sanctions: { appeal: "none", list: "none", read: "none" },
  scanning: { status: "none" },
  sso: {
    back: "none",
    begin: "none",
    code: "none",
    confirm: "fresh",
    linkOf: "none",
    offered: "none",
    unlink: "fresh",
    where: "none",
  },
  serverLog: { page: "none" },
  stats: { now: "none", series: "none" },
  system: { state: "none" },
  twoFactor: {
    addPasskey: "fresh",
    beginTotp: "own",
    confirmTotp: "fresh",
    login: "none",
    loginOptions: "none",
    newRecoveryCodes: "own",
    passkeyOptions: "own",
    policy: "none",
    prove: "none",
    proveOptions: "none",
    removePasskey: "own",
    removeTotp: "own",
    reset: "fresh",
    setPolicy: "fresh",
    state: "none",
  },
  users: { change: "fresh", get: "none", lift: "fresh", list: "none", sanction: "fresh" },
} as const satisfies {
  readonly [S in Exclude<keyof Services, Parts>]: { readonly [C in keyof Services[S]]: Asked };
};

/** What the table says of a service's calls; of a part without such calls, nothing. */
function asksOf(service: string): Readonly<Record<string, Asked>> {
  return Object.hasOwn(proofs, service) ? proofs[service as keyof typeof proofs] : {};
}

/** The same services, with the calls of the table behind a fresh proof. `missing`: the refusal of a caller without one. */
export function withFreshProof<S extends Partial<Services>>(
  services: S,
  missing: (caller: Caller) => Promise<Refusal | null>,
): S {
  const guarded = Object.entries(services).map(([name, service]) => {
    const asks = asksOf(name);
    const isGuarded = Object.values(asks).some((asked) => asked === "fresh" || asked === "office");
    return [name, isGuarded ? behind(service as object, asks, missing) : service];
  });
  return Object.fromEntries(guarded) as S;
}

/** A service whose dangerous methods ask first. Their first argument is the caller. */
function behind<S extends object>(
  service: S,
  asks: Readonly<Record<string, Asked>>,
  missing: (caller: Caller) => Promise<Refusal | null>,
): S {
  return new Proxy(service, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      const asked = Object.hasOwn(asks, name) ? asks[String(name)] : "none";
      if (asked !== "fresh" && asked !== "office") return method.bind(target);
      return async (caller: Caller, ...rest: unknown[]) => {
        const needs = asked === "fresh" || caller.role !== "member";
        return (needs ? await missing(caller) : null) ?? await method.call(target, caller, ...rest);
      };
    },
  });
}

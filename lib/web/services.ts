import type {
  AccountData,
  Accounts,
  Back,
  Contacts,
  Demo,
  Federation,
  Groups,
  Invites,
  LoggedIn,
  LoginLinks,
  Origin,
  Profiles,
  Restriction,
  SessionCaller,
  SessionTokens,
  TwoFactor,
} from "../accounts/mod.ts";
import type { Chat } from "../chat/mod.ts";
import type {
  AnswerWaits,
  History,
  ManyAnswers,
  Safety,
  SendGates,
  Transitions,
  Undo,
  WeekEffects,
} from "../commands/mod.ts";
import type { Config } from "../config/mod.ts";
import type { CategoryAdmin, Consent, Grants } from "../consent/mod.ts";
import type { Content, Files } from "../files/mod.ts";
import type {
  Appeals,
  Audit,
  AutoRules,
  Backups,
  Looks,
  OwnSanctions,
  PersonFacts,
  Queue,
  QueuePictures,
  QueueView,
  Removals,
  Reports,
  ReportSubject,
  SanctionReasons,
  ServerLog,
  Stats,
  System,
  Users,
} from "../moderation/mod.ts";
import type { Notices } from "../notices/mod.ts";
import type { Health } from "../platform/health.ts";
import type { Meters } from "../platform/meters.ts";
import type { Clock, Log } from "../platform/mod.ts";
import type { CategoryList, Message } from "../protocol/mod.ts";
import type { PushAnswers, PushDeviceList } from "../push/mod.ts";
import type { Realtime } from "../realtime/mod.ts";
import type { FileModeration, Incidents, ScanStatusBoard } from "../scanning/mod.ts";

export type { ReportSubject };

// Routes get these from here: they import no room with a service in it.
export type { Back, LoggedIn, Origin, Restriction, SessionCaller, SessionTokens };

/**
 * Everything a route may ask; set once on `ctx.state` by the root middleware. Each service is the part of a room's class that
 * HTTP and sockets use: its calls are described there.
 */
export interface Services {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly accounts: Pick<
    Accounts,
    | "authenticate"
    | "authenticateHook"
    | "changePassword"
    | "createToken"
    | "issueTicket"
    | "login"
    | "logout"
    | "redeemTicket"
    | "register"
    | "renew"
    | "revoke"
    | "revokeOthers"
    | "revokeToken"
    | "sessions"
    | "setUp"
    | "setupPending"
    | "tokens"
    | "user"
  >;
  readonly contacts: Pick<Contacts, "accept" | "decline" | "list" | "remove" | "request">;
  readonly preferences: Pick<Consent, "block" | "get" | "restingHours" | "set">;
  readonly grants: Pick<Grants, "changes" | "end" | "list" | "outcomes" | "set">;
  readonly categories: Pick<CategoryAdmin, "add" | "all" | "change"> & { list(): Promise<CategoryList> };
  readonly loginLinks: Pick<LoginLinks, "create" | "find" | "use">;
  readonly groups: Pick<
    Groups,
    | "accept"
    | "create"
    | "end"
    | "get"
    | "leave"
    | "list"
    | "managed"
    | "removeMember"
    | "rename"
    | "setMember"
  >;
  readonly invites: Pick<Invites, "create" | "list" | "may" | "policy" | "revoke" | "setPolicy">;
  readonly users: Pick<Users, "change" | "get" | "lift" | "list" | "sanction">;
  readonly personFacts: Pick<PersonFacts, "endSessions" | "get">;
  readonly audit: Pick<Audit, "export" | "page" | "verify">;
  readonly system: Pick<System, "state">;
  readonly backups: Pick<Backups, "make" | "state">;
  readonly serverLog: Pick<ServerLog, "page">;
  readonly stats: Pick<Stats, "now" | "series">;
  readonly profiles: Pick<Profiles<Content>, "avatar" | "change" | "get" | "language" | "withAvatar">;
  readonly commands:
    & Pick<SendGates, "edit" | "preview" | "send">
    & Pick<Transitions, "cancel" | "review" | "update">
    & Pick<History, "get" | "inboxCounts" | "inboxList" | "list">
    & {
      /** UI-9: one answer to several commands. */
      updateSome: ManyAnswers["update"];
      /** CM-13. */
      undoSome: ManyAnswers["undo"];
      undoSend: Undo["send"];
      sendAndWait: AnswerWaits["send"];
      /** Ends the waits for answers, before the server closes. */
      endWaits: AnswerWaits["end"];
      weekBefore: WeekEffects["before"];
      weekEffect: WeekEffects["since"];
    };
  readonly notices: Pick<Notices, "list" | "read" | "unread">;
  readonly chat: Pick<
    Chat,
    "around" | "counts" | "list" | "notify" | "read" | "retract" | "search" | "send" | "talks" | "writing"
  >;
  readonly sanctions: Pick<OwnSanctions, "list" | "read"> & Pick<Appeals, "appeal">;
  readonly reports: Pick<Reports, "create" | "list" | "subject">;
  readonly removals: Pick<Removals, "beginReading" | "request" | "status">;
  readonly queue:
    & Pick<Queue, "claim" | "decide" | "note" | "undo">
    & Pick<QueueView, "get" | "list" | "report" | "stats" | "transparency">;
  readonly queuePictures: Pick<QueuePictures<Content>, "get">;
  readonly autoRules: Pick<AutoRules, "list" | "set">;
  readonly looks: Pick<Looks, "command" | "why">;
  readonly sanctionReasons: Pick<SanctionReasons, "list" | "set">;
  readonly safety: Pick<Safety, "isUnsaved" | "resume" | "stop" | "stoppedSince">;
  readonly files: Pick<
    Files,
    | "abandon"
    | "append"
    | "begin"
    | "content"
    | "get"
    | "list"
    | "remove"
    | "upload"
    | "uploadState"
    | "usage"
  >;
  readonly adminFiles: Pick<FileModeration, "decide" | "get" | "list">;
  readonly incidents: Pick<Incidents, "close" | "draft" | "get" | "list" | "report" | "submit">;
  readonly scanning: Pick<ScanStatusBoard, "status">;
  readonly realtime: Pick<Realtime, "connections" | "frame" | "open" | "openStream" | "shutdown">;
  /** Whether this process may still answer anybody; unset where nothing can take that away (OP-7). */
  readonly mayWrite?: (() => boolean) | undefined;
  readonly health: Pick<Health<Message>, "ready">;
  /** Who can be tried in evaluation mode, with which password; null in production. */
  readonly demo: Demo | null;
  readonly twoFactor: Pick<
    TwoFactor,
    | "addPasskey"
    | "beginTotp"
    | "confirmTotp"
    | "login"
    | "loginOptions"
    | "newRecoveryCodes"
    | "passkeyOptions"
    | "policy"
    | "prove"
    | "proveOptions"
    | "removePasskey"
    | "removeTotp"
    | "reset"
    | "setPolicy"
    | "state"
  >;
  readonly sso: Pick<
    Federation,
    "back" | "begin" | "code" | "confirm" | "linkOf" | "offered" | "unlink" | "where"
  >;
  readonly accountData: Pick<AccountData, "export" | "remove">;
  readonly push: Pick<
    PushDeviceList,
    "choices" | "choose" | "discreet" | "list" | "remove" | "state" | "subscribe" | "test" | "unsubscribe"
  >;
  readonly pushAnswers: Pick<PushAnswers, "answer" | "look">;
  /** The counts of this process, as Prometheus reads them. */
  readonly metrics: Meters & { start(): void; text(): Promise<{ text: string; type: string }> };
  /** A new id for a request that came in. */
  requestId(): string;
}

import type { z } from "zod";
import type { Health } from "../platform/health.ts";
import type { Caller, Clock, Log } from "../platform/mod.ts";
import type {
  accountRemoval,
  AdminCategory,
  AdminFile,
  AdminFilePage,
  adminFileQuery,
  AdminGroup,
  AdminStats,
  AdminUser,
  AdminUserChange,
  AdminUserPage,
  adminUserQuery,
  AuditPage,
  categoryBody,
  categoryChange,
  CategoryList,
  FileDecision,
  FileObject,
  FilePage,
  fileQuery,
  groupBody,
  Incident,
  IncidentClose,
  IncidentPage,
  incidentQuery,
  memberBody,
  Method,
  Params,
  PasskeyAdded,
  passkeyBody,
  passkeyLoginBody,
  PasskeyOptions,
  passwordAndCode,
  passwordProof,
  Profile,
  profileChange,
  PushState,
  PushSubscriptionBody,
  RecoveryCodeList,
  Refusal,
  ReportDraft,
  Result,
  Sanction,
  sanctionBody,
  ScanStatus,
  Session,
  TotpBegun,
  totpConfirm,
  TwoFactorPolicy,
  twoFactorReset,
  TwoFactorState,
  User,
} from "../protocol/mod.ts";
import type { Config } from "../config/mod.ts";

/** An answer of a service: the value, or why it is refused. */
export type Answer<T> = Promise<T | Refusal>;

/** A service call that stands behind the socket's method of the same shape. */
type Call<M extends Method> = (caller: Caller, params: Params<M>) => Answer<Result<M>>;

/** Why a session is good for little (AU-7, AU-9). */
export type Restriction = "suspended" | "two_factor";

/** What a person sends from, before anybody is logged in. */
export interface Origin {
  /** Address of the peer. */
  address: string;
  /** A name for the session list: `web`, or what the client called itself. */
  device: string;
  requestId: string;
}

export interface LoggedIn {
  token: string;
  expiresAt: string;
  user: User;
}

/** Accounts and sessions (AU). */
export interface AccountsService {
  register(
    origin: Origin,
    body: { username: string; password: string; adult: true; invite?: string | undefined },
  ): Answer<User>;
  login(
    origin: Origin,
    body: { username: string; password: string; code?: string | undefined },
  ): Answer<LoggedIn>;
  /**
   * The caller of a token, or why there is none: `unauthorized`, or `forbidden` for an account that is suspended or lacks a
   * second factor that it must have. `may`: restrictions that the place does not mind; the caller has it then.
   */
  authenticate(
    token: string,
    origin: Origin,
    may?: readonly Restriction[],
  ): Answer<Caller & { sessionExpiresAt: string; restriction?: Restriction }>;
  /** The same for a single-use socket ticket, which ends with this call. */
  redeemTicket(ticket: string, origin: Origin): Answer<Caller & { sessionExpiresAt: string }>;
  issueTicket(caller: Caller): Answer<{ ticket: string; expiresAt: string }>;
  logout(caller: Caller): Promise<void>;
  sessions(caller: Caller): Promise<Session[]>;
  revoke(caller: Caller, sessionId: string): Answer<true>;
  changePassword(caller: Caller, body: { current: string; next: string }): Answer<true>;
  user(caller: Caller): Answer<User>;
  /** AU-2: the first administrator, by the token of the link on the console. */
  setUp(
    origin: Origin,
    token: string,
    body: { username: string; password: string; adult: true },
  ): Answer<User>;
  setupPending(): Promise<boolean>;
}

export interface ContactsService {
  request: Call<"contact.request">;
  accept: Call<"contact.accept">;
  decline: Call<"contact.decline">;
  remove: Call<"contact.remove">;
  list: Call<"contact.list">;
}

export interface PreferencesService {
  get: Call<"preferences.get">;
  set: Call<"preferences.set">;
}

export interface CategoriesService {
  list(): Promise<CategoryList>;
  /** With the retired ones, for administrators. */
  all(caller: Caller): Answer<AdminCategory[]>;
  add(caller: Caller, body: z.infer<typeof categoryBody>): Answer<AdminCategory>;
  change(caller: Caller, slug: string, change: z.infer<typeof categoryChange>): Answer<AdminCategory>;
}

/** Groups (BR-6): for members, and for owners and administrators. */
export interface GroupsService {
  list: Call<"group.list">;
  accept: Call<"group.accept">;
  leave: Call<"group.leave">;
  /** All groups, for administrators; otherwise those that the caller owns. */
  managed(caller: Caller): Answer<AdminGroup[]>;
  get(caller: Caller, name: string): Answer<AdminGroup>;
  create(caller: Caller, body: z.infer<typeof groupBody>): Answer<AdminGroup>;
  /** An invitation until accepted; for a member, a new role. */
  setMember(
    caller: Caller,
    name: string,
    username: string,
    body: z.infer<typeof memberBody>,
  ): Answer<AdminGroup>;
  removeMember(caller: Caller, name: string, username: string): Answer<AdminGroup>;
}

/** Users as administrators see them (MO-4, MO-5), and what is done to them (MO-2). */
export interface AdminUsersService {
  list(caller: Caller, query: z.infer<typeof adminUserQuery>): Answer<AdminUserPage>;
  get(caller: Caller, username: string): Answer<AdminUser & { sanctions: Sanction[] }>;
  change(caller: Caller, username: string, change: AdminUserChange): Answer<AdminUser>;
  sanction(caller: Caller, username: string, body: z.infer<typeof sanctionBody>): Answer<Sanction>;
}

/** The audit log (MO-3). */
export interface AuditService {
  /** Newest first. */
  page(caller: Caller, query: { before?: string | undefined; limit?: number | undefined }): Answer<AuditPage>;
}

/** Numbers for administrators (MO-5). */
export interface StatsService {
  now(caller: Caller): Answer<AdminStats>;
}

/** Profiles (AU-8): changed by REST and pages only. */
export interface ProfilesService {
  get(caller: Caller): Answer<Profile>;
  /** The tag of the language that they chose; null when they never did. */
  language(caller: Caller): Promise<string | null>;
  change(caller: Caller, change: z.infer<typeof profileChange>): Answer<Profile>;
  /** Somebody's picture: for themselves, their contacts and people of a shared group; else `not_found`. */
  avatar(caller: Caller, username: string): Answer<FileContent>;
  /** Those of the people who have a picture that the caller may see. */
  withAvatar(caller: Caller, usernames: readonly string[]): Promise<ReadonlySet<string>>;
}

export interface CommandsService {
  send: Call<"command.send">;
  preview: Call<"command.preview">;
  update: Call<"command.update">;
  review: Call<"command.review">;
  cancel: Call<"command.cancel">;
  get: Call<"command.get">;
  list: Call<"command.list">;
  inboxList: Call<"inbox.list">;
}

/** Where an upload comes from; `port` is null behind a proxy. */
export interface UploadOrigin extends Origin {
  port: number | null;
}

/** A clean file's bytes, for whoever may have them. */
export interface FileContent {
  file: FileObject;
  /** All of it, or the bytes from `first` to `last`, both included. */
  open(range?: { first: number; last: number }): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
}

/** A resumable upload; `fileId` once it is finished. Sizes and offsets in bytes. */
export interface UploadState {
  id: string;
  name: string;
  size: number;
  offset: number;
  expiresAt: string;
  fileId: string | null;
}

/** Files (FI). Bodies are read as they come; what is refused leaves nothing behind. */
export interface FilesService {
  /** `size` in bytes where it is known beforehand, else null. */
  upload(
    caller: Caller,
    from: UploadOrigin,
    named: { name: string; size: number | null },
    body: ReadableStream<Uint8Array>,
  ): Answer<FileObject>;
  list(caller: Caller, query: z.infer<typeof fileQuery>): Answer<FilePage>;
  get(caller: Caller, fileId: string): Answer<FileObject>;
  content(caller: Caller, fileId: string): Answer<FileContent>;
  /** Removes a file of the caller that nothing uses. */
  remove(caller: Caller, fileId: string): Answer<true>;
  /** Bytes that the caller's files hold, and may hold. */
  usage(caller: Caller): Promise<{ used: number; quota: number }>;
  begin(caller: Caller, from: UploadOrigin, named: { name: string; size: number }): Answer<UploadState>;
  uploadState(caller: Caller, uploadId: string): Answer<UploadState>;
  /** Appends at `offset`; `conflict` when the upload is elsewhere. With the last byte the file is made. */
  append(
    caller: Caller,
    uploadId: string,
    at: { offset: number; size: number | null; sha256?: Uint8Array; sha1?: Uint8Array },
    body: ReadableStream<Uint8Array>,
  ): Answer<UploadState>;
  abandon(caller: Caller, uploadId: string): Answer<true>;
}

/** Files as moderators see them: metadata and verdicts, never content (MO-4). */
export interface AdminFilesService {
  list(caller: Caller, query: z.infer<typeof adminFileQuery>): Answer<AdminFilePage>;
  get(caller: Caller, sha256: string): Answer<AdminFile>;
  /** Releases or rejects a held file. */
  decide(caller: Caller, sha256: string, decision: FileDecision): Answer<AdminFile>;
}

/** Incidents (SC-5, SC-6). */
export interface IncidentsService {
  list(caller: Caller, query: z.infer<typeof incidentQuery>): Answer<IncidentPage>;
  get(caller: Caller, incidentId: string): Answer<Incident>;
  draft(caller: Caller, incidentId: string, draft: ReportDraft): Answer<Incident>;
  /** The report as XML, and what is wrong with it. */
  report(caller: Caller, incidentId: string): Answer<{ xml: string; problems: string[] }>;
  submit(caller: Caller, incidentId: string): Answer<Incident>;
  close(caller: Caller, incidentId: string, body: IncidentClose): Answer<Incident>;
}

/** What the checks of files stand on (SC-7). */
export interface ScanningService {
  status(): Promise<ScanStatus>;
}

export interface SafetyService {
  stop: Call<"safety.stop">;
  resume: Call<"safety.resume">;
  /** Since when the person is stopped, or null. */
  stoppedSince(userId: string): Promise<string | null>;
}

/** Where a browser is that uses a passkey: the host's name, and the origin of the page. */
export interface PasskeyPlace {
  rpId: string;
  origin: string;
}

/** Second factors (AU-7). */
export interface TwoFactorService {
  state(caller: Caller): Promise<TwoFactorState>;
  /** A secret that counts once a code of it was given. */
  beginTotp(caller: Caller, body: z.infer<typeof passwordProof>): Answer<TotpBegun>;
  confirmTotp(caller: Caller, body: z.infer<typeof totpConfirm>): Answer<RecoveryCodeList>;
  removeTotp(caller: Caller, body: z.infer<typeof passwordAndCode>): Answer<true>;
  newRecoveryCodes(caller: Caller, body: z.infer<typeof passwordProof>): Answer<RecoveryCodeList>;
  passkeyOptions(
    caller: Caller,
    place: PasskeyPlace,
    body: z.infer<typeof passwordProof>,
  ): Answer<PasskeyOptions>;
  addPasskey(caller: Caller, body: z.infer<typeof passkeyBody>): Answer<PasskeyAdded>;
  removePasskey(caller: Caller, credentialId: string, body: z.infer<typeof passwordProof>): Answer<true>;
  /** What a browser is asked for a login with a passkey, which names nobody. */
  loginOptions(origin: Origin, place: PasskeyPlace): Answer<PasskeyOptions>;
  login(origin: Origin, body: z.infer<typeof passkeyLoginBody>): Answer<LoggedIn>;
  /** For administrators: which roles must have a second factor. */
  policy(caller: Caller): Answer<TwoFactorPolicy>;
  setPolicy(caller: Caller, policy: TwoFactorPolicy): Answer<TwoFactorPolicy>;
  /** Takes away the factors of somebody who lost them, and ends their sessions. */
  reset(caller: Caller, username: string, body: z.infer<typeof twoFactorReset>): Answer<true>;
}

/** All that is held on a person, and the end of their account (AU-9). Suspended people may too. */
export interface AccountDataService {
  /** A ZIP, written while it is read. `conflict` while another one is under way. */
  export(caller: Caller): Answer<{ name: string; archive: ReadableStream<Uint8Array> }>;
  /** Answered when the account is gone to everybody; the rest follows. */
  remove(caller: Caller, body: z.infer<typeof accountRemoval>): Answer<true>;
}

/** The sockets: what the route of `/api/ws` hands over, and what a shutdown asks for. */
export interface RealtimeService {
  /** Takes a socket that was just upgraded. The caller was authenticated and the query checked. */
  open(socket: WebSocket, who: SocketOpening): void;
  /** WS-8: tells every socket, lets requests end, closes with 4503. Resolves when all are closed. */
  shutdown(): Promise<void>;
  connections(): number;
}

export interface SocketOpening {
  caller: Caller & { sessionExpiresAt: string };
  device: string;
  window: number;
  /** WS-10: kinds that this device shows; null for all. */
  accept: ReadonlySet<string> | null;
}

/** Banner facts of evaluation mode: who can be tried, with which password. Null in production. */
export interface DemoPeople {
  usernames: readonly string[];
  password: string;
}

/** Notifications to browsers without a line (UI-7). */
export interface PushService {
  state(): PushState;
  /** For the browser of the caller's login, until that ends. */
  subscribe(caller: Caller & { sessionExpiresAt: string }, body: PushSubscriptionBody): Answer<true>;
  unsubscribe(caller: Caller, body: PushSubscriptionBody): Promise<void>;
}

/** Everything a route may ask; set once on `ctx.state` by the root middleware. */
export interface Services {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly accounts: AccountsService;
  readonly contacts: ContactsService;
  readonly preferences: PreferencesService;
  readonly categories: CategoriesService;
  readonly groups: GroupsService;
  readonly users: AdminUsersService;
  readonly audit: AuditService;
  readonly stats: StatsService;
  readonly profiles: ProfilesService;
  readonly commands: CommandsService;
  readonly safety: SafetyService;
  readonly files: FilesService;
  readonly adminFiles: AdminFilesService;
  readonly incidents: IncidentsService;
  readonly scanning: ScanningService;
  readonly realtime: RealtimeService;
  readonly health: Pick<Health, "ready">;
  readonly demo: DemoPeople | null;
  readonly twoFactor: TwoFactorService;
  readonly accountData: AccountDataService;
  readonly push: PushService;
  /** A new id for a request that came in. */
  requestId(): string;
}

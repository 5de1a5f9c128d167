import { clientLimits } from "./client_limits.ts";

/**
 * Every bound in one place: what a frame, a queue, a loop or a wait may reach.
 * Units stand at the end of each name. The source of a number is the rule of the specification in brackets.
 */
export const limits = {
  ...clientLimits,
  /** Largest `command.deliver` frame (DL-1). */
  deliverFrameBytes: 64 * 1024,
  /** Bytes that may wait to be written to one socket (WS-7). */
  outboxBytes: 1024 * 1024,
  /** Time a socket may make no progress with bytes waiting (WS-7). */
  outboxStallMs: 15_000,
  /** Heartbeat intervals without a frame before 4408 (WS-4). */
  heartbeatMisses: 3,
  /** Looks at every socket in one heartbeat interval, and the longest time between two looks. */
  sweepsPerInterval: 20,
  sweepMs: 1000,
  /** Sockets of one person at a time (WS-11). */
  socketsPerPerson: 20,
  /** Refusals within `refusalWindowMs` that close the connection (WS-6). */
  refusals: 30,
  refusalWindowMs: 10_000,
  /** Requests of one connection that may be in work at once; further frames wait in order. */
  requestsInFlight: 64,
  /** Inbound frames of one connection that may wait to be worked on; more is a broken client (4429). */
  framesQueued: 4096,
  /** The same in characters, so that few large frames are bounded like many small ones. */
  framesQueuedLength: 2 * 1024 * 1024,
  /** Bytes waiting in one socket above which deliveries pause: they lie in the store, answers do not. */
  deliverPauseBytes: 256 * 1024,
  /** Wait before a paused or wrongly timed delivery looks again. */
  deliverRetryMs: 50,
  /** Longest wait before a delivery looks again at what a grant, a pause or the ceiling holds (CO-12). */
  deliverApartMs: 60_000,
  /** A client in full flow is closed after this long a pause, and in any case after this long altogether. */
  closeQuietMs: 5,
  closeLingerMs: 10_000,
  /** Wrong fields that one `invalid_params` names. */
  fieldsNamed: 20,
  fieldNameLength: 120,
  /** Kinds in one `accept` query (WS-10). */
  acceptKinds: 32,
  /** Lower bound and default of the `window` query parameter (WS-1). */
  windowMin: 1,
  windowDefault: 64,
  /** Most commands that `pending` of `session.ready` counts (WS-3). */
  pendingCounted: 256,
  /** `BEHEST_RATE_REQUESTS` burst factor (WS-9). */
  requestBurst: 3,
  /** Registrations per address and hour in production (WS-9). */
  registrationsPerHour: 20,
  /** The part of it that requests in work get, and the part in which sockets close. */
  shutdownRequestsMs: 6000,
  shutdownCloseMs: 2000,

  /** Session and token life (AU-3). */
  sessionMs: 24 * 3600_000,
  /** AU-13: how long a device stays logged in without use. */
  renewMs: 30 * 24 * 3600_000,
  /** AU-13: how long after its login a session can be renewed at all. */
  sessionMaxMs: 365 * 24 * 3600_000,
  /**
   * AU-13: for this long after it was given out, a credential is neither replaced nor confirmed: answers to tabs that renew at
   * once are still on their way.
   */
  renewSettleMs: 60_000,
  /** Credentials given out for one before the device shows that it has one of them. */
  renewalsOpen: 32,
  /** How long a person is told of a misused session, and of how many. */
  misuseKeptMs: 30 * 24 * 3600_000,
  misusesKept: 10,
  /** AU-13: how long a proof of the person's identity counts. */
  proofMs: 10 * 60_000,
  /** AU-11: access tokens of a person, and the characters of a token's name. */
  tokensPerPerson: 20,
  tokenName: 60,
  /** AU-11: characters of a hook's templates. */
  hookTemplate: 1000,
  /** AU-11: characters of a webhook's address. */
  webhookUrl: 1000,
  /** Socket ticket life (AU-5). */
  ticketMs: 30_000,
  /**
   * Login failures within `loginWindowMs` for a username and for an address (AU-4). A known device and a session have the limit
   * of a username.
   */
  loginFailuresPerUser: 5,
  loginFailuresPerAddress: 20,
  loginWindowMs: 15 * 60_000,
  /** How long a device is known after its last login (AU-4). */
  deviceTokenMs: 180 * 24 * 3600_000,
  /** Accounts that one invitation is for, made by an administrator and by a member (AU-1). */
  inviteUses: 1000,
  inviteUsesOfMember: 10,
  /** Invitations that one person has at a time: an administrator and a member. */
  invitesOpen: 200,
  invitesOpenOfMember: 10,
  inviteCodeLength: 128,
  /** Days that an invitation works, unless said otherwise, and at most. */
  inviteDays: 7,
  inviteDaysMax: 365,
  /** How long a one-time link for a lost password works (AU-12). */
  loginLinkMs: 24 * 3600_000,
  /** First wait of a throttled login; it doubles with every further try up to `loginWindowMs`. */
  loginWaitMs: 30_000,
  /** Key derivations that run at once, and logins that may wait for one; more are refused. */
  passwordRuns: 2,
  passwordQueue: 1024,
  /** Sessions of one person; at a login beyond, the oldest ends. */
  sessionsPerPerson: 400,
  /** How often `lastSeenAt` of a session is written. */
  sessionSeenMs: 60_000,
  /** AU-7. A TOTP secret that was begun and not confirmed, and a WebAuthn challenge. */
  totpPendingMs: 15 * 60_000,
  challengeMs: 5 * 60_000,
  /** Challenges that one address may ask for within `challengeMs` before a login. */
  challengesPerAddress: 60,
  recoveryCodes: 10,
  passkeys: 20,
  passkeyName: 60,
  passwordMin: 15,
  passwordMax: 256,
  displayName: 60,
  bio: 1000,
  pronouns: 40,
  groupTitle: 80,
  groupMembers: 10_000,
  groupsPerPerson: 200,
  /** Groups that one member owns, when they create another. */
  groupsOwned: 20,
  categoryTitle: 60,
  categoryDescription: 300,
  /** Groups and categories of a server: lists of them are answered whole. */
  groups: 1000,
  categoriesMade: 200,
  /** People that one search page looks at, and jobs that the overview counts. */
  usersSearched: 1000,
  /** Of one person; ended, lifted and read ones do not count (MO-7). */
  sanctionsInForce: 50,
  jobsCounted: 1000,
  /** People whom one form sanctions. */
  sanctionedAtOnce: 50,
  /** Audit entries that one page looks through for those of its filter. */
  auditSearched: 2000,
  /** OP-3: lines of one page of the log, and what a call reads of its files at most. */
  logLines: 200,
  logLinesDefault: 100,
  logSearchBytes: 64 * 1024 ** 2,
  /** An event or an id that lines are looked for by. */
  logWord: 128,
  /** Groups whose members one process keeps in memory. */
  groupsCached: 100,
  /** People whose role, rights or name changed while they were connected, before those who left are dropped. */
  callersChanged: 10_000,

  /** CM-1, CM-2. */
  keyLength: 64,
  title: 120,
  dataBytes: 8 * 1024,
  dataDepth: 16,
  categories: 5,
  note: 1000,
  /** The longest wait for an answer to a send, in seconds, and waits of one person and of all at a time. */
  waitSeconds: 60,
  waitsOfOne: 20,
  waits: 2000,
  /** A wait keeps its place for this long; then a newer one of the same person may have it. */
  waitPlaceMs: 5000,
  /** CM-9: options of a choice, fields of a form, characters of their labels, and the longest timer. */
  optionsMin: 2,
  optionsMax: 20,
  formQuestions: 20,
  questionLabel: 120,
  timerSeconds: 86_400,
  /** CM-9: characters of a line and of a long text in an answer, and the whole answer as JSON in UTF-8. */
  answerText: 200,
  answerLong: 2000,
  answerBytes: 4 * 1024,
  /** Recipients of a direct command (BR-1). */
  recipients: 100,
  /** `deliverAt` at most this far ahead (CM-8). */
  scheduleMs: 90 * 24 * 3600_000,
  /** A deadline is reminded of this long before, or at the latest half-way from the delivery to it (CM-8). */
  remindBeforeMs: 3600_000,
  /** Open direct commands per inbox, for each kind of sender, and from one sender; withheld ones count too (DL-7). */
  inboxOpen: 10_000,
  openFromOne: 500,
  /** CH-1: kept messages from one person to another, withheld ones included. */
  chatFromOne: 10_000,
  /** Unread messages of one talk that are counted, and talks in the list. */
  chatUnread: 100,
  chatTalks: 100,
  /** Messages that one `chat.search` looks at. */
  chatSearched: 1000,
  /** CH-4: messages on each side of a reported one that the report quotes. */
  reportedAround: 5,
  /** WS-9: chat messages for each `command.send` that a person may send in a minute. */
  chatsPerSend: 2,
  /** Page of a list (DL-10). */
  pageDefault: 50,
  pageMax: 200,
  /** Submissions that are counted, and listed, for one sender (UI-9). */
  reviewsCounted: 100,
  /** Characters of a search, and commands whose texts one record of the search index has (DL-10). */
  searchLength: 200,
  searchPack: 128,
  /** Commands that are answered in one step (UI-9). */
  answersAtOnce: 100,
  /** How long an answer and a send can be undone (CM-13). */
  answerUndoMs: 10_000,
  /** Records that one page of the history reads; a page whose filter finds less has fewer items, and goes on after them. */
  historyRead: 1000,
  /** Characters of JSON that a page holds, its first item apart; at three bytes each it stays below `outboxBytes`. */
  pageLength: 300_000,

  /** Contacts and open requests of one person; a bound so that lists stay one page of the store. */
  contacts: 2000,
  contactRequestsOpen: 200,
  /** Contact requests, and invitations, from one person to another within a day (CO-11). */
  approachesPerDay: 5,
  /** Accounts and contact relations that one process keeps in memory. */
  peopleCached: 20_000,
  relationsCached: 100_000,
  /** Tries of a write that another writer was faster than. */
  writeTries: 16,
  /** Names in `blockedUsers` (CO-1). */
  blockedUsers: 1000,
  /** Grants of one person, and all they say as JSON, so that they fit into one record (CO-12). */
  grants: 50,
  grantsLength: 40_000,
  /** The largest number of a grant or a ceiling, its kinds, and its windows of hours. */
  grantNumber: 10_000,
  grantKinds: 32,
  grantWindows: 10,
  /** How long a person's own changes of their rules are listed for them. */
  ruleChangesMs: 14 * 24 * 3600_000,

  /** UI-11: how long notices are kept, those of one person and day, and characters of a title in one. */
  noticesKeptDays: 14,
  noticesPerDay: 100,
  noticeTitle: 60,

  /** Free space below which `/readyz` says no: room for the store's own files and the logs (OP-4). */
  diskFreeBytes: 256 * 1024 * 1024,

  /** FI-8: a file's name in UTF-8. */
  fileNameBytes: 255,
  /** What one upload holds in memory at most, headers and buffers included (FI-1). */
  uploadMemoryBytes: 2 * 1024 * 1024,
  /** Time for a body of JSON or of a form, and for one request with bytes of a file (OP-9). */
  bodyMs: 30_000,
  uploadRequestMs: 24 * 3600_000,
  /** An upload without a byte for this long is given up; a resumable one that was begun is kept for the longer time. */
  uploadStallMs: 60_000,
  uploadKeptMs: 24 * 3600_000,
  /** Uploads of one person that are under way or begun at once. */
  uploadsOpen: 100,
  /** Files of one person, whatever their size: those of no bytes cost the store as much as others. */
  filesPerPerson: 20_000,
  /** SC-8: rejected bytes, for moderators to release a false alarm. */
  quarantineMs: 14 * 24 * 3600_000,
  /** FI-7: a file that nothing uses. */
  fileUnusedMs: 24 * 3600_000,
  /** Fields and bytes beside the file in a multipart body (FI-1). */
  formFields: 16,
  formFieldBytes: 16 * 1024,
  /** First bytes of a file from which its type is read (FI-4). */
  sniffBytes: 64 * 1024,
  /** SC-1: waits between two tries of a scan: 1 s, doubling, at most 5 min. */
  scanRetryBaseMs: 1000,
  scanRetryMaxMs: 5 * 60_000,
  /** A scan's lease, renewed while it runs; a dead worker's scan is taken over after it. */
  scanLeaseMs: 30_000,
  /** The longest that one scanner may take for one blob. */
  scanMs: 10 * 60_000,
  /** Characters of a scanner's answer that are kept. */
  scanAnswer: 500,

  /** Largest JSON body of a REST call. */
  restBodyBytes: 64 * 1024,
} as const;

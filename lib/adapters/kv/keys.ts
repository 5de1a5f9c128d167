import type { KvKey } from "./port.ts";

/**
 * Every key of the store, with the room that writes it and when it ends. `VS` is the versionstamp of the commit that appends to
 * a log: as the last part of the key it keeps the log in the order of commits.
 */
export const keys = {
  /** The layout's number; `migrate.ts` at start. Never ends. */
  migration: () => ["migration"],
  /** Written and read by `/readyz`. Ends after a minute. */
  health: () => ["health"],

  /** An account; accounts. Ends with the account. */
  user: (userId: string) => ["user", userId],
  users: () => ["user"],
  /** Username → user id; accounts. Never ends: the name of a deleted account is not given away again (AU-9). */
  username: (username: string) => ["username", username],
  usernames: () => ["username"],
  /** A person's profile; accounts. Ends with the account. */
  profile: (userId: string) => ["profile", userId],
  /** Set once an administrator exists, so that the setup link works only once; accounts. Never ends. */
  adminMade: () => ["admin_made"],
  /** Ids of the administrators, to protect the last one; accounts and moderation. Never ends. */
  admins: () => ["admins"],
  /** A person's one-time link for a lost password (AU-12); accounts. Ends when used or replaced, or after 24 h. */
  loginLink: (userId: string) => ["login_link", userId],
  /** Hash of the one-time setup token; accounts. Ends when used. */
  setup: () => ["setup"],
  /** Shared password of the demo people; accounts, in evaluation mode only. Ends with a start in production mode. */
  demoPassword: () => ["demo_password"],
  /** A person's second factors (AU-7); accounts. Ends with the last of them, or with the account. */
  twoFactor: (userId: string) => ["two_factor", userId],
  /** The owner of a passkey, by its credential's id; written with the record above, and ends with it. */
  passkey: (credentialId: string) => ["passkey", credentialId],
  /** Roles that must have a second factor; accounts. Never ends. */
  twoFactorPolicy: () => ["two_factor_policy"],
  /** Hash of a single-use WebAuthn challenge; accounts. Ends after 5 min or when used. */
  challenge: (hash: string) => ["challenge", hash],
  /** A person's link with an OpenID Connect issuer (AU-12); accounts. Ends with the account, or when it is taken away. */
  linkOf: (userId: string) => ["sso_link", userId],
  /** The owner of a link, by the issuer's own id of the person; written with the record above, and ends with it. */
  linked: (issuer: string, sub: string) => ["sso_linked", issuer, sub],
  /** Hash of the state of a way to the issuer and back; accounts. Ends after 5 min or when used. */
  flow: (hash: string) => ["sso_flow", hash],
  /** Number of challenges for an address; accounts. Ends after 5 min. */
  challengesOf: (address: string) => ["challenges", address],
  /** A session that was misused, for its person to read; accounts. Ends when read, or after 30 days. */
  sessionMisuse: (userId: string, sessionId: string) => ["session_misuse", userId, sessionId],
  sessionMisusesOf: (userId: string) => ["session_misuse", userId],
  /** A login; accounts. Ends after 24 h, 30 days after its last renewal, or when revoked. */
  session: (sessionId: string) => ["session", sessionId],
  /** A session whose place another one took, so that what is under way with it is known; accounts. Ends after a minute. */
  sessionReplaced: (sessionId: string) => ["session_replaced", sessionId],
  /** Index of a person's sessions; accounts. Ends with the session. */
  sessionOf: (userId: string, sessionId: string) => ["session_of", userId, sessionId],
  sessionsOf: (userId: string) => ["session_of", userId],
  /** Index of a person's access tokens (AU-11), by their sessions; accounts. Ends with the session. */
  accessTokenOf: (userId: string, sessionId: string) => ["access_token_of", userId, sessionId],
  accessTokensOf: (userId: string) => ["access_token_of", userId],
  /** Hash of a single-use socket ticket; accounts. Ends after 30 s or when used. */
  ticket: (hash: string) => ["ticket", hash],
  /** Login failures of a username, an address, a known device or a session; accounts. Ends with the window. */
  loginFailures: (
    by: "user" | "address" | "device" | "session",
    subject: string,
  ) => ["login_failures", by, subject],
  /** An invitation to make an account; accounts. Ends when it expires, is revoked, or with its maker's account. */
  invite: (inviteId: string) => ["invite", inviteId],
  invites: () => ["invite"],
  /** Its id by the hash of its code, and by its maker; written with the record above, and end with it. */
  inviteCode: (hash: string) => ["invite_code", hash],
  inviteOf: (userId: string, inviteId: string) => ["invite_of", userId, inviteId],
  invitesOf: (userId: string) => ["invite_of", userId],
  /** Whether members may invite; accounts. Never ends. */
  membersInvite: () => ["members_invite"],
  /** Registrations from an address in the last hour; accounts. Ends after an hour. */
  registrations: (address: string) => ["registrations", address],

  /** One side of a contact: `otherId` as `userId` sees them; contacts. Ends when either side removes it. */
  contact: (userId: string, otherId: string) => ["contact", userId, otherId],
  contactsOf: (userId: string) => ["contact", userId],

  /** Times of contact requests or invitations from one person to another, by a hash of both ids; accounts. Ends after a day. */
  approaches: (of: "requests" | "invitations", pairHash: string) => ["approaches", of, pairHash],

  /** A group; accounts. Never ends: its name is not given away again. */
  group: (name: string) => ["group", name],
  groups: () => ["group"],
  /** A membership or invitation, by group and by person; accounts. Both are written and end together. */
  member: (name: string, userId: string) => ["member", name, userId],
  membersOf: (name: string) => ["member", name],
  memberOf: (userId: string, name: string) => ["member_of", userId, name],
  groupsOf: (userId: string) => ["member_of", userId],

  /** Entries of the audit log by number, and its head; moderation. Never end. */
  audit: (seq: number) => ["audit", seq],
  audits: () => ["audit"],
  auditHead: () => ["audit_head"],
  /** A sanction on a person; moderation. Ends with the account. */
  sanction: (userId: string, sanctionId: string) => ["sanction", userId, sanctionId],
  sanctionsOf: (userId: string) => ["sanction", userId],
  /** The sanctions of a person that were neither lifted nor read (MO-7); moderation. Ends with the account. */
  inForce: (userId: string) => ["sanctions_in_force", userId],
  allInForce: () => ["sanctions_in_force"],
  /** A person's mute; moderation. Ends with the mute. */
  mute: (userId: string) => ["mute", userId],
  mutes: () => ["mute"],
  /** That a person can write to their contacts only (MO-7); moderation. Ends with the limit. */
  limited: (userId: string) => ["limited", userId],
  allLimited: () => ["limited"],
  /** A report with its snapshot (MO-1); moderation. Never changed. Ends after 400 days, or with the account of either side. */
  report: (reportId: string) => ["report", reportId],
  /** A person's own reports in order; moderation. Ends with the report. */
  reportOf: (userId: string, reportId: string) => ["report_of", userId, reportId],
  reportsOf: (userId: string) => ["report_of", userId],
  /** What limits a person's reports, or the requests for removal of a network (MO-8), by its hash; moderation. Ends 30 days after the last. */
  reporter: (userId: string) => ["reporter", userId],
  /** Similar reports, or an appeal, and what was decided (MO-2); moderation. Ends a year after the decision. */
  case: (caseId: string) => ["case", caseId],
  /** The open case of similar reports; moderation. Ends with its decision. */
  caseOpen: (fold: string) => ["case_open", fold],
  /** The case of a request for removal (MO-8), by the hash of its author's code; moderation. Ends with the case. */
  removal: (codeHash: string) => ["removal", codeHash],
  /** Cases about a person in order; moderation. Ends with the case. */
  caseAbout: (userId: string, caseId: string) => ["case_about", userId, caseId],
  casesAbout: (userId: string) => ["case_about", userId],
  /** Open cases, the worst first (`9 - rankOf`), then the oldest; moderation. Ends with the decision. */
  queueOpen: (rank: number, caseId: string) => ["queue_open", rank, caseId],
  queue: () => ["queue_open"],
  /** Decided cases by the time of the decision; moderation. Ends with the case. */
  queueDecided: (atMs: number, caseId: string) => ["queue_decided", atMs, caseId],
  decidedCases: () => ["queue_decided"],
  /** A moderator's lease on an item of the queue; moderation. Ends by itself, or with the decision. */
  claim: (id: string) => ["claim", id],
  /** That an item was reported and found to be fine; moderation. Ends after a year, or when that is undone. */
  reviewed: (item: string) => ["reviewed", item],
  /** Numbers of a day's decisions, by its date in UTC; moderation. Ends after two years. */
  queueDay: (day: string) => ["queue_day", day],
  /** Reasons for sanctions, as admins keep them (MO-7); moderation. Never ends. */
  sanctionReasons: () => ["sanction_reasons"],
  /** Automatic rules, as admins keep them (MO-2); moderation. Never end. */
  autoRules: () => ["auto_rules"],
  /** What needs administrators, and who is still to be told; moderation. Never ends. */
  operator: () => ["operator"],
  /** Numbers of one step of time for the overview (MO-4); moderation. Each step has a fixed number of slots, used in turn. Never ends. */
  rollup: (stepMs: number, slot: number) => ["rollup", stepMs, slot],
  rollups: (stepMs: number) => ["rollup", stepMs],
  /** That a moderator looked at something of a person (MO-6); moderation. Ends with the account, or after a year. */
  look: (userId: string, lookId: string) => ["look", userId, lookId],
  looksOf: (userId: string) => ["look", userId],

  /** Preferences; consent. Ends with the account. */
  preferences: (userId: string) => ["preferences", userId],
  allPreferences: () => ["preferences"],
  /** Grants, and earlier ones of groups; consent. Ends with the account. */
  grants: (userId: string) => ["grants", userId],
  /** A person's own change of their rules, by its time and the version that it replaced; consent. Ends after two weeks. */
  ruleChange: (userId: string, atMs: number, replaced: string) => ["rule_change", userId, atMs, replaced],
  ruleChangesOf: (userId: string) => ["rule_change", userId],
  /** A stop in force; commands. Ends when the person resumes. */
  stop: (userId: string) => ["stop", userId],
  /** Number of a person's deliveries on one day, for the daily limit; commands. Ends three days later. */
  deliveredOn: (userId: string, day: string) => ["delivered_on", userId, day],
  deliveredOnDaysOf: (userId: string) => ["delivered_on", userId],
  /** A content category; made at the first start. Never ends. */
  category: (slug: string) => ["category", slug],
  categories: () => ["category"],

  /** A command as its sender wrote it; commands. Never changed. Ends 14 days after its last open state. */
  command: (commandId: string) => ["command", commandId],
  /** One recipient's state of a command; commands. In order of command ids, so also the person's history. Ends with the command. */
  state: (userId: string, commandId: string) => ["state", userId, commandId],
  statesOf: (userId: string) => ["state", userId],
  states: () => ["state"],
  /**
   * Commands that were delivered to a person and to which nothing else has happened (DL-11), by the largest of their ids, and the
   * latest of these lists, which also orders the person's deliveries; commands. End two months after the last of them.
   */
  taken: (userId: string, lastCommandId: string) => ["taken", userId, lastCommandId],
  takenOf: (userId: string) => ["taken", userId],
  takenNewest: (userId: string) => ["taken_newest", userId],
  /** A sender's commands in order; commands. Ends with the command. */
  outbox: (senderId: string, commandId: string) => ["outbox", senderId, commandId],
  outboxOf: (senderId: string) => ["outbox", senderId],
  /**
   * A submission that its sender has to review, perhaps of a broadcast that has ended; commands. Written and deleted with the
   * recipient's state (CM-5). Ends with the command.
   */
  submission: (senderId: string, commandId: string, userId: string) => [
    "submission",
    senderId,
    commandId,
    userId,
  ],
  submissionsOf: (senderId: string) => ["submission", senderId],
  /** The answer to an idempotency key; commands. Ends after 24 h. */
  sendKey: (senderId: string, key: string) => ["send_key", senderId, key],
  sendKeysOf: (senderId: string) => ["send_key", senderId],
  /**
   * The log of a person's open commands, `["inbox", userId, VS]`; commands. An entry ends when the command closes for the person, and
   * its copy of the command with the first change of the person's state.
   */
  inbox: (userId: string) => ["inbox", userId],
  logs: () => ["inbox"],
  /**
   * A command that a person's grant, pause or ceiling holds while others pass it; commands. Ends when it is delivered, closed or
   * withheld, or two months later.
   */
  held: (userId: string, commandId: string) => ["held", userId, commandId],
  heldOf: (userId: string) => ["held", userId],
  /**
   * An open direct command that counts for its sender and has no entry in the person's log: one that is scheduled or withheld;
   * commands. Ends when it gets an entry or closes for the person (DL-7).
   */
  openFrom: (userId: string, senderId: string, senderKind: string, commandId: string) => [
    "open_from",
    userId,
    senderId,
    senderKind,
    commandId,
  ],
  openFromOf: (userId: string) => ["open_from", userId],
  /** The shared log of broadcasts, `["broadcast", VS]`, one entry each (BR-4); commands. An entry ends when the broadcast is cancelled or purged. */
  broadcasts: () => ["broadcast"],
  /**
   * The texts of a person's direct commands, or of broadcasts (an empty id), below an id, for searches (DL-10); commands. Written
   * by searches. Ends with the first of its commands, or with the account.
   */
  searchPack: (userId: string, upTo: string) => ["search", userId, upTo],
  searchPacksOf: (userId: string) => ["search", userId],
  /** The state of a broadcast as a whole; commands. Ends with the command. */
  broadcast: (commandId: string) => ["cast", commandId],
  allBroadcasts: () => ["cast"],
  /** Number of people in one state of a broadcast (KvU64), except `queued`; commands. Ends with the command. */
  total: (commandId: string, state: string) => ["total", commandId, state],
  totals: (commandId: string) => ["total", commandId],
  /** CM-9: number of a broadcast's answers at one place (KvU64); commands. Ends with the command. */
  answerCount: (commandId: string, place: string) => ["answered", commandId, place],
  answerCounts: (commandId: string) => ["answered", commandId],
  /** A device's cursor; commands, at most 1 s late. Ends 90 days after its last move. */
  cursor: (userId: string, device: string) => ["cursor", userId, device],
  cursorsOf: (userId: string) => ["cursor", userId],

  /** A chat message; chat. Ends after 14 days (CH-2), and with the account of either side. */
  chatMessage: (messageId: string) => ["chat_message", messageId],
  /** The log of a talk, `["chat", talkId, VS]`, with the ids of its messages; chat. Ends with each message. */
  chat: (talkId: string) => ["chat", talkId],
  /**
   * A person's log of messages, `["chat_inbox", userId, VS]`, which devices read together with that of commands; chat. An entry
   * ends with its message.
   */
  chatInbox: (userId: string) => ["chat_inbox", userId],
  /** An entry of it that devices passed while a rule held the message (CO-12); chat. Ends when it gets a new place. */
  chatHeld: (userId: string, messageId: string) => ["chat_held", userId, messageId],
  chatHeldOf: (userId: string) => ["chat_held", userId],
  /** A person's talk; chat. Its version is that of its last message, and it ends with that. */
  chatOf: (userId: string, talkId: string) => ["chat_of", userId, talkId],
  chatsOf: (userId: string) => ["chat_of", userId],
  /** How far a person got a talk's messages, and how far they read; chat, the first one at most 1 s late. End after 28 days. */
  chatShown: (userId: string, talkId: string) => ["chat_shown", userId, talkId],
  chatShownOf: (userId: string) => ["chat_shown", userId],
  chatRead: (userId: string, talkId: string) => ["chat_read", userId, talkId],
  chatReadOf: (userId: string) => ["chat_read", userId],
  /** What makes a noise of a talk (CH-3); chat. Ends with the account of its person. */
  chatNotify: (userId: string, talkId: string) => ["chat_notify", userId, talkId],
  chatNotifyOf: (userId: string) => ["chat_notify", userId],
  /** A person's latest reaction to a message of a talk, by that message's id; chat. Ends 14 days after the reaction. */
  chatReaction: (
    talkId: string,
    aboutId: string,
    userId: string,
  ) => ["chat_reaction", talkId, aboutId, userId],
  chatReactionsIn: (talkId: string) => ["chat_reaction", talkId],
  /** Numbers of a person's messages in a talk by day (DL-7); chat. Ends 14 days after the last one. */
  chatSent: (userId: string, talkId: string) => ["chat_sent", userId, talkId],
  chatSentOf: (userId: string) => ["chat_sent", userId],
  /** The message of an idempotency key; chat. Ends after 24 h. */
  chatKey: (senderId: string, key: string) => ["chat_key", senderId, key],
  chatKeysOf: (senderId: string) => ["chat_key", senderId],

  /** Size, sniffed type and state of bytes; files, then scanning. Ends with the last file that refers to them. */
  blob: (sha256: string) => ["blob", sha256],
  blobs: () => ["blob"],
  /** A person's named reference to a blob; files. Ends after its last use, or 24 h unused (FI-7). */
  file: (fileId: string) => ["file", fileId],
  files: () => ["file"],
  /** A person's files in order; files. Ends with the file. */
  fileOf: (userId: string, fileId: string) => ["file_of", userId, fileId],
  filesOf: (userId: string) => ["file_of", userId],
  /** The files that refer to a blob; files. Ends with the file. */
  ref: (sha256: string, fileId: string) => ["ref", sha256, fileId],
  refsOf: (sha256: string) => ["ref", sha256],
  /**
   * Written when a file of a blob is added or removed, and before the bytes are deleted: a commit that checks it fails if the
   * blob's files have changed since they were read; files. Ends an hour after its bytes.
   */
  refMark: (sha256: string) => ["ref_mark", sha256],
  /** A use of a file by its carrier (`carrierText`), and until when; written with the carrier. Ends with the file. */
  fileUse: (fileId: string, by: string) => ["file_use", fileId, by],
  usesOf: (fileId: string) => ["file_use", fileId],
  /** Written with every use, so that a removal fails if a use came meanwhile. Ends with the file. */
  fileUsed: (fileId: string) => ["file_used", fileId],
  /** Total bytes of a person's files; files. Ends with the account. */
  usage: (userId: string) => ["usage", userId],
  /** A resumable upload; files. Ends when it is finished or ended, or after a day. */
  upload: (uploadId: string) => ["upload", uploadId],
  uploads: () => ["upload"],
  uploadOf: (userId: string, uploadId: string) => ["upload_of", userId, uploadId],
  uploadsOf: (userId: string) => ["upload_of", userId],

  /** One scanner's verdict on a blob; scanning. Ends with the blob. */
  verdict: (sha256: string, check: string) => ["verdict", sha256, check],
  verdictsOf: (sha256: string) => ["verdict", sha256],
  /** A hash that uploads may not have (SC-4); scanning. Never ends. */
  refused: (sha256: string) => ["refused", sha256],
  /** Until when the bytes of a rejected blob are in quarantine (SC-8); scanning, with the verdict. Ends after 14 days or with a release. */
  quarantine: (sha256: string) => ["quarantine", sha256],
  quarantines: () => ["quarantine"],
  /** A blob's scan: when it is due and who has its lease; files, then scanning. Ends with the verdict. */
  scan: (sha256: string) => ["scan", sha256],
  scans: () => ["scan"],
  /** The same scan by the time it is due; ends with it. */
  scanDue: (dueMs: number, sha256: string) => ["scan_due", dueMs, sha256],
  scansDue: () => ["scan_due"],
  /** Blobs by state, for the states that moderators list; scanning. Written and ends with the state. */
  blobIn: (state: string, sha256: string) => ["blob_in", state, sha256],
  blobsIn: (state: string) => ["blob_in", state],
  /** A CSAM match and its preservation (SC-5); scanning. Never ends, but its evidence does. */
  incident: (incidentId: string) => ["incident", incidentId],
  incidents: () => ["incident"],
  incidentOf: (sha256: string, incidentId: string) => ["incident_of", sha256, incidentId],
  incidentsOf: (sha256: string) => ["incident_of", sha256],
  /** An upload of an incident, by file or by number of the attempt; scanning. Never ends. */
  incidentUpload: (incidentId: string, upload: string) => ["incident_upload", incidentId, upload],
  incidentUploads: (incidentId: string) => ["incident_upload", incidentId],
  /** The last incident of an account's repeats of a refused hash; scanning. Never ends. */
  incidentRepeat: (sha256: string, userId: string) => ["incident_repeat", sha256, userId],
  /** A legal hold on a `file`, `user` or `blob`, with its incidents (SC-5); scanning. Ends with the last of them. */
  hold: (what: string, id: string) => ["hold", what, id],

  /** A person's notices of one UTC day (UI-11), oldest first; notices. Ends two weeks later. */
  notices: (userId: string, day: number) => ["notice", userId, day],
  noticesOf: (userId: string) => ["notice", userId],
  /** In whose notices a person is named; written with them, ends two weeks later or with the named account. */
  noticeBy: (namedId: string, userId: string) => ["notice_by", namedId, userId],
  noticesBy: (namedId: string) => ["notice_by", namedId],

  /** A browser that gets a person's notifications, by the digest of its push address; push. Ends with its login, or after 90 days. */
  push: (userId: string, subscriptionId: string) => ["push", userId, subscriptionId],
  pushesOf: (userId: string) => ["push", userId],
  pushes: () => ["push"],
  /** The owner of a subscription, and the login that made it; push. Written and end with it. */
  pushOwner: (subscriptionId: string) => ["push_owner", subscriptionId],
  pushOfSession: (sessionId: string, subscriptionId: string) => ["push_session", sessionId, subscriptionId],
  pushesOfSession: (sessionId: string) => ["push_session", sessionId],
  /** How a person wants to be told; push. Ends with the account. */
  pushChoices: (userId: string) => ["push_choices", userId],
  /** A notification's button that was pressed, by the digest of its ticket; push. Ends with the ticket. */
  pushUsed: (digest: string) => ["push_used", digest],

  /** Work due at a time in ms, so that one range has all that is due; jobs. Ends when done. */
  job: (dueAt: number, jobId: string) => ["job", dueAt, jobId],
  jobs: () => ["job"],
  /** The lease of a job; jobs. Ends with the job, or by itself if its owner died. */
  lease: (name: string) => ["lease", name],
} as const satisfies Record<string, (...parts: never[]) => KvKey>;

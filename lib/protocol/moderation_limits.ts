/**
 * Bounds of reports and of the moderators' queue. Not in `limits.ts`, which is in every page's scripts: only the server needs
 * these.
 */
export const moderationLimits = {
  /** MO-1: reports of one person within a day, those about one other person, and of one who reports in bad faith. */
  reportsPerDay: 30,
  reportsPerPairDay: 5,
  reportsPerDayBadFaith: 1,
  /** Reports that moderators found to be in bad faith, within `badFaithMs`, before the lower limit counts. */
  badFaithReports: 3,
  badFaithMs: 30 * 24 * 3600_000,
  /** Similar reports in one case, and how many of them its page shows. */
  reportsFolded: 100,
  reportsShown: 20,
  /** Commands and notes around a reported item that its snapshot has, and characters of each. */
  reportContext: 8,
  reportContextText: 400,
  /** MO-2: how long a claim lasts, sanctions of one decision, private notes of one case, items that a count says. */
  claimMs: 15 * 60_000,
  decisionActions: 4,
  caseNotes: 10,
  queueCounted: 200,
  /** How long a decision can be undone, and how long a decided case is kept. */
  undoMs: 30 * 24 * 3600_000,
  caseKeptMs: 365 * 24 * 3600_000,
  /** Days that the statistics are over, and how long their numbers are kept. */
  queueStatsDays: 7,
  queueDayKeptMs: 800 * 24 * 3600_000,
  /** MO-7: reasons for sanctions that admins keep. */
  sanctionReasons: 40,
  /** MO-2: automatic rules, and earlier cases of a person that they read. */
  autoRules: 10,
  ruleCases: 100,
  /** MO-8: how soon a request for removal is decided, its files, and characters of how to reach its author. */
  removalMs: 48 * 3600_000,
  removalHashes: 10,
  removalContact: 200,
  /** Requests of one network within a day, those of one with a false request, and open ones of everybody together. */
  removalsPerDay: 5,
  removalsPerDayBadFaith: 1,
  removalsOpen: 1000,
  /** Forms with files that are hashed at once for people without scripts, those of one network, and how long one may take. */
  removalForms: 16,
  removalFormsOfOne: 2,
  removalFormMs: 15 * 60_000,
  /** Uploads of a requested file that its case looks at, and people whom it names. */
  removalUploads: 500,
  removalUsers: 10,
} as const;

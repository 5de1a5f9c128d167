/** Bounds of notifications (UI-12). Not in `limits.ts`, which is in every page's scripts: only the server needs these. */
export const pushLimits = {
  /** UI-7: devices of one person that are told of something new, and the longest address of a push service. */
  pushDevices: 20,
  pushEndpointLength: 1024,
  /** Characters of a device's key, and of a button's ticket. */
  pushKeyLength: 128,
  pushTicketLength: 512,
  /** UI-12: contacts, and groups, with a level of their own. */
  pushNamed: 200,
  /** UI-12: what "again until answered" may be set to. */
  pushAgainMinutes: 120,
  pushAgainTimes: 50,
  /** Bytes of a push before it is encrypted; every one is padded to this (RFC 8291 has room for 3,993). */
  pushBytes: 3072,
  /** Shortest time between two notifications of one device; it doubles while more come, up to the longest. */
  pushGapMs: 1000,
  pushGapMaxMs: 60_000,
  /** Things that wait to be told, and notifications that are shown, as they are kept for one device. */
  pushWaiting: 50,
  pushShown: 50,
  /** Notifications that one push takes away. */
  pushGone: 20,
  /** Entries of a person's log that one look reads. */
  pushRead: 64,
  /** Longest wait for one push service's answer; pushes to one service at once, and as many as start in a second. */
  pushSendMs: 10_000,
  pushesAtOnce: 256,
  pushesEachSecond: 2000,
  /** How long "Later" on a notification puts a command off. */
  pushLaterMs: 3600_000,
  /** In a minute: answers from one network whose ticket is not one, and answers with one ticket. */
  pushBadTickets: 60,
  pushTicketTries: 10,
  /** Shortest time between two tests of one device. */
  pushTestMs: 5000,
} as const;

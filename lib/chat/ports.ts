import type { AttachableFile, Carried, ChatEntry, Had, Person, Thread } from "../commands/mod.ts";
import type { Relation } from "../consent/mod.ts";
import type { ChatNotify, ChatReaction, FileState } from "../protocol/mod.ts";

/** A message as it is stored. */
export interface MessageRecord {
  id: string;
  talkId: string;
  /** The command of its thread. */
  thread: string | null;
  senderId: string;
  recipientId: string;
  from: Person;
  /** The recipient's username. */
  to: string;
  body: string;
  attachments: { fileId: string; sha256: string; name: string; size: number; type: string }[];
  createdAt: string;
  expiresMs: number;
  /** The rule that allowed it when it was sent, and the one that withholds it for good. Only moderators and the recipient may know. */
  allowedBy: string | null;
  withheldBy: string | null;
  retractedAt: string | null;
  /** FI-6: its files are not clean yet, or never will be. It is in the recipient's log only without this. */
  state?: "checking" | "rejected";
  /** The message of the talk that it quotes, or that its reaction is about. */
  about?: string;
  /** It is nothing but a reaction. */
  reaction?: ChatReaction;
  /** Its place in the talk. Absent as long as the record is as it was first written, with the same commit. */
  place?: string;
}

/** A message as it was read: a write of it fails if `version` has changed. */
export interface StoredMessage {
  record: MessageRecord;
  place: string;
  version: string;
}

/** A talk of a person, with the version of its last message. */
export interface TalkRecord {
  talkId: string;
  otherId: string;
  thread: string | null;
  version: string;
  /** The last message is the other side's. */
  theirs?: true;
}

/** A place in a talk with the message that has it. */
export interface Mark {
  place: string;
  messageId: string;
}

/** CH-3: how far a person has read, and how far the other side was told. */
export interface ReadMarks {
  read: Mark | null;
  told: Mark | null;
}

/** Numbers of messages from one person in one talk, by day since 1970 (DL-7). */
export type SentDays = readonly (readonly [day: number, count: number])[];

/** These numbers as they were read. `moment`: when, where the store can tell by it that nothing wrote them since. */
export interface CountedDays {
  value: SentDays;
  version: string | null;
  moment?: number | undefined;
}

export interface SentMessageKey {
  messageId: string;
  digest: string;
  expiresMs: number;
}

export interface Sending {
  record: MessageRecord;
  key: string;
  sent: SentMessageKey;
  /** The expired record of the same key, which is replaced. */
  replacesKey?: string | undefined;
  days: CountedDays;
  carries: readonly Carried[];
}

/** A change of a message. */
export interface MessageChange {
  from: StoredMessage;
  to: MessageRecord;
  /** It gets a new place at the end of the talk. */
  moves?: true;
  /** Whose logs tell it. */
  tell: readonly string[];
}

/** What the chat asks of the store. */
export interface ChatStore {
  /** The message's place, in its talk and in every log. Null: the key is in use, or a file or the count changed; nothing was written. */
  send(sending: Sending): Promise<string | null>;
  sentKey(senderId: string, key: string): Promise<{ sent: SentMessageKey; version: string } | null>;
  sentDays(senderId: string, talkId: string): Promise<CountedDays>;
  messages(ids: readonly string[]): Promise<Map<string, StoredMessage>>;
  /** Messages before a place, newest first. */
  before(talkId: string, place: string | null, limit: number): Promise<StoredMessage[]>;
  /** Messages after a place, oldest first. */
  after(talkId: string, place: string | null, limit: number): Promise<StoredMessage[]>;
  /** False: the message changed since it was read. */
  change(change: MessageChange): Promise<boolean>;
  /** Ids of the latest reaction of each side to the messages of a talk from one id to another, both included. */
  reactions(talkId: string, fromId: string, toId: string): Promise<string[]>;
  /** Entries of a person's log before a place, newest first. */
  logBefore(userId: string, before: string | null, limit: number): Promise<ChatEntry[]>;
  /** Entries of a person's log after a place, oldest first. */
  logAfter(userId: string, after: string | null, limit: number): Promise<ChatEntry[]>;
  /** Entries that devices passed while a rule held them (CO-12), in the order of their messages. */
  heldEntries(userId: string): Promise<ChatEntry[]>;
  holdEntries(userId: string, entries: readonly ChatEntry[]): Promise<void>;
  /** Ends the holding of an entry. `moves`: it gets a new place at the end of the log; otherwise it leaves it. */
  endHeld(userId: string, entry: ChatEntry, moves: boolean): Promise<void>;
  /** A person's talks, the latest first. */
  talksOf(userId: string, limit: number): Promise<TalkRecord[]>;
  shown(userId: string, talkId: string): Promise<string | null>;
  /** Marks only move forward: one that is further already stays. */
  saveShown(shown: readonly { userId: string; talkId: string; place: string }[]): Promise<void>;
  readMarks(userId: string, talkId: string): Promise<{ marks: ReadMarks; version: string | null }>;
  /** The same of several talks: how far the person has read each. */
  readPlaces(userId: string, talkIds: readonly string[]): Promise<(string | null)[]>;
  /** What makes a noise, by talk; null: nothing was chosen. */
  notify(userId: string, talkIds: readonly string[]): Promise<(ChatNotify | null)[]>;
  setNotify(userId: string, talkId: string, notify: ChatNotify | null): Promise<void>;
  /** All that a person chose, by talk. */
  allNotify(userId: string): Promise<Map<string, ChatNotify>>;
  /** False: they changed since they were read. */
  setReadMarks(userId: string, talkId: string, marks: ReadMarks, version: string | null): Promise<boolean>;
  /** Removes a talk for both sides: an account ends (AU-9). */
  removeTalk(userId: string, talk: TalkRecord): Promise<void>;
}

/** The accounts, as far as the chat needs them. */
export interface ChatPeople {
  byUsernames(usernames: readonly string[]): Promise<Map<string, Person>>;
  byIds(userIds: readonly string[]): Promise<Map<string, Person>>;
  relationsOf(userId: string, otherIds: readonly string[]): Promise<Map<string, Relation>>;
}

/** The commands that people talk about. */
export interface ChatThreads {
  byIds(commandIds: readonly string[]): Promise<Map<string, Thread>>;
  isFor(userId: string, commandId: string): Promise<boolean>;
  had(userId: string, commandId: string): Promise<Had>;
}

/** The files, as far as the chat needs them. */
export interface ChatFiles {
  own(ownerId: string, fileIds: readonly string[]): Promise<Map<string, AttachableFile>>;
  states(fileIds: readonly string[]): Promise<Map<string, FileState>>;
}

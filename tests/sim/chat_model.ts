import { holds, type Rules } from "./grants.ts";
import type { Model } from "./model.ts";
import { type Asked, choices, isQuiet, type Tie } from "./rules.ts";
import type { Person, Sent } from "./sent.ts";

const keptMs = 14 * 24 * 3600_000;
/** CH-3. */
export const retractMs = 10 * 60_000;
/** Longest time before it is durable that somebody has a message (DL-4, as for cursors). */
const shownLateMs = 1000;

/** CH-1: a talk of two contacts, or of a command's sender with one recipient. */
export interface TalkOf {
  one: string;
  other: string;
  thread: Sent | null;
}

export function talkName({ one, other, thread }: TalkOf): string {
  return `${[one, other].sort().join(" ")} ${thread?.secret ?? ""}`;
}

/** A message that somebody writes, known by the secret in its text before it has an id. */
export class Said implements Asked {
  readonly secret: string;
  readonly from: string;
  readonly to: string;
  readonly thread: Sent | null;
  readonly kind = "chat";
  readonly startedMs: number;
  /** To the one who sent the thread's command: it asks for nothing but that they do not block (CH-4). */
  readonly reply: boolean;
  id: string | null = null;
  /** Written by its server between the call and the answer. */
  answeredMs = Infinity;
  /** Rules changed, or the process crashed, while it was under way. */
  fuzzy = false;
  /** As for commands: what the rules of its recipient let through when it was sent, and ever since. */
  mayHave = true;
  mustHave = true;
  /** No rule of its recipient that may have held since it was sent withholds it. */
  wanted = true;
  /** Was handed to a device of its recipient. */
  known = false;
  /** When a device acknowledged it, or a page showed it: it stays. */
  keptSinceMs: number | null = null;
  retracting = false;
  retracted = false;
  /** Nothing was on its way since it was taken back. */
  gone = false;
  /** Was let through ever since it was taken back. */
  mustTell = false;

  constructor(
    { secret, from, to, thread, startedMs }: Pick<Said, "secret" | "from" | "to" | "thread" | "startedMs">,
  ) {
    this.secret = secret;
    this.from = from;
    this.to = to;
    this.thread = thread;
    this.startedMs = startedMs;
    this.reply = thread !== null && thread.from !== from;
  }

  get audience(): Sent["audience"] {
    return this.thread === null || this.reply ? "user" : this.thread.audience;
  }

  get group(): string | null {
    return this.reply ? null : this.thread?.group ?? null;
  }

  get categories(): readonly string[] {
    return this.reply ? [] : this.thread?.categories ?? [];
  }

  get talk(): string {
    return talkName({ one: this.from, other: this.to, thread: this.thread });
  }
}

/** CH-4 and CO-9, the lines that withhold a message: kinds and numbers are about commands. */
function takesMessage(rules: Rules, tie: Tie, said: Said, now: number): boolean {
  const { preferences, grants } = rules;
  if (preferences.blockedUsers.includes(said.from)) return false;
  if (choices(rules, said, now).includes("block")) return false;
  if (said.audience === "group") return tie.member;
  if (said.reply || preferences.acceptFrom === "anyone") return true;
  const grant = grants[`user:${said.from}`];
  if (grant?.accept && (grant.untilMs === null || now < grant.untilMs) && tie.contact) return true;
  if (preferences.acceptFrom === "groups") return tie.contact || tie.sharesGroup;
  return preferences.acceptFrom === "contacts" && tie.contact;
}

/** What people said, and who must and may have it: the oracle of the chat. */
export class ChatModel {
  readonly #model: Model;
  readonly said: Said[] = [];
  readonly byId = new Map<string, Said>();
  readonly underWay = new Set<Said>();
  readonly #due = new Map<string, Set<Said>>();

  constructor(model: Model) {
    this.#model = model;
  }

  begin(said: Said, now: number): void {
    said.fuzzy = this.#model.changing > 0;
    const to = this.#model.person(said.to);
    const answers = this.answers(to, said, now);
    said.wanted = answers.every(Boolean);
    said.mayHave = said.fuzzy || answers.some(Boolean);
    said.mustHave = !said.fuzzy && answers.every(Boolean) && this.#surelyHas(to, said);
    this.said.push(said);
    this.underWay.add(said);
  }

  answered(said: Said, id: string, now: number): void {
    this.underWay.delete(said);
    said.id = id;
    said.answeredMs = now;
    this.byId.set(id, said);
    if (!said.mustHave) return;
    const due = this.#due.get(said.to) ?? new Set();
    this.#due.set(said.to, due.add(said));
  }

  refused(said: Said): void {
    this.underWay.delete(said);
    this.said.splice(this.said.indexOf(said), 1);
  }

  crashed(now: number): void {
    for (const said of this.underWay) this.#doubt(said);
    for (const said of this.said) {
      if (said.keptSinceMs !== null && now - said.keptSinceMs <= shownLateMs) said.keptSinceMs = null;
    }
  }

  /** The server rests: what was read before is told. */
  rested(): void {
    for (const said of this.said) said.gone = said.retracted;
  }

  rulesMove(names: readonly string[]): void {
    const now = this.#model.now();
    for (const said of this.underWay) this.#doubt(said);
    for (const name of names) {
      const to = this.#model.person(name);
      for (const said of this.#due.get(name) ?? []) {
        if (this.answers(to, said, now).every(Boolean)) continue;
        said.mustHave = false;
        this.#due.get(name)!.delete(said);
      }
      for (const said of this.said) {
        if (said.to !== name || !(said.wanted || said.mustTell)) continue;
        const taken = this.answers(to, said, now).every(Boolean);
        said.wanted &&= taken;
        said.mustTell &&= taken;
      }
    }
  }

  #doubt(said: Said): void {
    said.fuzzy = true;
    said.mustHave = false;
    said.mayHave = true;
  }

  /** Whether the recipient's rules take a message, in each world that is possible now. */
  answers(to: Person, said: Said, now: number): boolean[] {
    const { ties } = this.#model;
    const inGroup = said.group === null
      ? [false]
      : ties.member(said.group, to.name).options.map((one) =>
        one !== null && one === said.thread!.parts.get(to.name)?.membership
      );
    return ties.between(to.name, said.from, inGroup).flatMap((tie) =>
      to.rulesFor(said, tie.contact).map((rules) => takesMessage(rules, tie, said, now))
    );
  }

  #rulesFor(to: Person, said: Said): Rules[] {
    return to.rulesFor(said, this.#model.ties.contact(to.name, said.from).options.every(Boolean));
  }

  /** Whether the recipient has the command of the thread, which is asked of its sender's messages alone. */
  #surelyHas(to: Person, said: Said): boolean {
    if (said.thread === null || said.reply) return true;
    return said.thread.parts.get(to.name)?.inHistory === true;
  }

  isOver(said: Said, now: number): boolean {
    return now >= said.answeredMs + keptMs;
  }

  /** Why a message may not be handed or shown to its recipient now, or null. */
  wrongToShow(said: Said, now: number): string | null {
    const to = this.#model.person(said.to);
    const held = this.#model.heldBack(to);
    if (held !== null) return held;
    if (this.isOver(said, now)) return "its time is over";
    if (!said.mayHave) return "its recipient's rules withheld it when it was sent";
    const reasons = this.#rulesFor(to, said).map((rules) => holds(rules, said, now, to.timeZone));
    // A pause and a grant's hours do not hold what was handed over before.
    if (!reasons.includes(null) && (!said.known || reasons.includes("quiet hours"))) return reasons[0]!;
    if (!this.answers(to, said, now).some(Boolean)) return "its recipient's rules withhold it";
    const part = said.reply ? undefined : said.thread?.parts.get(to.name);
    if (said.thread !== null && !said.reply && part?.mayHave !== true) return "they never had its command";
    return null;
  }

  /** Whether a rule may hold it back on a page. */
  mayWait(said: Said, now: number): boolean {
    const to = this.#model.person(said.to);
    return this.#rulesFor(to, said).some((rules) => holds(rules, said, now, to.timeZone) !== null);
  }

  /** Whether a rule may keep a device from the end of its person's log. */
  mayStand(person: Person, now: number): boolean {
    return person.rules.some(({ preferences }) =>
      isQuiet(preferences, now, person.timeZone) || preferences.dailyLimit !== null
    );
  }

  /** CO-2: whether its text may leave for its recipient. */
  mayRead(said: Said): boolean {
    return said.thread === null || said.reply ||
      this.#model.mayOpen(this.#model.person(said.to), said.thread);
  }

  /** Messages that a person must have by now, unless something holds them. */
  owed(name: string, now: number): Said[] {
    return [...this.#due.get(name) ?? []].filter((said) => said.mustHave && !this.#mayBeOver(said, now));
  }

  /** A thread ends with its command. */
  #mayBeOver(said: Said, now: number): boolean {
    return this.isOver(said, now) || (said.thread !== null && now >= said.thread.expiresMs);
  }

  mustTell(said: Said, now: number): boolean {
    return said.retracted && said.mustTell && !this.#mayBeOver(said, now);
  }

  /** What a person wrote or may have in a talk. */
  in(talk: string): Said[] {
    return this.said.filter((said) => said.id !== null && said.talk === talk);
  }
}

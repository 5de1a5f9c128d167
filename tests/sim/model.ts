import { ChatModel } from "./chat_model.ts";
import { Ties } from "./facts.ts";
import {
  type Counter,
  holds,
  inForce,
  isPaused,
  numbers,
  openCounters,
  perDayCounters,
  type Rules,
  sourceOf,
} from "./grants.ts";
import { closedStates, dayOf, opensByItself, takes, waitingStates } from "./rules.ts";
import { Part, type Person, type Sent } from "./sent.ts";

/** Who decided what, what was sent, and what follows from it: the oracle. It knows nothing of how the server does it. */
export class Model {
  readonly people = new Map<string, Person>();
  readonly sent: Sent[] = [];
  readonly byId = new Map<string, Sent>();
  readonly underWay = new Set<Sent>();
  readonly ties: Ties;
  readonly chat: ChatModel = new ChatModel(this);
  /** Changes of anybody's rules that are not answered yet. */
  changing = 0;
  readonly now: () => number;
  #answers = 0;
  /** When the next grant ends by itself. */
  #nextEndMs = Infinity;

  constructor(groups: readonly string[], now: () => number) {
    this.ties = new Ties(groups);
    this.now = now;
  }

  person(name: string): Person {
    return this.people.get(name)!;
  }

  nextAnswer(): number {
    return ++this.#answers;
  }

  /** Whether the rules take the command, in each world that is possible now. Holds are not asked. */
  answers(to: Person, sent: Sent, part: Part): boolean[] {
    const inGroup = sent.group === null
      ? [false]
      : this.ties.member(sent.group, to.name).options.map((now) => now !== null && now === part.membership);
    const ties = this.ties.between(to.name, sent.from, inGroup);
    const now = this.now();
    return ties.flatMap((tie) => to.rulesFor(sent, tie.contact).map((rules) => takes(rules, tie, sent, now)));
  }

  /** The rules that may apply to a command now. */
  rulesFor(to: Person, sent: Sent): Rules[] {
    return to.rulesFor(sent, this.ties.contact(to.name, sent.from).options.every(Boolean));
  }

  /** A grant that ends by itself is a change of rules: to be called whenever time has passed. */
  tick(): void {
    const now = this.now();
    if (now < this.#nextEndMs) return;
    this.#nextEndMs = Infinity;
    const ended: string[] = [];
    for (const [name, { grants }] of this.people) {
      const ends = grants.options.flatMap((one) => Object.values(one)).map(({ untilMs }) =>
        untilMs ?? Infinity
      );
      if (ends.some((untilMs) => untilMs <= now)) ended.push(name);
      this.#nextEndMs = Math.min(this.#nextEndMs, ...ends.filter((untilMs) => untilMs > now));
    }
    this.rulesMove(ended);
  }

  endsAt(untilMs: number | null): void {
    if (untilMs !== null) this.#nextEndMs = Math.min(this.#nextEndMs, untilMs);
  }

  /** It goes out to the server now. */
  begin(sent: Sent, to: readonly string[]): void {
    sent.fuzzy = this.changing > 0;
    for (const name of to) {
      const part = new Part();
      const person = this.person(name);
      if (sent.group !== null) part.membership = this.ties.membership(sent.group, name);
      const answers = this.answers(person, sent, part);
      const paused = person.rules.map((rules) => isPaused(rules, sent, this.now()));
      // What is paused waits before anything else is asked.
      part.mayHave = sent.fuzzy || answers.some(Boolean) || paused.some(Boolean);
      part.mustHave = !sent.fuzzy && answers.every(Boolean);
      // CO-3, CO-10: only the count of ada, the administrator, of a broadcast to a category or everyone depends on people's rules.
      if (sent.group !== null ? part.membership !== null : part.mustHave || sent.from !== "ada") {
        sent.matched++;
      }
      if (paused.some(Boolean) && !part.mustHave) sent.fuzzyTotals = true;
      // What waits for its time is asked then; only what is written once for many keeps to the time of sending.
      if (!sent.isBroadcast && sent.deliverMs !== null) part.mayHave = true;
      sent.parts.set(name, part);
    }
    this.sent.push(sent);
    this.underWay.add(sent);
  }

  answered(sent: Sent, id: string): void {
    sent.id = id;
    sent.answeredAt = this.nextAnswer();
    this.underWay.delete(sent);
    this.byId.set(id, sent);
    for (const [name, part] of sent.parts) {
      if (sent.fuzzy && sent.group !== null) {
        part.membership = this.ties.membership(sent.group, name);
      }
      if (part.mustHave) this.person(name).due.add(sent);
    }
  }

  refused(sent: Sent): void {
    this.underWay.delete(sent);
    this.sent.splice(this.sent.indexOf(sent), 1);
  }

  /** Rules of these people are about to change, or have: what was not taken all the time need not come. */
  rulesMove(names: readonly string[]): void {
    this.chat.rulesMove(names);
    for (const sent of this.underWay) {
      sent.fuzzy = true;
      for (const part of sent.parts.values()) {
        part.mustHave = false;
        part.mayHave = true;
      }
    }
    for (const name of names) {
      const to = this.person(name);
      for (const sent of to.due) {
        const part = sent.parts.get(name)!;
        if (part.over || !this.answers(to, sent, part).every(Boolean)) part.mustHave = false;
        if (!part.mustHave) to.due.delete(sent);
      }
    }
  }

  /** Why nothing may be handed to a person at this moment, or null. */
  heldBack(to: Person): string | null {
    if (to.stopped.options.every(Boolean)) return "stopped";
    if (to.pressed) return "stop was pressed";
    return null;
  }

  /** Why it waits under all rules that may apply, or null. */
  waits(to: Person, sent: Sent, now: number): string | null {
    const reasons = this.rulesFor(to, sent).map((rules) => holds(rules, sent, now, to.timeZone));
    if (reasons.includes(null)) return null;
    // A pause and a grant's hours do not hold what was handed over before.
    const [reason] = reasons;
    return sent.parts.get(to.name)?.known && !reasons.includes("quiet hours") ? null : reason!;
  }

  /** Whether something of the rules may hold it back for now: then it need not be there. */
  mayWait(to: Person, sent: Sent, now: number): boolean {
    return this.rulesFor(to, sent).some((rules) =>
      holds(rules, sent, now, to.timeZone) !== null ||
      Object.values(numbers(rules, sent, now)).some((most) => most !== null)
    );
  }

  /** Why a command may not be handed to a person now, or null. */
  wrongToHand(to: Person, sent: Sent, now: number): string | null {
    const part = sent.parts.get(to.name);
    if (part === undefined) return "it is not for them";
    const held = this.heldBack(to) ?? this.waits(to, sent, now);
    if (held !== null) return held;
    if (!part.mayHave) return "their rules withheld it when it was sent";
    if (!this.answers(to, sent, part).some(Boolean)) return "their rules withhold it";
    if (sent.deliverMs !== null && now < sent.deliverMs) return "its time has not come";
    if (sent.cancelled) return "it was cancelled";
    if (part.over) return `it has ended for them (${part.state})`;
    if (now >= sent.expiresMs && part.doubts === 0 && waitingStates.has(part.state)) return "it has expired";
    return null;
  }

  /** CO-2: whether the content may leave for the person. */
  mayOpen(to: Person, sent: Sent): boolean {
    const { opened = false, opening = 0 } = sent.parts.get(to.name) ?? {};
    return opened || opening > 0 ||
      this.rulesFor(to, sent).some((rules) => opensByItself(rules, sent, this.now()));
  }

  mustSeal(to: Person, sent: Sent): boolean {
    return !this.mayOpen(to, sent);
  }

  /** It was handed over for the first time. Gives the limits for which that was one too many. */
  countHanded(to: Person, sent: Sent, now: number): Counter[] {
    const all = this.rulesFor(to, sent).map((rules) => numbers(rules, sent, now));
    /** The most that one of the possible rules allows; null: perhaps no such limit. */
    const most = (counter: Counter) => {
      const limits = all.map((limit) => limit[counter]);
      return limits.includes(null) ? null : Math.max(...limits.map((limit) => limit!));
    };
    const over: Counter[] = [];
    sent.parts.get(to.name)!.counted = openCounters.some((counter) => most(counter) !== null);
    for (const counter of perDayCounters) {
      const limit = most(counter);
      if (limit === null) continue;
      const day = dayOf(now, to.timeZone);
      const source = counter === "ceilingPerDay" ? "" : sourceOf(sent);
      const name = `${counter} ${day} ${source}`;
      to.handedOn.set(name, (to.handedOn.get(name) ?? 0) + 1);
      const count = counter === "daily" ? this.#daily(to, day, now) : to.handedOn.get(name)!;
      if (count > limit) over.push(counter);
    }
    for (const counter of openCounters) {
      const limit = most(counter);
      if (limit === null) continue;
      const source = counter === "grantOpen" ? sourceOf(sent) : null;
      if (this.#surelyOpen(to, source, now) > limit) over.push(counter);
    }
    return over;
  }

  /** How many commands count for the daily limit now: not those of a source whose grant has, perhaps, a number of its own. */
  #daily(to: Person, day: string, now: number): number {
    let count = 0;
    for (const [name, some] of to.handedOn) {
      const source = name.startsWith(`daily ${day} `) ? name.slice(`daily ${day} `.length) : null;
      if (source === null) continue;
      const own = to.rules.some(({ grants }) => inForce(grants[source], now)?.perDay !== undefined);
      if (!own) count += some;
    }
    return count;
  }

  /** How many commands of a source, or of all, the person had and did not end. */
  #surelyOpen(to: Person, source: string | null, now: number): number {
    return this.sent.filter((sent) => {
      const part = sent.parts.get(to.name);
      if (part === undefined || !part.known || part.over || sent.cancelled) return false;
      // What the rules withheld before it was acknowledged is gone for good.
      if (!part.inHistory && !(part.counted && part.mustHave)) return false;
      if (source !== null && sourceOf(sent) !== source) return false;
      const state = this.stateOf(sent, part, now);
      return state !== null && !closedStates.has(state);
    }).length;
  }

  /** The part's state if that is beyond doubt, what time did to it included. */
  stateOf(sent: Sent, part: Part, now: number): string | null {
    if (part.doubts > 0 || part.state === "unknown") return null;
    if (!part.over && now >= sent.expiresMs && waitingStates.has(part.state)) return "expired";
    return part.state;
  }

  /** What a person must have on a device that shows such commands, unless something holds everything back. */
  owed(to: Person, now: number): Sent[] {
    return [...to.due].filter((sent) => {
      const part = sent.parts.get(to.name)!;
      if (sent.cancelled) return false;
      if (sent.deliverMs !== null && now < sent.deliverMs) return false;
      const state = this.stateOf(sent, part, now);
      return state !== null && !part.over && !closedStates.has(state);
    });
  }
}

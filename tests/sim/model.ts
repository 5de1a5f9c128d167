import { Ties } from "./facts.ts";
import { closedStates, dayOf, isQuiet, opensByItself, takes, waitingStates } from "./rules.ts";
import { Part, type Person, type Sent } from "./sent.ts";

/** Who decided what, what was sent, and what follows from it: the oracle. It knows nothing of how the server does it. */
export class Model {
  readonly people = new Map<string, Person>();
  readonly sent: Sent[] = [];
  readonly byId = new Map<string, Sent>();
  readonly underWay = new Set<Sent>();
  readonly ties: Ties;
  /** Changes of anybody's rules that are not answered yet. */
  changing = 0;
  #answers = 0;

  constructor(groups: readonly string[]) {
    this.ties = new Ties(groups);
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
    return to.preferences.options.flatMap((preferences) => ties.map((tie) => takes(preferences, tie, sent)));
  }

  /** It goes out to the server now. */
  begin(sent: Sent, to: readonly string[]): void {
    sent.fuzzy = this.changing > 0;
    for (const name of to) {
      const part = new Part();
      const person = this.person(name);
      if (sent.group !== null) part.membership = this.ties.membership(sent.group, name);
      const answers = this.answers(person, sent, part);
      part.mayHave = sent.fuzzy || answers.some(Boolean);
      part.mustHave = !sent.fuzzy && answers.every(Boolean);
      // CO-3, CO-10: only the count of ada, the administrator, of a broadcast to a category or everyone depends on people's rules.
      if (sent.group !== null ? part.membership !== null : part.mustHave || sent.from !== "ada") {
        sent.matched++;
      }
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
  rulesMove(names: Iterable<string>): void {
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
  heldBack(to: Person, now: number): string | null {
    if (to.stopped.options.every(Boolean)) return "stopped";
    if (to.pressed) return "stop was pressed";
    if (to.preferences.options.every((preferences) => isQuiet(preferences, now, to.timeZone))) {
      return "quiet hours";
    }
    return null;
  }

  /** Why a command may not be handed to a person now, or null. */
  wrongToHand(to: Person, sent: Sent, now: number): string | null {
    const part = sent.parts.get(to.name);
    if (part === undefined) return "it is not for them";
    const held = this.heldBack(to, now);
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
      to.preferences.options.some((preferences) => opensByItself(preferences, sent.categories));
  }

  mustSeal(to: Person, sent: Sent): boolean {
    return !this.mayOpen(to, sent);
  }

  /** It was handed over for the first time. False: that was one too many for the day. */
  countHanded(to: Person, now: number): boolean {
    const limits = to.preferences.options.map(({ dailyLimit }) => dailyLimit);
    if (limits.includes(null)) return true;
    const day = dayOf(now, to.timeZone);
    const count = (to.handedOn.get(day) ?? 0) + 1;
    to.handedOn.set(day, count);
    return count <= Math.max(...limits.map((limit) => limit!));
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

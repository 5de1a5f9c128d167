import { decide, type Decision } from "../consent/mod.ts";
import { limits } from "../protocol/mod.ts";
import type { Needs } from "./needs.ts";
import type { StoredMessage } from "./ports.ts";
import type { ShownMarks } from "./shown_marks.ts";
import type { Talk, Talks } from "./talks.ts";
import { reaches } from "./views.ts";

/** Messages that one look at a talk reads. */
const atOnce = 200;

/** What a talk holds back from its reader for now; null: nothing. */
export type HeldBack = { untilMs: number | null } | null;

/** A decision, and whether the reader has not opened the command of the thread (CO-2). */
export interface Arrival {
  decision: Decision;
  sealed: boolean;
}

/** Decides what a person gets of a talk now (DL-9). Whoever shows a talk to its reader asks here first. */
export class Arrivals {
  readonly #needs: Needs;
  readonly #talks: Talks;
  readonly #shown: ShownMarks;

  constructor(needs: Needs, talks: Talks, shown: ShownMarks) {
    this.#needs = needs;
    this.#talks = talks;
    this.#shown = shown;
  }

  /** What consent says now about the other side's messages. `delivered`: about those that the reader has. */
  async decide(talk: Talk, delivered = false): Promise<Arrival> {
    const { consent, threads, clock } = this.#needs;
    const { me, other, thread } = talk;
    const standing = await consent.standingAtDelivery(me.id);
    const { relation, question } = await this.#talks.asked(talk, other, me.id);
    const asked = delivered ? { ...question, delivered } as const : question;
    const decision = decide(standing, relation, asked, clock.now());
    if (thread === null || thread.senderId === me.id) return { decision, sealed: false };
    const had = await threads.had(me.id, thread.commandId);
    const sealed = had === "sealed";
    if (decision.verdict !== "deliver" || sealed || had === "open") return { decision, sealed };
    if (had === "waiting") return { decision: { verdict: "hold", rule: "paused", untilMs: null }, sealed };
    return { decision: { verdict: "withhold", rule: "command" }, sealed };
  }

  /** Lets through what consent allows now, for pages: showing is delivering. What it withholds now stays withheld. */
  async release(talk: Talk): Promise<HeldBack> {
    const { store, bell, clock } = this.#needs;
    const { id: talkId, me } = talk;
    while (true) {
      // Before the mark: what was acknowledged before rules changed is no longer looked at after it (DL-9).
      const epoch = bell.epoch(me.id);
      const shown = await this.#shown.of(me.id, talkId);
      const rest = await store.after(talkId, shown, atOnce);
      if (rest.length === 0) return null;
      const now = clock.now();
      const waiting = rest.filter(({ record }) =>
        record.recipientId === me.id && reaches(record) && record.expiresMs > now
      );
      if (waiting.length > 0) {
        const { decision } = await this.decide(talk);
        if (epoch !== bell.epoch(me.id)) continue;
        if (decision.verdict === "hold") return { untilMs: decision.untilMs };
        if (decision.verdict === "withhold") {
          for (const one of waiting) await this.withhold(one, decision.rule);
        }
      }
      this.#shown.move(me.id, talkId, rest.at(-1)!.place);
      if (rest.length < atOnce) return null;
    }
  }

  /** CO-3: a message that was withheld once never arrives. Tries again when it changed meanwhile. */
  async withhold(from: StoredMessage, rule: string): Promise<void> {
    const { store } = this.#needs;
    let current: StoredMessage | undefined = from;
    for (let tries = 0; current !== undefined && tries <= limits.writeTries; tries++) {
      if (!reaches(current.record)) return;
      const to = { ...current.record, withheldBy: rule, place: current.place };
      if (await store.change({ from: current, to, tell: [] })) return;
      current = (await store.messages([from.record.id])).get(from.record.id);
    }
  }
}

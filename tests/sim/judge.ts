import { english, Refusal } from "../../lib/protocol/mod.ts";
import { ChatJudge } from "./chat_judge.ts";
import { Device, type DeviceHost, type Handed, type HandedMessage } from "./device.ts";
import { sourceOf } from "./grants.ts";
import { mayFollow } from "./rules.ts";
import type { Sent } from "./sent.ts";
import type { World } from "./world.ts";

/** Looks at everything that leaves the server, at the moment in which it does, and asks the model whether it may. */
export class Judge implements DeviceHost {
  readonly #world: World;
  /** Handed over before the sender had the answer: to whom. */
  readonly #early = new Map<string, Set<string>>();
  readonly #toldAt = new Map<string, { at: number; starts: number }>();

  readonly chat: ChatJudge;

  constructor(world: World) {
    this.#world = world;
    this.chat = new ChatJudge(world);
  }

  said(device: Device, message: HandedMessage): void {
    this.chat.said(device, message);
  }

  talkChanged(device: Device, params: Record<string, unknown>): void {
    this.chat.changed(device, params);
  }

  handed(device: Device, { command, state }: Handed): void {
    const { model, clock } = this.#world;
    model.tick();
    const what = `${device.person}/${device.name} was handed ${command.id}`;
    if (device.ackedAt.has(command.id)) this.#world.fail(`${what} again after acknowledging it`);
    if (command.kind !== undefined && device.accept !== null && !device.accept.has(command.kind)) {
      this.#world.fail(`${what}, a kind that it does not show`);
    }
    const candidates = this.#candidates(command);
    const to = model.person(device.person);
    const wrongs = candidates.map((sent) =>
      model.wrongToHand(to, sent, clock.now()) ?? this.wrongContent(device.person, sent, command)
    );
    if (wrongs.length === 0) return this.#world.fail(`${what}, which nobody sent`);
    if (wrongs.every((wrong) => wrong !== null)) {
      return this.#world.fail(`${what} (${candidates[0]!.secret}, ${state}) though ${wrongs.join("; ")}`);
    }
    const [only] = candidates;
    if (only!.deliverMs === null && candidates.length === 1 && device.live) {
      // DL-5: by one way always, and by all ways where no grant can hold one of them. A command that one device does not show
      // (WS-10) may be held after that device was handed a later one: it comes to other devices after that.
      const shownByAll = this.#world.devices.every(({ person, accept }) =>
        person !== to.name || accept === null || accept.has(only!.kind)
      );
      for (const way of [only!.from, `${only!.from} ${sourceOf(only!)}`]) {
        const last = device.lastFrom.get(way) ?? "";
        const ordered = !to.granted || (way !== only!.from && shownByAll);
        if (ordered && command.id < last) this.#world.fail(`${what} after ${last} of the same sender`);
        device.lastFrom.set(way, command.id);
      }
    }
    if (candidates.length === 1) {
      model.byId.set(command.id, candidates[0]!);
      candidates[0]!.id = command.id;
      this.reached(device.person, candidates[0]!);
      return;
    }
    const early = this.#early.get(command.id) ?? new Set();
    this.#early.set(command.id, early.add(device.person));
  }

  /** It is known to the person from now on. */
  reached(name: string, sent: Sent): void {
    const part = sent.parts.get(name);
    if (part === undefined || part.known) return;
    part.known = true;
    const { model, clock } = this.#world;
    this.#world.steps.push(`… ${name} has ${sent.secret}`);
    this.#world.reached.all++;
    if (sent.isBroadcast) this.#world.reached.broadcasts++;
    for (const counter of model.countHanded(model.person(name), sent, clock.now())) {
      this.#world.fail(`${name} got ${sent.secret}, over the limit ${counter}`);
    }
  }

  /** The sender has the answer: who had it before is known now. */
  answered(sent: Sent): void {
    for (const name of this.#early.get(sent.id!) ?? []) this.reached(name, sent);
    this.#early.delete(sent.id!);
  }

  #candidates({ id, sealed, body, from, categories }: Handed["command"]): Sent[] {
    const { model } = this.#world;
    const known = model.byId.get(id);
    if (known !== undefined) return [known];
    return [...model.underWay].filter((sent) =>
      sent.id === null && sent.from === from.username &&
      (sealed ? sent.categories.join() === categories.join() : sent.secret === body)
    );
  }

  /** What is wrong with the content as it leaves, or null. */
  wrongContent(name: string, sent: Sent, command: { sealed?: true; body?: string | null }): string | null {
    const { model } = this.#world;
    const to = model.person(name);
    const text = JSON.stringify(command);
    if (
      sent.from !== name && !model.mayOpen(to, sent) &&
      (text.includes(sent.secret) || command.sealed !== true)
    ) {
      return "it is not opened and must be sealed";
    }
    return null;
  }

  changed(device: Device, params: Record<string, unknown>): void {
    const { model, clock, starts } = this.#world;
    const { id, state, recipient, totals, command } = params as {
      id: string;
      state?: string;
      recipient?: string;
      totals?: Record<string, number>;
      command?: { sealed?: true };
    };
    const sent = model.byId.get(id);
    if (sent === undefined) return;
    if (command !== undefined) {
      const wrong = this.wrongContent(device.person, sent, command);
      if (wrong !== null) this.#world.fail(`${device.person} was told of ${sent.secret} though ${wrong}`);
    }
    if (recipient !== undefined) this.seenBySender(sent, recipient, state!);
    if (totals === undefined) return;
    this.checkTotals(sent, totals);
    const name = `${device.person} ${device.name} ${id}`;
    const before = this.#toldAt.get(name);
    if (before?.starts === starts && clock.now() - before.at < 1000) {
      this.#world.fail(`totals of ${sent.secret} twice in a second`);
    }
    this.#toldAt.set(name, { at: clock.now(), starts });
  }

  seenBySender(sent: Sent, recipient: string, state: string): void {
    const part = sent.parts.get(recipient);
    if (part === undefined) return this.#world.fail(`${sent.secret} has the recipient ${recipient}`);
    if (!mayFollow(part.seenBySender, state)) {
      this.#world.fail(`${sent.secret} went from ${part.seenBySender} to ${state} for ${recipient}`);
    }
    part.seenBySender = state;
  }

  checkTotals(sent: Sent, totals: Record<string, number>): void {
    const sum = Object.values(totals).reduce((all, one) => all + one, 0);
    const expected = sent.isBroadcast ? sent.matched : sent.parts.size;
    if (sent.isBroadcast && (sent.fuzzy || sent.fuzzyTotals)) return;
    if (sum !== expected) {
      this.#world.fail(
        `totals of ${sent.secret} add up to ${sum}, not ${expected}: ${JSON.stringify(totals)}`,
      );
    }
  }

  acknowledged(device: Device, ids: string[]): void {
    this.#world.model.tick();
    for (const id of ids) {
      device.ackedAt.set(id, this.#world.clock.now());
      const { model, clock } = this.#world;
      this.chat.acknowledged(device, id);
      const sent = model.byId.get(id);
      const part = sent?.parts.get(device.person);
      // What was not wanted any more before it was acknowledged may be gone without a trace; what ended is not.
      if (sent === undefined || part === undefined || part.doubts > 0 || !part.mustHave) continue;
      if (clock.now() < sent.expiresMs) part.inHistory = true;
    }
  }

  faulty(device: Device, what: string): void {
    this.#world.fail(`${device.person}/${device.name}: ${what}`);
  }
}

/** The value of an answer that nothing should refuse. */
export function taken<T>(answer: T | Refusal): T {
  if (answer instanceof Refusal) {
    throw new Error(`refused: ${answer.kind}: ${english(answer.message)}`);
  }
  return answer;
}

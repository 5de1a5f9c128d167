import type { Said } from "./chat_model.ts";
import type { Device, HandedMessage } from "./device.ts";
import type { World } from "./world.ts";

/** Looks at each message that leaves the server for a device, and asks the model whether it may. */
export class ChatJudge {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  said(device: Device, message: HandedMessage): void {
    const { model, clock } = this.#world;
    model.tick();
    const who = model.person(device.person);
    const what = `${device.person}/${device.name} was told ${message.id}`;
    const said = this.find(message);
    if (said === null) return this.#world.fail(`${what}, which nobody said`);
    const isGone = message.retractedAt !== null;
    const wrong = said.from === who.name
      ? model.heldBack(who)
      : said.to === who.name
      ? model.chat.wrongToShow(said, clock.now())
      : "it is not theirs";
    if (wrong !== null) return this.#world.fail(`${what} (${said.secret}) though ${wrong}`);
    this.content(device.person, said, message);
    if (!isGone && device.ackedAt.has(said.id!)) {
      this.#world.fail(`${what} (${said.secret}) again after acknowledging it`);
    }
    if (device.live && !isGone) {
      if (device.said.has(message.id) && !who.granted) {
        this.#world.fail(`${what} (${said.secret}) twice on one line`);
      }
      // DL-5: in each talk always, and over all of them where no grant can hold one apart.
      for (const way of [`${said.from} in ${said.talk}`, ...who.granted ? [] : [`${said.from} says`]]) {
        const last = device.lastFrom.get(way) ?? "";
        if (!device.said.has(message.id) && message.id < last) {
          this.#world.fail(`${what} (${said.secret}) after ${last} of the same person`);
        }
        device.lastFrom.set(way, message.id < last ? last : message.id);
      }
    }
    this.reached(said, said.to === who.name);
  }

  /** What is known of a message; one that was not answered is known by its text. */
  find(message: HandedMessage): Said | null {
    const { chat } = this.#world.model;
    const known = chat.byId.get(message.id);
    if (known !== undefined) return known;
    const thread = (said: Said) => said.thread?.id ?? null;
    const found = [...chat.underWay].filter((said) =>
      said.id === null && said.from === message.from.username && said.to === message.to &&
      thread(said) === message.thread && (message.sealed === true || message.body === said.secret)
    );
    // Of several sealed ones the first is written first (DL-5).
    const said = found[0] ?? null;
    if (said !== null && message.sealed !== true) {
      said.id = message.id;
      chat.byId.set(message.id, said);
    }
    return said;
  }

  /** What leaves of a message: all of it, nothing once it was taken back, and nothing of what is sealed (CO-2, CH-3). */
  content(name: string, said: Said, message: HandedMessage): void {
    const what = `${name} reads ${said.secret}`;
    const text = JSON.stringify(message);
    const isGone = message.retractedAt !== null;
    if (said.gone && !isGone) this.#world.fail(`${what}, which was taken back`);
    if (isGone && !said.retracting) this.#world.fail(`${what} as taken back, and it was not`);
    const mayRead = said.from === name || this.#world.model.chat.mayRead(said);
    if (text.includes(said.secret) && (isGone || !mayRead)) {
      this.#world.fail(`${what} though it is ${isGone ? "taken back" : "sealed"}`);
    }
    if (!isGone && message.sealed !== true && message.body !== said.secret) {
      this.#world.fail(`${what} as “${message.body}”`);
    }
  }

  reached(said: Said, isRecipient: boolean): void {
    if (!isRecipient || said.known) return;
    said.known = true;
    this.#world.reached.messages++;
    this.#world.steps.push(`… ${said.to} has ${said.secret}`);
  }

  /** The recipient has it from a page. */
  shown(said: Said): void {
    this.reached(said, true);
  }

  acknowledged(device: Device, id: string): void {
    const { model, clock } = this.#world;
    const said = model.chat.byId.get(id);
    if (said === undefined || said.to !== device.person) return;
    // DL-9, DL-11: what the rules did not want before it was acknowledged may have been withheld on a page or another device, and
    // stays that (CO-3), as for commands.
    if (!said.wanted) return;
    if (model.chat.wrongToShow(said, clock.now()) === null) said.keptSinceMs ??= clock.now();
  }

  /** CH-3, CO-6: that somebody read, or writes, reaches nobody who stopped, and nobody whose rules keep that person out. */
  changed(device: Device, params: Record<string, unknown>): void {
    const { with: other, theirReadUpTo, writing, thread } = params as {
      with: string;
      theirReadUpTo?: string;
      writing?: true;
      thread: string | null;
    };
    if (theirReadUpTo === undefined && writing === undefined) return;
    const { model } = this.#world;
    const who = model.person(device.person);
    const told = `${device.person} was told that ${other} ${writing ? "writes" : "read"} (${thread})`;
    const held = model.heldBack(who);
    if (held !== null) this.#world.fail(`${told} though ${held}`);
    const blocks = (one: string, another: string) =>
      model.person(one).preferences.options.every(({ blockedUsers }) => blockedUsers.includes(another));
    if (blocks(who.name, other) || blocks(other, who.name)) this.#world.fail(`${told} though one blocks`);
  }
}

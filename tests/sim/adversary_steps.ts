import type { Random } from "../../lib/platform/mod.ts";
import { iso } from "../../lib/platform/mod.ts";
import { Refusal } from "../../lib/protocol/mod.ts";
import { adversary, type AdversaryWorld, chatMarker, marker, type Name, victim } from "./adversary.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** One thing that somebody does: the same in every world of a seed. */
export type Step = (world: AdversaryWorld) => Promise<void>;

/** Draws histories. Nothing that is drawn depends on what a world answers. */
export class Steps {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  int(below: number): number {
    return Math.floor(this.#random.fraction() * below);
  }

  #pick<T>(all: readonly T[]): T {
    return all[this.int(all.length)]!;
  }

  draw(): Step {
    const kinds = [
      () => this.#send(),
      () => this.#send(),
      () => this.#preview(),
      () => this.#look(),
      () => this.#look(),
      () => this.#move(),
      () => this.#say(),
      () => this.#say(),
      () => this.#readTalks(),
      () => this.#request(),
      () => this.#invite(),
      () => this.#rename(),
      () => this.#person(),
      () => this.#person(),
      () => this.#time(),
    ];
    return this.#pick(kinds)();
  }

  #draft() {
    const [by, audience] = this.#pick<[Name, object]>([
      ["mallory", { kind: "user", to: [victim] }],
      ["puppet-1", { kind: "user", to: [victim] }],
      ["mallory", { kind: "user", to: [victim, "puppet-1", "puppet-2"] }],
      ["mallory", { kind: "group", group: "club" }],
      ["caster", { kind: "all" }],
      ["caster", { kind: "category", category: "feet" }],
    ]);
    const [later, due, review] = [this.int(5) === 0, this.int(4) === 0, this.int(3) === 0];
    const categories = this.#pick([[], ["general"], ["feet"], ["feet", "general"]]);
    const waitMs = (1 + this.int(72)) * hourMs;
    return (world: AdversaryWorld) => ({
      by,
      draft: {
        key: `key-${world.keys++}`,
        audience,
        kind: "task",
        title: marker,
        categories,
        requires: review ? "review" : "none",
        deliverAt: later ? iso(world.clock.now() + waitMs) : null,
        dueAt: due ? iso(world.clock.now() + 2 * waitMs) : null,
      },
    });
  }

  #send(): Step {
    const drafted = this.#draft();
    const often = this.int(6) === 0 ? 8 : 1;
    return async (world) => {
      for (let n = 0; n < often; n++) {
        const { by, draft } = drafted(world);
        const answer = await world.probe(by, "command.send", draft);
        if (!(answer instanceof Refusal)) {
          world.sent.push({ by, id: (answer as { command: { id: string } }).command.id });
        }
      }
    };
  }

  #preview(): Step {
    const drafted = this.#draft();
    return async (world) => {
      const { by, draft } = drafted(world);
      await world.probe(by, "command.preview", draft);
    };
  }

  /** Reads everything that there is to read. */
  #look(): Step {
    const which = this.int(1000);
    const state = this.#pick(["queued", "delivered", "stopped", "expired", undefined]);
    const exported = this.int(4) === 0;
    return async (world) => {
      const one = world.sent[which % Math.max(1, world.sent.length)];
      if (one !== undefined) await world.probe(one.by, "command.get", { id: one.id });
      for (const name of adversary) {
        await world.probe(name, "command.list", {
          box: "outbox",
          limit: 20,
          ...(state === undefined ? {} : { state }),
        });
        await world.probe(name, "inbox.list", { limit: 20 });
        await world.probe(name, "contact.list", {});
        await world.probe(name, "group.list", {});
        world.note(name, "avatar", await world.services.profiles.avatar(world.caller(name), victim));
      }
      world.note("oscar", "groups", await world.services.groups.managed(world.caller("oscar")));
      if (exported) { for (const name of ["mallory", "caster"] as const) await world.export(name); }
    };
  }

  /** Changes an own command. */
  #move(): Step {
    const [which, cancels, accept] = [this.int(1000), this.int(2) === 0, this.int(2) === 0];
    const categories = [which % 4 === 0 ? "general" : "feet"];
    return async (world) => {
      const one = world.sent[which % Math.max(1, world.sent.length)];
      if (one === undefined) return;
      if (cancels && which % 2 === 0) {
        await world.probe(one.by, "command.edit", { id: one.id, title: `${marker} ${which}`, categories });
      } else if (cancels) await world.probe(one.by, "command.cancel", { id: one.id });
      else {await world.probe(one.by, "command.review", {
          id: one.id,
          recipient: victim,
          accept,
          note: marker,
        });}
    };
  }

  /** Writes to the person, or on the thread of an own command. */
  #say(): Step {
    const by = this.#pick<Name>(["mallory", "mallory", "oscar", "puppet-1"]);
    const [which, onThread, often] = [this.int(1000), this.int(3) === 0, this.int(5) === 0 ? 4 : 1];
    return async (world) => {
      const one = world.sent[which % Math.max(1, world.sent.length)];
      const where = onThread && one !== undefined ? { thread: one.id } : {};
      const from = onThread && one !== undefined ? one.by : by;
      for (let n = 0; n < often; n++) {
        const draft = { key: `chat-${world.keys++}`, to: victim, ...where, body: chatMarker };
        const answer = await world.probe(from, "chat.send", draft);
        if (!(answer instanceof Refusal)) {
          world.said.push({ by: from, id: (answer as { message: { id: string } }).message.id });
        }
      }
      await world.probe(from, "chat.writing", { with: victim, ...where });
    };
  }

  /** Looks at talks, and takes a message back. */
  #readTalks(): Step {
    const [which, retracts] = [this.int(1000), this.int(2) === 0];
    return async (world) => {
      const said = world.said[which % Math.max(1, world.said.length)];
      if (said !== undefined && retracts) await world.probe(said.by, "chat.retract", { id: said.id });
      if (said !== undefined) await world.probe(said.by, "chat.read", { with: victim, upTo: said.id });
      const one = world.sent[which % Math.max(1, world.sent.length)];
      if (one !== undefined) await world.probe(one.by, "chat.list", { thread: one.id, with: victim });
      for (const name of ["mallory", "oscar", "puppet-1"] as const) {
        await world.probe(name, "chat.list", { with: victim });
        world.note(name, "talks", await world.services.chat.talks(world.caller(name)));
      }
    };
  }

  /** The person reads what they have of a talk, and is about to write in it. */
  static async #readsTalk(world: AdversaryWorld): Promise<void> {
    await world.act("chat.writing", { with: "mallory" });
    const talk = await world.act("chat.list", { with: "mallory" });
    const last = (talk as { messages?: { id: string }[] }).messages?.at(-1);
    if (last !== undefined) await world.act("chat.read", { with: "mallory", upTo: last.id });
  }

  #request(): Step {
    const by = this.#pick<Name>(["puppet-1", "puppet-2", "oscar", "mallory"]);
    const method = this.#pick(
      ["contact.request", "contact.request", "contact.remove", "contact.accept"] as const,
    );
    const note = method === "contact.request" ? { note: marker } : {};
    return async (world) => void await world.probe(by, method, { username: victim, ...note });
  }

  #invite(): Step {
    const [group, removes] = [this.#pick(["den", "den", "club"]), this.int(3) === 0];
    const role = this.#pick(["member", "sender"] as const);
    return async (world) => {
      const { groups } = world.services;
      const caller = world.caller("oscar");
      // The person stays in the club, so that there is something to send to.
      const answer = removes && group === "den"
        ? await groups.removeMember(caller, group, victim)
        : await groups.setMember(caller, group, victim, { role });
      world.note("oscar", "invitation", answer);
    };
  }

  #rename(): Step {
    const [by, title] = [this.#pick(adversary), this.int(2) === 0];
    return async (world) => {
      const answer = title
        ? await world.services.groups.rename(world.caller("oscar"), "club", { title: `${marker} club` })
        : await world.services.profiles.change(world.caller(by), { displayName: `${marker} ${by}` });
      world.note(by, "rename", answer);
    };
  }

  /** The person, who sees to their own affairs and answers nothing. */
  #person(): Step {
    return this.#pick<Step>([
      (world) => Promise.resolve(world.connect(victim)),
      (world) => Promise.resolve(world.connect(victim)),
      (world) => Promise.resolve(world.disconnect(victim)),
      async (world) => void await world.act("inbox.list", {}),
      async (world) => void await world.act("contact.list", {}),
      async (world) => void await world.act("group.list", {}),
      async (world) => void await world.act("preferences.set", { dailyLimit: 1 + world.keys % 5 }),
      Steps.#readsTalk,
      Steps.#readsTalk,
      async (world) =>
        void await world.act("chat.send", { key: `own-${world.keys++}`, to: "mallory", body: "Hello" }),
      async (world) => {
        world.stopped = true;
        await world.act("safety.stop", {});
      },
      async (world) => {
        world.stopped = false;
        await world.act("safety.resume", { confirm: true });
      },
      async (world) =>
        void await world.act("command.send", {
          key: `own-${world.keys++}`,
          audience: { kind: "user", to: ["mallory"] },
          kind: "message",
          body: "Hello",
        }),
    ]);
  }

  #time(): Step {
    const ms = this.#pick([1000, minuteMs, hourMs, 30 * hourMs, 15 * 24 * hourMs]);
    return (world) => world.pass(ms);
  }
}

import type { PushMessage, PushOutcome, PushSender } from "../../lib/push/mod.ts";
import type { PushChoices } from "../../lib/protocol/mod.ts";
import { tagsOf } from "../../lib/push/tags.ts";
import type { World } from "./world.ts";

const subscription = {
  keys: {
    p256dh: new Uint8Array(65).fill(4).toBase64({ alphabet: "base64url", omitPadding: true }),
    auth: "AAAAAAAAAAAAAAAAAAAAAA",
  },
  device: "phone",
};
const host = "https://fcm.googleapis.com/";

/** All that a notification may say (UI-12), whatever it is about. */
const sentences: ReadonlySet<string> = new Set([
  "Something new is waiting.",
  "A deadline is near.",
  "There is a new message.",
  "There is news for you.",
  "Several new things are waiting.",
]);
const buttons: ReadonlySet<string> = new Set(["Accept", "Later", "Decline", "Stop"]);
/** The options of every question here. */
const options: ReadonlySet<string> = new Set(["yes", "no"]);

/** The push service of the simulation: it has each push as the device would, and asks the model whether it may be there. */
export class PushJudge implements PushSender {
  readonly publicKey = "key";
  /** What each person chose to be told. */
  readonly #choices = new Map<string, Pick<PushChoices, "says" | "options">>();
  #world: World | undefined;
  told = 0;

  get world(): World {
    return this.#world!;
  }

  watch(world: World): void {
    this.#world = world;
  }

  takes(): boolean {
    return true;
  }

  async subscribe(name: string): Promise<void> {
    const { world } = this;
    const at = { site: "https://behest.example", language: "en" };
    const body = { ...subscription, endpoint: host + name };
    await world.finish(world.services.push.subscribe(world.caller(name), body, at));
    this.#choices.set(name, { says: "kind", options: false });
  }

  /** What a person is about to choose counts from now on: both are fine until it is written. */
  async choose(name: string, choices: Pick<PushChoices, "says" | "options">): Promise<void> {
    const { world } = this;
    await world.rest();
    this.#choices.set(name, choices);
    await world.finish(world.services.push.choose(world.caller(name), choices));
  }

  send({ endpoint }: { endpoint: string }, message: PushMessage): Promise<PushOutcome> {
    this.told++;
    const name = endpoint.slice(host.length);
    for (const wrong of this.#wrongs(name, message)) this.world.fail(`${name} was pushed ${wrong}`);
    const later: PushOutcome = { kind: "later", waitMs: null, status: 429, why: "HTTP 429" };
    return Promise.resolve(this.world.chance(0.1) ? later : { kind: "sent", status: 201 });
  }

  /** What is wrong with a push: any word that is not one of ours, or something that the person's rules do not let through now. */
  #wrongs(name: string, { text, topic }: PushMessage): string[] {
    const { gone = [], notification, ...rest } = JSON.parse(text);
    const wrongs = gone.filter((tag: unknown) => !isTag(tag));
    if (notification === undefined) return [...wrongs, ...Object.keys(rest)];
    const { title, body, tag, actions = [], navigate, lang, silent, ...more } = notification;
    const { says, options: wants } = this.#choices.get(name)!;
    const isDiscreet = says === "name";
    const isAsked = actions.length > 0 && options.has(actions[0].title);
    const titles = actions.map((one: { title: string }) => one.title);
    const checks: [what: string, fine: boolean][] = [
      [text, Object.keys(more).length === 0 && lang === "en" && [undefined, true].includes(silent)],
      [text, Object.keys(rest).every((key) => ["web_push", "mutable", "stays", "plain"].includes(key))],
      [`the title ${title}`, title === (isDiscreet ? "Notes" : "Behest")],
      [`the text ${body}`, isDiscreet ? body === undefined : isSentence(body, says)],
      [`the buttons ${titles}`, titles.every((title: string) => buttons.has(title) || options.has(title))],
      ["options that they did not want", !isAsked || wants],
      ["buttons", !isDiscreet || titles.length === 0],
      [`the topic ${topic}`, isTag(tag) && topic === tag],
      [
        `the address ${navigate}`,
        [navigate, ...actions.map((one: typeof notification) => one.navigate)]
          .every((address) => /^https:\/\/behest\.example\/(notified\?ticket=[\w-]+)?$/.test(address)),
      ],
    ];
    const why = this.#mayNotBeTold(name, tag);
    return [...wrongs, ...checks.flatMap(([what, fine]) => fine ? [] : [what]), ...why];
  }

  /** The tag of one command names it to those who know the device's secret. */
  #mayNotBeTold(name: string, tag: string): string[] {
    const { model, clock } = this.world;
    const tagOf = tagsOf(subscription.keys.auth);
    const sent = model.sent.find(({ id }) => id !== null && tagOf({ what: "command", id }) === tag);
    if (sent === undefined) return [];
    model.tick();
    const wrong = model.wrongToHand(model.person(name), sent, clock.now());
    return wrong === null ? [] : [`of ${sent.secret} though ${wrong}`];
  }
}

function isSentence(body: unknown, says: PushChoices["says"]): boolean {
  if (typeof body !== "string") return false;
  return sentences.has(body) || (says === "count" && /^\d+ new$/.test(body));
}

function isTag(tag: unknown): boolean {
  return typeof tag === "string" && /^([\w-]{24}|news)$/.test(tag);
}

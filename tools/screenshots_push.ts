import { pushKeys } from "../lib/adapters/push/mod.ts";
import type { Caller } from "../lib/platform/mod.ts";
import type { PushOutcome, PushSender } from "../lib/push/mod.ts";
import type { Services } from "../lib/web/mod.ts";
import { callerFor, good } from "./screenshots_seed.ts";

const hosts: readonly (readonly [endpoint: string, outcome: PushOutcome])[] = [
  ["https://fcm.googleapis.com/fcm/send/ann", { kind: "sent", status: 201 }],
  ["https://updates.push.services.mozilla.com/wpush/v2/ann", {
    kind: "later",
    waitMs: null,
    status: 503,
    why: "HTTP 503",
  }],
  ["https://web.push.apple.com/ann", { kind: "refused", status: 413, why: "HTTP 413" }],
];

/** What notifications with buttons a seeded site sent, by its services. */
const sentBy = new WeakMap<Services, string[]>();

interface PlayedPushes {
  sender: PushSender;
  sent: string[];
}

/** Push services that are played: one takes everything, one fails, one refuses. */
export function playedPushes(): PlayedPushes {
  const sent: string[] = [];
  const sender: PushSender = {
    publicKey: pushKeys(new Uint8Array(32).fill(9)).publicKey,
    takes: () => true,
    send({ endpoint }, { text }) {
      if (text.includes('"actions"')) sent.push(text);
      return Promise.resolve(hosts.find(([known]) => known === endpoint)![1]);
    },
  };
  return { sender, sent };
}

/** Gives a person devices, and has each told of something. */
export async function seedPush(
  services: Services,
  { sent }: PlayedPushes,
  allTold: () => Promise<void>,
): Promise<void> {
  sentBy.set(services, sent);
  const ann = await callerFor(services, "demo-ann") as Caller & { sessionExpiresAt: string };
  const keys = { p256dh: services.push.state().key!, auth: "AAAAAAAAAAAAAAAAAAAAAA" };
  for (const [endpoint] of hosts) {
    const at = { site: "https://behest.example.org", language: "en" };
    good(await services.push.subscribe(ann, { endpoint, keys, device: "web" }, at));
  }
  good(await services.push.choose(ann, { contacts: { "demo-bob": "again" } }));
  good(
    await services.commands.send(await callerFor(services, "demo-bob"), {
      key: "rings",
      audience: { kind: "user", to: ["demo-ann"] },
      kind: "task",
      title: "Ring the bell",
    }),
  );
  await allTold();
}

/** Where a button of that notification leads in a browser that takes no answer from it. */
export function notifiedPath(services: Services): string {
  const text = sentBy.get(services)?.at(-1);
  if (text === undefined) throw new Error("No notification with buttons was sent.");
  const { pathname, search } = new URL(JSON.parse(text).notification.actions[0].navigate);
  return pathname + search;
}

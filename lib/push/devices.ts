import { type Caller, type Clock, iso } from "../platform/mod.ts";
import {
  type Answer,
  limits,
  type PushChoices,
  type PushChoicesChange,
  type PushDevice,
  type PushDevices,
  type PushEndpoint,
  pushLimits,
  type PushState,
  type PushSubscriptionBody,
  Refusal,
  say,
} from "../protocol/mod.ts";
import { DeviceRecords } from "./device_records.ts";
import { choicesOf, withChange } from "./levels.ts";
import type { PushPeople, PushSender, PushStore, Subscription } from "./ports.ts";
import type { Push } from "./push.ts";

/** Where a device subscribed. */
export interface SubscribedAt {
  /** Where the server is, as the device sees it: its origin and its sub-path. */
  site: string;
  language: string;
  /** Whether the browser is in discreet mode. */
  discreet?: boolean;
}

export interface PushDevicesParts {
  store: PushStore;
  /** Null: notifications are switched off. */
  sender: PushSender | null;
  push: Pick<Push, "began" | "test">;
  people: Pick<PushPeople, "holds">;
  clock: Clock;
  /** Rises with time, as the ids of notices do. */
  nextId: () => string;
}

/** UI-12: the devices that a person has told of what is new, and what they chose for them. */
export class PushDeviceList {
  readonly #parts: PushDevicesParts;

  constructor(parts: PushDevicesParts) {
    this.#parts = parts;
  }

  state(): PushState {
    return { key: this.#parts.sender?.publicKey ?? null };
  }

  /** Switches notifications on for a device, or renews it. It is told of what comes from now on. */
  async subscribe(
    caller: Caller & { sessionExpiresAt: string },
    { endpoint, keys, device }: PushSubscriptionBody,
    { site, language, discreet = false }: SubscribedAt,
  ): Promise<true | Refusal> {
    const { store, sender, push, clock, nextId } = this.#parts;
    if (sender === null) return new Refusal("unavailable", "push.off");
    if (!sender.takes(endpoint)) {
      return new Refusal("invalid_params", "push.service", {
        fields: { endpoint: "field.pushService" },
      });
    }
    const { userId, sessionId, sessionExpiresAt } = caller;
    const id = await deviceId(endpoint);
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const known = await store.of(userId);
      const before = known.find(({ value }) => value.id === id);
      if (before === undefined && known.length >= pushLimits.pushDevices) {
        return new Refusal("conflict", say("push.limit", { count: pushLimits.pushDevices }));
      }
      const fresh = {
        createdMs: clock.now(),
        noticeMark: nextId(),
        waiting: [],
        shown: [],
        last: null,
        failures: 0,
        retryMs: null,
      };
      const renewed = {
        ...(before?.value ?? fresh),
        id,
        userId,
        endpoint,
        p256dh: keys.p256dh,
        auth: keys.auth,
        device: device ?? caller.device,
        origin: site,
        language,
        discreet,
        sessionId,
        sessionUntilMs: Date.parse(sessionExpiresAt),
        // Whatever kept it from being told may be over.
        failures: 0,
        retryMs: null,
      };
      // A mark that a look moved meanwhile stays moved.
      if (!await store.put(renewed, before)) continue;
      push.began(userId);
      return true;
    }
    throw new Error("A push subscription could not be renewed: too many writers at once.");
  }

  /** Switches the discreet mode of the browser that has this session. */
  async discreet({ sessionId }: Caller, on: boolean): Promise<void> {
    const { store } = this.#parts;
    const records = new DeviceRecords(store);
    for (const { userId, id } of await store.ofSession(sessionId)) {
      await records.change(userId, id, (device) => ({ ...device, discreet: on }));
    }
  }

  async unsubscribe({ userId }: Caller, { endpoint }: PushEndpoint): Promise<void> {
    await this.#parts.store.remove({ userId, id: await deviceId(endpoint) });
  }

  async remove({ userId }: Caller, id: string): Promise<true | Refusal> {
    const { store } = this.#parts;
    if (await store.get(userId, id) === null) return new Refusal("not_found", "push.device");
    await store.remove({ userId, id });
    return true;
  }

  async list({ userId, sessionId }: Caller): Promise<PushDevices> {
    const { store, people } = this.#parts;
    const [stored, holds] = await Promise.all([store.of(userId), people.holds(userId)]);
    const devices = stored.map(({ value }) => shown(value, sessionId))
      .sort((one, other) => one.since < other.since ? -1 : 1);
    return {
      devices,
      holds: holds === null
        ? null
        : { rule: holds.rule, until: holds.untilMs === null ? null : iso(holds.untilMs) },
    };
  }

  /** Sends a push to a device whatever the rules hold, and tells what the push service said. */
  async test({ userId, sessionId }: Caller, id: string): Answer<PushDevice> {
    const { store, sender, push, clock } = this.#parts;
    if (sender === null) return new Refusal("unavailable", "push.off");
    const stored = await store.get(userId, id);
    if (stored === null) return new Refusal("not_found", "push.device");
    const { last } = stored.value;
    const waitMs = last === null ? 0 : last.atMs + pushLimits.pushTestMs - clock.now();
    if (waitMs > 0) return new Refusal("rate_limited", "push.tested", { retryAfterMs: waitMs });
    await push.test(stored);
    const after = await store.get(userId, id);
    return after === null ? new Refusal("not_found", "push.device") : shown(after.value, sessionId);
  }

  async choices({ userId }: Caller): Promise<PushChoices> {
    return choicesOf((await this.#parts.store.choices(userId)).value);
  }

  async choose({ userId }: Caller, change: PushChoicesChange): Answer<PushChoices> {
    const { store } = this.#parts;
    for (let tries = 0; tries < limits.writeTries; tries++) {
      const { value, version } = await store.choices(userId);
      const choices = withChange(choicesOf(value), change);
      if (await store.setChoices(userId, choices, version)) return choices;
    }
    return new Refusal("conflict", "push.changed");
  }
}

function shown(
  { id, device, endpoint, createdMs, sessionId, last, retryMs }: Subscription,
  currentSession: string,
): PushDevice {
  return {
    id,
    device,
    service: URL.parse(endpoint)?.host ?? "",
    since: iso(createdMs),
    current: sessionId === currentSession,
    last: last === null ? null : { at: iso(last.atMs), outcome: last.outcome, status: last.status },
    retryAt: retryMs === null ? null : iso(retryMs),
  };
}

/** SHA-256 of a device's address, base64url. */
async function deviceId(endpoint: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
}

import type { Clock, Log } from "../platform/mod.ts";
import type { Meters } from "../platform/meters.ts";
import { pushLimits } from "../protocol/mod.ts";
import type { DeviceRecords } from "./device_records.ts";
import type {
  PushMessage,
  PushOutcome,
  PushSender,
  PushStore,
  StoredSubscription,
  Subscription,
} from "./ports.ts";
import { pushServiceName } from "./push_services.ts";
import { ServiceLanes } from "./services.ts";

/** Waits after a push service failed: 2 s, doubling, at most an hour. */
const retryBaseMs = 2000;
const retryMaxMs = 3600_000;

export interface SendsParts {
  store: Pick<PushStore, "get" | "remove" | "plan">;
  /** Null: notifications are switched off. */
  sender: PushSender | null;
  records: DeviceRecords;
  /** Counts what push services answer, for operators. */
  meters: Pick<Meters, "push">;
  /** Whether this process may still tell anybody of anything. */
  mayWrite?: (() => boolean) | undefined;
  clock: Clock;
  log: Log;
  closing: AbortSignal;
}

/** Sends pushes to their services, and writes down what came of each. */
export class Sends {
  readonly #parts: SendsParts;
  readonly #lanes: ServiceLanes;

  constructor(parts: SendsParts) {
    this.#parts = parts;
    this.#lanes = new ServiceLanes(parts.clock);
  }

  close(): void {
    this.#lanes.close();
  }

  /**
   * Null: this was closed before there was an answer; or `stands` gave false, or the device was switched off or logged out, when the
   * service had room, so nothing was sent: a push can wait there for minutes.
   */
  async send(
    device: Subscription,
    message: PushMessage,
    stands: () => boolean = () => true,
  ): Promise<PushOutcome | null> {
    const { store, sender, clock, meters, closing, mayWrite } = this.#parts;
    const host = URL.parse(device.endpoint)?.host ?? "";
    const done = meters.push(pushServiceName(device.endpoint));
    const outcome = await this.#lanes.run(host, device.userId, async () => {
      const standing = await store.get(device.userId, device.id);
      if (standing === null || !stands() || mayWrite?.() === false) return null;
      const tooLong = new AbortController();
      using _timer = clock.after(pushLimits.pushSendMs, () => tooLong.abort());
      return await sender!.send(device, message, AbortSignal.any([tooLong.signal, closing]));
    });
    if (outcome === null || closing.aborted) return null;
    done(outcome.kind);
    return outcome;
  }

  /**
   * Writes what came of a push. `told`: the device as it was read, and as it is once it has been told; null: the push was about nothing
   * new. False: the device was written meanwhile, so it is to be looked at again.
   */
  async noted(
    device: Subscription,
    outcome: PushOutcome,
    told: { from: StoredSubscription; to: Subscription } | null,
  ): Promise<boolean> {
    const { store, clock, log, records } = this.#parts;
    const { userId, id } = device;
    if (outcome.kind === "gone") {
      log.info("push.gone", { userId, status: outcome.status });
      await store.remove(device);
      return true;
    }
    const last = { atMs: clock.now(), outcome: outcome.kind, status: outcome.status };
    if (outcome.kind !== "later") {
      if (outcome.kind === "refused") log.warn("push.refused", { userId, why: outcome.why });
      const done = { last, failures: 0, retryMs: null };
      if (told !== null) return await records.save(told.from, { ...told.to, ...done });
      await records.change(userId, id, (now) => ({ ...now, ...done }));
      return true;
    }
    log.info("push.later", { userId, failures: device.failures, why: outcome.why });
    if (told === null) {
      await records.change(userId, id, (now) => ({ ...now, last }));
      return true;
    }
    const waitMs = Math.min(retryBaseMs * 2 ** Math.min(device.failures, 20), retryMaxMs);
    const retryMs = clock.now() + Math.max(waitMs, Math.min(outcome.waitMs ?? 0, retryMaxMs));
    const failures = device.failures + 1;
    await records.change(userId, id, (now) => ({ ...now, last, failures, retryMs }));
    await store.plan({ kind: "push", userId }, retryMs);
    return true;
  }
}

import { type LiveCommand, type LiveEntry, storyEvents, type Timer } from "../platform/mod.ts";
import { limits, Refusal } from "../protocol/mod.ts";
import { type DeliverFrame, isMessage, packDeliveries, type PackedMessage } from "./frames.ts";
import type { Outbox } from "./outbox.ts";
import type { ConnectionPorts } from "./ports.ts";

/** The person and the device that a pump delivers to. */
export interface PumpTarget {
  /** Of the connection, for the log (OP-3). */
  readonly connection: string;
  readonly userId: string;
  readonly device: string;
  readonly window: number;
  readonly accept: ReadonlySet<string> | null;
}

interface InFlight {
  cursor: string;
  /** Of a command, or of a chat message. */
  id: string;
  chat?: true;
}

/**
 * DL-1, DL-2: delivers one person's log to one device, at most `window` deliveries ahead of its acknowledgements. One
 * read runs at a time. After a stop or a change of consent, entries read before it are dropped and read again (CO-6, DL-9).
 */
export class DeliveryPump {
  readonly #ports: ConnectionPorts;
  readonly #target: PumpTarget;
  readonly #outbox: Outbox;
  readonly #onFault: (error: unknown) => void;
  /** Place up to which the log was read, and place of the last delivery. */
  #readTo: string | null = null;
  #handedOut: string | null = null;
  #acknowledged: string | null = null;
  #inFlight: InFlight[] | null = null;
  /** Rises with each event that makes a running read invalid. */
  #epoch = 0;
  #running = false;
  /** The last read ended at an entry that is held. */
  #behind = false;
  /** The log may have more: the bell rang, or the window or the outbox was full. */
  #more = false;
  #frozen: boolean;
  #open = false;
  #timer: Timer | null = null;

  constructor(
    ports: ConnectionPorts,
    target: PumpTarget,
    outbox: Outbox,
    frozen: boolean,
    onFault: (error: unknown) => void,
  ) {
    this.#ports = ports;
    this.#target = target;
    this.#outbox = outbox;
    this.#frozen = frozen;
    this.#onFault = onFault;
  }

  /** Begins after the device's acknowledged cursor; null for a new device. */
  start(acknowledged: string | null): void {
    this.#readTo = this.#handedOut = this.#acknowledged = acknowledged;
    this.#open = true;
    this.wake();
  }

  /** Reads the log, as there may be something to deliver. All calls during a read cause one more read. */
  wake(): void {
    this.#more = true;
    if (this.#open && !this.#running && !this.#frozen) void this.#run();
  }

  /**
   * Takes a new entry at the end of the log. A device that read everything before it gets it from here; any other reads its
   * log. The bell rings in the order of the commits, so no entry lies between the last read and this one. WS-10: a kind
   * that the device does not show is passed over. `frame`: the entry, packed for many. True when it went out in that frame.
   */
  offer({ delivery, kind }: LiveEntry, frame?: DeliverFrame): boolean {
    const { accept, window } = this.#target;
    const upToDate = this.#open && !this.#frozen && !this.#running && !this.#more && !this.#behind &&
      (this.#readTo === null || delivery.cursor > this.#readTo) && (this.#inFlight?.length ?? 0) < window;
    if (!upToDate) this.wake();
    else if (accept !== null && !accept.has(kind)) this.#readTo = delivery.cursor;
    else if (frame !== undefined && !isMessage(delivery)) return this.#deliverPacked(delivery, frame);
    else if (this.#deliver([delivery]) === 0) this.wake();
    return false;
  }

  #deliverPacked({ cursor, command }: LiveCommand["delivery"], { text, bytes }: DeliverFrame): boolean {
    if (!this.#outbox.sendDelivery(text, bytes)) {
      this.wake();
      return false;
    }
    (this.#inFlight ??= []).push({ cursor, id: command.id });
    this.#readTo = this.#handedOut = cursor;
    return true;
  }

  /** Whether the device was handed this and has not acknowledged it. */
  isOut(id: string): boolean {
    return this.#inFlight?.some((one) => one.id === id) === true;
  }

  freeze(): void {
    this.#frozen = true;
    this.#epoch++;
    this.#cancelTimer();
  }

  thaw(): void {
    this.#frozen = false;
    this.wake();
  }

  consentChanged(): void {
    this.#epoch++;
    // The change may be the person's first grant.
    this.#handed((this.#inFlight ?? []).map(({ id }) => id));
    this.wake();
  }

  close(): void {
    this.#open = false;
    this.#epoch++;
    const left = this.#commandsInFlight();
    if (left.length > 0) this.#ports.inbox.left(this.#target.userId, left);
    this.#inFlight = null;
    this.#cancelTimer();
  }

  /** `inbox.ack`: the device took everything up to the cursor. Returns the device's cursor. */
  async acknowledge(cursor: string): Promise<{ cursor: string } | Refusal> {
    if (this.#handedOut === null || cursor > this.#handedOut) {
      return new Refusal("invalid_params", "request.cursor", {
        fields: { cursor: "field.delivered" },
      });
    }
    if (this.#acknowledged !== null && cursor <= this.#acknowledged) return { cursor: this.#acknowledged };
    this.#acknowledged = cursor;
    const taken = this.#takeUpTo(cursor);
    if (this.#more) this.wake();
    const idsOf = (chat: boolean) => taken.filter((one) => (one.chat === true) === chat).map(({ id }) => id);
    const { userId, device } = this.#target;
    await this.#ports.inbox.acknowledge(userId, device, cursor, idsOf(false), idsOf(true));
    return { cursor };
  }

  #takeUpTo(cursor: string): InFlight[] {
    const flight = this.#inFlight;
    if (flight === null) return [];
    let count = 0;
    while (count < flight.length && flight[count]!.cursor <= cursor) count++;
    const taken = flight.splice(0, count);
    if (flight.length === 0) this.#inFlight = null;
    return taken;
  }

  #commandsInFlight(): string[] {
    return (this.#inFlight ?? []).flatMap(({ id, chat }) => chat === true ? [] : [id]);
  }

  #handed(ids: readonly string[]): void {
    if (ids.length > 0) this.#ports.inbox.handed(this.#target.userId, ids);
  }

  /** Clears `#running` in the same turn as it decides to stop: a ring in between would be lost. */
  async #run(): Promise<void> {
    this.#running = true;
    this.#cancelTimer();
    try {
      while (this.#open && !this.#frozen && this.#more) {
        if (!await this.#step()) return;
      }
      this.#running = false;
    } catch (error) {
      this.#running = false;
      if (this.#open) this.#onFault(error);
    }
  }

  /** Reads once and delivers. False: the run is over until the next wake-up. */
  async #step(): Promise<boolean> {
    const room = this.#target.window - (this.#inFlight?.length ?? 0);
    if (room <= 0) return this.#rest();
    if (!this.#outbox.hasRoom(limits.deliverFrameBytes)) return this.#retryIn(limits.deliverRetryMs);
    const epoch = this.#epoch;
    const max = Math.min(room, limits.deliverBatch);
    this.#more = false;
    const page = await this.#ports.inbox.next(this.#target.userId, this.#readTo, max, this.#target.accept);
    if (epoch !== this.#epoch) {
      this.#more = true;
      return true;
    }
    this.#behind = page.held !== null || page.apart !== undefined;
    const sent = this.#deliver(page.deliveries);
    if (page.apart !== undefined) {
      const handed = page.deliveries.slice(0, sent);
      this.#handed(handed.map((delivery) => isMessage(delivery) ? delivery.message.id : delivery.command.id));
    }
    if (sent < page.deliveries.length) {
      this.#more = true;
      return this.#retryIn(limits.deliverRetryMs);
    }
    if (page.held !== null) {
      if (this.#more) return true;
      if (page.held.untilMs === null) return this.#rest();
      return this.#retryIn(Math.max(limits.deliverRetryMs, page.held.untilMs - this.#ports.clock.now()));
    }
    const moved = page.upTo !== null && page.upTo !== this.#readTo;
    if (page.upTo !== null) this.#readTo = page.upTo;
    if (page.more && !moved && sent === 0) throw new Error("The inbox has more but does not move on.");
    this.#more ||= page.more;
    const untilMs = page.apart?.untilMs ?? null;
    if (this.#more || untilMs === null) return true;
    // Looked at more often than needed: a timer does not run while the machine sleeps.
    const waitMs = Math.max(limits.deliverRetryMs, untilMs - this.#ports.clock.now());
    return this.#retryIn(Math.min(waitMs, limits.deliverApartMs));
  }

  /** Sends as many deliveries as have room. The log keeps the others, and they are read again. Returns the number sent. */
  #deliver(deliveries: readonly (LiveCommand["delivery"] | PackedMessage)[]): number {
    let sent = 0;
    while (sent < deliveries.length) {
      const frame = packDeliveries(deliveries, sent);
      if (!this.#outbox.sendDelivery(frame.text, frame.bytes)) break;
      this.#tell(deliveries, sent, frame.count);
      const flight = this.#inFlight ??= [];
      for (const end = sent + frame.count; sent < end; sent++) {
        const delivery = deliveries[sent]!;
        const { cursor } = delivery;
        flight.push(
          isMessage(delivery)
            ? { cursor, id: delivery.message.id, chat: true }
            : { cursor, id: delivery.command.id },
        );
        this.#readTo = this.#handedOut = cursor;
      }
    }
    return sent;
  }

  /** OP-3: one line for what went out in one frame. */
  #tell(deliveries: readonly (LiveCommand["delivery"] | PackedMessage)[], from: number, count: number): void {
    const ids: string[] = [];
    for (let at = from; at < from + count; at++) {
      const delivery = deliveries[at]!;
      if (!isMessage(delivery)) ids.push(delivery.command.id);
    }
    const [command] = ids;
    if (command === undefined) return;
    const { connection, userId: user, device } = this.#target;
    const which = ids.length === 1 ? { command } : { commands: ids };
    this.#ports.log.info(storyEvents.delivered, { connection, user, device, ...which });
  }

  #rest(): false {
    this.#running = false;
    return false;
  }

  #retryIn(ms: number): false {
    this.#timer = this.#ports.clock.after(ms, () => {
      this.#timer = null;
      this.wake();
    });
    return this.#rest();
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }
}

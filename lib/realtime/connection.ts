import {
  closeCodes,
  type CloseName,
  limits,
  type NotificationParams,
  Refusal,
  rpcErrorOf,
  type RpcId,
  say,
} from "../protocol/mod.ts";
import { fitsBytes } from "./bytes.ts";
import { Calls, type CallsHost } from "./calls.ts";
import { DeliveryPump } from "./delivery_pump.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { EarlyFrames } from "./early_frames.ts";
import { binaryFault, type Fault, faultText, tooLargeFault } from "./fatal_frames.ts";
import { errorText, notificationText } from "./frames.ts";
import { Outbox } from "./outbox.ts";
import type { ConnectionOpening, ConnectionPorts, Transport } from "./ports.ts";
import { readyText } from "./ready.ts";

/** The owner of the connection: the hub. */
export interface ConnectionOwner {
  /** Called once, when the connection sends and takes nothing more. */
  ended(connection: Connection): void;
  /** Called when no request runs any more. */
  idle(connection: Connection): void;
}

type State =
  /** Before `session.ready`; `early` keeps the frames of both directions. */
  | { is: "opening"; early: EarlyFrames<string | Fault> }
  | { is: "open" }
  /** A shutdown began: running requests end, new ones are refused. */
  | { is: "finishing" }
  | { is: "closed" };

const open: State = { is: "open" };
const finishing: State = { is: "finishing" };
const closed: State = { is: "closed" };

/**
 * One client's connection as a state machine. Its methods take frames and time, its transport sends frames. It opens nothing
 * itself, so a test can drive every rule of the socket (WS) without a network.
 */
export class Connection implements CallsHost {
  readonly id: string;
  readonly userId: string;
  readonly device: string;
  readonly pump: DeliveryPump;
  #opening: ConnectionOpening;
  readonly #ports: ConnectionPorts;
  readonly #owner: ConnectionOwner;
  readonly #transport: Transport;
  readonly #outbox: Outbox;
  readonly #calls: Calls;
  #expiresAtMs: number;
  #state: State = { is: "opening", early: new EarlyFrames() };
  /** Time of the client's last frame. */
  #beatAt: number;

  constructor(
    id: string,
    transport: Transport,
    opening: ConnectionOpening,
    ports: ConnectionPorts,
    dispatcher: Dispatcher,
    owner: ConnectionOwner,
    frozen: boolean,
  ) {
    this.id = id;
    this.userId = opening.caller.userId;
    this.device = opening.device;
    this.#opening = opening;
    this.#ports = ports;
    this.#owner = owner;
    this.#transport = transport;
    this.#outbox = new Outbox(transport, ports.clock, ports.mayWrite);
    this.#beatAt = ports.clock.now();
    // An unreadable time counts as past.
    this.#expiresAtMs = Date.parse(opening.caller.sessionExpiresAt) || 0;
    const target = { ...opening, userId: this.userId, connection: id };
    this.pump = new DeliveryPump(ports, target, this.#outbox, frozen, (error) => this.crash(error));
    this.#calls = new Calls(this, opening, ports, dispatcher);
  }

  get sessionId(): string {
    return this.#opening.caller.sessionId;
  }

  /** AU-11: whether anything is delivered and told here. An access token without `receive` only asks. */
  get hears(): boolean {
    return this.#may("receive");
  }

  get closed(): boolean {
    return this.#state.is === "closed";
  }

  get finishing(): boolean {
    return this.#state.is === "finishing";
  }

  /** Whether a request runs or waits. */
  get busy(): boolean {
    return this.#calls.busy;
  }

  /** Whether the caller is a session, or an access token with that scope. */
  #may(scope: "receive" | "read"): boolean {
    const { scopes } = this.#opening.caller;
    return scopes === undefined || scopes.includes(scope);
  }

  /** The socket is open: greets, then takes the early frames, then delivers (WS-3, DL-2). */
  async start(): Promise<void> {
    try {
      const [resumed, stoppedSince, user, sanctions] = await Promise.all([
        this.#ports.inbox.resume(this.userId, this.device),
        this.#ports.greeting.stoppedSince(this.userId),
        this.#ports.greeting.user(this.#opening.caller),
        this.#ports.greeting.sanctions(this.userId),
      ]);
      const state = this.#state;
      if (state.is !== "opening") return;
      if (user instanceof Refusal) return this.end("sessionOver", "the account is gone");
      this.#state = open;
      this.#ports.log.info("socket.opened", this.#who({ address: this.#opening.caller.address }));
      const reads = this.#may("read");
      const person = { user, sanctions: reads ? sanctions : [], stopped: stoppedSince !== null };
      const shown = reads || this.hears ? resumed : { cursor: null, pending: 0 };
      this.sendText(readyText(this.id, this.#opening, this.#ports, person, shown));
      this.#takeEarly(state.early);
      if (!this.closed && this.hears) this.pump.start(resumed.cursor);
    } catch (error) {
      this.crash(error);
    }
  }

  /** A whole text frame came in. */
  receive(text: string): void {
    const state = this.#state;
    if (state.is === "closed") return;
    this.#beatAt = this.#ports.clock.now();
    if (!fitsBytes(text, limits.frameInBytes)) return this.takeFault(tooLargeFault);
    if (state.is === "opening") return this.#keepEarly(state.early, text, text.length);
    this.#calls.take(text, this.#beatAt);
  }

  receiveBinary(): void {
    if (!this.closed) this.takeFault(binaryFault);
  }

  /** Sends a serialised notification, after `session.ready`. */
  notify(text: string): void {
    const state = this.#state;
    if (state.is !== "opening") return this.sendText(text);
    if (!state.early.keepOutgoing(text)) this.end("tooSlow", "too much is to be said before session.ready");
  }

  /** AU-13: the session goes on, and so does the connection. `expiresAt`: RFC 3339. */
  renewed(expiresAt: string): void {
    this.#expiresAtMs = Date.parse(expiresAt) || 0;
    const params: NotificationParams<"session.renewed"> = { sessionExpiresAt: expiresAt };
    this.notify(notificationText("session.renewed", params));
  }

  /** AU-13: goes on with the session that took the place of its own. */
  movedTo(sessionId: string, expiresAt: string): void {
    const caller = { ...this.#opening.caller, sessionId, sessionExpiresAt: expiresAt };
    this.#opening = { ...this.#opening, caller };
    this.#calls.goOnAs(caller);
    this.renewed(expiresAt);
  }

  /** WS-8: takes no more requests. Those that were taken are answered; then the owner ends the connection. */
  finish(closingText: string): void {
    if (this.#state.is === "opening") return this.end("restarting", "restarting");
    if (this.#state.is !== "open") return;
    this.#state = finishing;
    this.pump.freeze();
    this.sendText(closingText);
  }

  /** WS-4, WS-7, AU-3: ends the connection when its session, its client's silence or its stalled outbox say so. */
  sweep(now: number): void {
    if (this.closed || this.endExpired(now)) return;
    if (now - this.#beatAt >= this.#ports.settings.heartbeatMs * limits.heartbeatMisses) {
      return this.end("heartbeatMissed", `no frame for ${now - this.#beatAt} ms`);
    }
    if (this.#outbox.stalled(now)) this.end("tooSlow", `no progress for ${limits.outboxStallMs} ms`);
  }

  endExpired(now: number): boolean {
    if (now < this.#expiresAtMs) return false;
    this.end("sessionOver", "the session ended");
    return true;
  }

  /** Gives the client back the time in which this process did not run. */
  forgive(ms: number, now: number): void {
    this.#beatAt = Math.min(this.#beatAt + ms, now);
    this.#outbox.forgive(ms, now);
  }

  /** The client is gone, for whatever reason. May be called twice. */
  lost(): void {
    if (this.#leave()) this.#ports.log.info("socket.left", this.#who({}));
  }

  /** Closes with a code of the table. */
  end(close: CloseName, reason: string): void {
    if (!this.#leave()) return;
    const { code, reason: text } = closeCodes[close];
    const log = this.#ports.log;
    const fields = this.#who({ code, reason });
    // These three are normal; the others point to a fault.
    if (close === "restarting" || close === "replaced" || close === "sessionOver") {
      log.info("socket.closed", fields);
    } else log.warn("socket.closed", fields);
    try {
      this.#transport.close(code, text);
    } catch (error) {
      log.warn("socket.not_closed", this.#who({ error: asError(error) }));
    }
  }

  /** WS-6: an error was thrown. It ends this connection and no other. */
  crash(error: unknown, requestId = this.id, id: RpcId | null = null): void {
    this.#ports.log.error("socket.failed", this.#who({ requestId, error: asError(error) }));
    if (this.#state.is === "open" || this.#state.is === "finishing") {
      const refusal = new Refusal("internal", say("request.fault", { id: requestId }));
      this.sendText(errorText(id, rpcErrorOf(refusal)));
    }
    this.end("internal", "internal error");
  }

  idle(): void {
    this.#owner.idle(this);
  }

  takeFault(fault: Fault): void {
    if (this.#state.is === "opening") return this.#keepEarly(this.#state.early, fault, 0);
    this.sendText(faultText(fault));
    this.end(fault.close, fault.message);
  }

  sendText(text: string): void {
    if (this.closed) return;
    try {
      if (!this.#outbox.sendText(text)) this.end("tooSlow", `${limits.outboxBytes} bytes wait to be written`);
    } catch (error) {
      this.#ports.log.error("socket.not_written", this.#who({ error: asError(error) }));
      this.end("internal", "the socket failed");
    }
  }

  #leave(): boolean {
    if (this.closed) return false;
    this.#state = closed;
    this.#calls.clear();
    this.pump.close();
    this.#owner.ended(this);
    return true;
  }

  #keepEarly(early: EarlyFrames<string | Fault>, frame: string | Fault, length: number): void {
    if (!early.keepIncoming(frame, length)) {
      this.end("tooManyRefusals", "too many frames before session.ready");
    }
  }

  #takeEarly(early: EarlyFrames<string | Fault>): void {
    for (const text of early.outgoing) this.sendText(text);
    for (const frame of early.incoming) {
      if (this.closed) return;
      if (typeof frame === "string") this.#calls.take(frame, this.#beatAt);
      else this.takeFault(frame);
    }
  }

  #who<F extends object>(fields: F): F & { connection: string; user: string; device: string } {
    return { connection: this.id, user: this.userId, device: this.device, ...fields };
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

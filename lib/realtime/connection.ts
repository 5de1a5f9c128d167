import { type Caller, iso } from "../platform/mod.ts";
import {
  closeCodes,
  type CloseName,
  jsonRpcCodes,
  limits,
  type Method,
  methods,
  type Params,
  readFrame,
  Refusal,
  type RpcId,
} from "../protocol/mod.ts";
import { fitsBytes } from "./bytes.ts";
import { DeliveryPump } from "./delivery_pump.ts";
import { checkParams, type Dispatcher, isMethod } from "./dispatcher.ts";
import { binaryFault, type Fault, faultText, tooLargeFault } from "./fatal_frames.ts";
import { errorText, resultText } from "./frames.ts";
import { Outbox } from "./outbox.ts";
import type { ConnectionOpening, ConnectionPorts, Transport } from "./ports.ts";
import { rateLimited, RefusalWindow, RequestRate } from "./rate.ts";
import { readyText } from "./ready.ts";
import { EarlyFrames, RequestQueue } from "./request_queue.ts";

/** The one who holds the connection: the hub. */
export interface ConnectionOwner {
  /** Called once, when nothing more will be sent or taken. */
  ended(connection: Connection): void;
  /** No request is in work any more. */
  idle(connection: Connection): void;
}

/** A call that was read and is to be dispatched. `id` is undefined for a notification. */
interface Call {
  id: RpcId | undefined;
  method: Method;
  params: Record<string, unknown>;
  length: number;
}

type State = "opening" | "open" | "finishing" | "closed";

/**
 * One client's connection as a state machine: frames and time come in by its methods, frames leave by the transport.
 * It opens nothing itself, so a test can drive every rule of the socket (WS) without a network.
 */
export class Connection {
  readonly id: string;
  readonly userId: string;
  readonly device: string;
  readonly sessionId: string;
  readonly pump: DeliveryPump;
  readonly #opening: ConnectionOpening;
  readonly #ports: ConnectionPorts;
  readonly #dispatcher: Dispatcher;
  readonly #owner: ConnectionOwner;
  readonly #transport: Transport;
  readonly #outbox: Outbox;
  readonly #rate: RequestRate;
  readonly #expiresAtMs: number;
  #state: State = "opening";
  #beatAt: number;
  #refusals: RefusalWindow | null = null;
  #early: EarlyFrames<string | Fault> | null = null;
  readonly #queue = new RequestQueue<Call>();
  #requests = 0;

  constructor(
    id: string,
    transport: Transport,
    opening: ConnectionOpening,
    ports: ConnectionPorts,
    dispatcher: Dispatcher,
    owner: ConnectionOwner,
    frozen: boolean,
  ) {
    const now = ports.clock.now();
    this.id = id;
    this.userId = opening.caller.userId;
    this.device = opening.device;
    this.sessionId = opening.caller.sessionId;
    this.#opening = opening;
    this.#ports = ports;
    this.#dispatcher = dispatcher;
    this.#owner = owner;
    this.#transport = transport;
    this.#outbox = new Outbox(transport, ports.clock);
    this.#rate = new RequestRate(ports.settings.rateRequests, now);
    this.#beatAt = now;
    // A time that cannot be read is one that has passed.
    this.#expiresAtMs = Date.parse(opening.caller.sessionExpiresAt) || 0;
    const target = { ...opening, userId: this.userId };
    this.pump = new DeliveryPump(ports, target, this.#outbox, frozen, (error) => this.crash(error));
  }

  get closed(): boolean {
    return this.#state === "closed";
  }

  /** Whether a request is in work or waits for it. */
  get busy(): boolean {
    return this.#queue.busy;
  }

  /** The line stands: greets, then works on what came in meanwhile, then delivers (WS-3, DL-2). */
  async start(): Promise<void> {
    try {
      const [resumed, stoppedSince, user] = await Promise.all([
        this.#ports.inbox.resume(this.userId, this.device),
        this.#ports.greeting.stoppedSince(this.userId),
        this.#ports.greeting.user(this.#opening.caller),
      ]);
      if (this.#state !== "opening") return;
      if (user instanceof Refusal) return this.end("sessionOver", "the account is gone");
      this.#state = "open";
      this.#ports.log.info("socket open", this.#who({ address: this.#opening.caller.address }));
      this.#sendText(readyText(this.#opening, this.#ports, user, resumed, stoppedSince !== null));
      this.#flushEarly();
      if (!this.closed) this.pump.start(resumed.cursor);
    } catch (error) {
      this.crash(error);
    }
  }

  /** A whole text frame came in. */
  receive(text: string): void {
    if (this.#state === "closed") return;
    this.#beatAt = this.#ports.clock.now();
    if (!fitsBytes(text, limits.frameInBytes)) return this.#takeFault(tooLargeFault);
    if (this.#state === "opening") return this.#keepEarly(text, text.length);
    this.#take(text);
  }

  receiveBinary(): void {
    if (this.#state !== "closed") this.#takeFault(binaryFault);
  }

  /** A notification that was serialised before, perhaps for many. */
  notify(text: string): void {
    if (this.#state !== "opening") return this.#sendText(text);
    if (!(this.#early ??= new EarlyFrames()).keepOutgoing(text)) {
      this.end("tooSlow", "too much is to be said before session.ready");
    }
  }

  /** WS-8: takes no more requests. The ones that are read are finished; the owner then ends it. */
  finish(closingText: string): void {
    if (this.#state === "opening") return this.end("restarting", "restarting");
    if (this.#state !== "open") return;
    this.#state = "finishing";
    this.pump.freeze();
    this.#sendText(closingText);
  }

  /** WS-4, WS-7, AU-3: what time alone decides. */
  sweep(now: number): void {
    if (this.#state === "closed") return;
    if (now >= this.#expiresAtMs) return this.end("sessionOver", "the session ended");
    if (now - this.#beatAt >= this.#ports.settings.heartbeatMs * limits.heartbeatMisses) {
      return this.end("heartbeatMissed", `no frame for ${now - this.#beatAt} ms`);
    }
    if (this.#outbox.stalled(now)) this.end("tooSlow", `no progress for ${limits.outboxStallMs} ms`);
  }

  /** Time in which this process did not run is not held against the client. */
  forgive(ms: number, now: number): void {
    this.#beatAt = Math.min(this.#beatAt + ms, now);
    this.#outbox.forgive(ms, now);
  }

  /** The line is gone, however that came about. May be called again. */
  lost(): void {
    if (this.#leave()) this.#ports.log.info("socket closed by the client", this.#who({}));
  }

  /** Closes with a code of the table. */
  end(close: CloseName, reason: string): void {
    if (!this.#leave()) return;
    const { code, reason: text } = closeCodes[close];
    const log = this.#ports.log;
    const fields = this.#who({ code, reason });
    // A restart and a replacement are the ordinary course of things; the rest is somebody's trouble.
    if (close === "restarting" || close === "replaced" || close === "sessionOver") {
      log.info("socket closed", fields);
    } else log.warn("socket closed", fields);
    try {
      this.#transport.close(code, text);
    } catch (error) {
      log.warn("socket did not close", this.#who({ error: asError(error) }));
    }
  }

  /** A bug showed itself: it costs this connection and no other (WS-6). */
  crash(error: unknown, requestId = this.id, id: RpcId | null = null): void {
    this.#ports.log.error("internal error", this.#who({ requestId, error: asError(error) }));
    if (this.#state === "open" || this.#state === "finishing") {
      const refusal = new Refusal("internal", `Internal error. It is in the log as ${requestId}.`);
      this.#sendText(errorText(id, refusal.toRpcError()));
    }
    this.end("internal", "internal error");
  }

  #leave(): boolean {
    if (this.#state === "closed") return false;
    this.#state = "closed";
    this.#early = null;
    this.#queue.clear();
    this.pump.close();
    this.#owner.ended(this);
    return true;
  }

  #keepEarly(frame: string | Fault, length: number): void {
    if (!(this.#early ??= new EarlyFrames()).keepIncoming(frame, length)) {
      this.end("tooManyRefusals", "too many frames before session.ready");
    }
  }

  #flushEarly(): void {
    const early = this.#early;
    if (early === null) return;
    this.#early = null;
    for (const text of early.outgoing) this.#sendText(text);
    for (const frame of early.incoming) {
      if (this.closed) return;
      if (typeof frame === "string") this.#take(frame);
      else this.#takeFault(frame);
    }
  }

  #takeFault(fault: Fault): void {
    if (this.#state === "opening") return this.#keepEarly(fault, 0);
    this.#sendText(faultText(fault));
    this.end(fault.close, fault.message);
  }

  #take(text: string): void {
    const frame = readFrame(text);
    switch (frame.kind) {
      case "request":
        return this.#call(frame.request.id, frame.request.method, frame.request.params, text.length);
      case "notification":
        return this.#call(undefined, frame.notification.method, frame.notification.params, text.length);
      case "response":
        return; // The server asks nothing, so nothing waits for it. It was a beat.
      case "broken":
        return this.#takeFault({ ...frame, close: "badFrame" });
      default:
        frame satisfies never;
    }
  }

  #call(id: RpcId | undefined, method: string, params: Record<string, unknown>, length: number): void {
    const now = this.#beatAt;
    if (now >= this.#expiresAtMs) return this.end("sessionOver", "the session ended");
    if (!isMethod(method)) return this.#refuseUnknown(id);
    if (method === "heartbeat") return this.#heartbeat(id, params);
    if (this.#state === "finishing" && method !== "inbox.ack") {
      // Not the client's fault, so it is not counted against it.
      return this.#reply(id, new Refusal("unavailable", "The server is restarting. Connect again."));
    }
    if (!("uncounted" in methods[method])) {
      const waitMs = this.#rate.take(now);
      if (waitMs > 0) return this.#refuse(id, rateLimited(waitMs));
    }
    const call: Call = { id, method, params, length };
    const turn = this.#queue.offer(call);
    if (turn === "start") void this.#run(call);
    else if (turn === "full") this.end("tooManyRefusals", "too many frames wait to be worked on");
  }

  /** Never rejects: whatever a handler throws ends here. */
  async #run(call: Call): Promise<void> {
    const requestId = `${this.id}-${++this.#requests}`;
    this.#ports.log.debug("request", this.#who({ requestId, method: call.method }));
    try {
      const answer = call.method === "inbox.ack"
        ? await this.#acknowledge(call.params)
        : await this.#dispatcher.call(this.#caller(requestId), call.method, call.params);
      if (answer instanceof Refusal) this.#refuse(call.id, answer);
      else this.#reply(call.id, answer);
    } catch (error) {
      this.crash(error, requestId, call.id ?? null);
    } finally {
      const next = this.#queue.ended();
      if (next !== undefined) void this.#run(next);
      else if (!this.#queue.busy) this.#owner.idle(this);
    }
  }

  #acknowledge(params: Record<string, unknown>): Promise<unknown> | Refusal {
    const checked = checkParams("inbox.ack", params) as Params<"inbox.ack"> | Refusal;
    return checked instanceof Refusal ? checked : this.pump.acknowledge(checked.cursor);
  }

  #heartbeat(id: RpcId | undefined, params: Record<string, unknown>): void {
    const checked = checkParams("heartbeat", params);
    if (checked instanceof Refusal) this.#refuse(id, checked);
    else this.#reply(id, { serverTime: iso(this.#ports.clock.now()) });
  }

  #reply(id: RpcId | undefined, answer: unknown): void {
    if (id === undefined || this.closed) return;
    if (answer instanceof Refusal) return this.#sendText(errorText(id, answer.toRpcError()));
    const text = resultText(id, answer);
    if (fitsBytes(text, limits.outboxBytes)) return this.#sendText(text);
    this.#refuse(
      id,
      new Refusal("too_large", "The answer is too large for one frame. Ask for a smaller page."),
    );
  }

  #refuseUnknown(id: RpcId | undefined): void {
    if (id !== undefined) {
      this.#sendText(
        errorText(id, { code: jsonRpcCodes.methodNotFound, message: "There is no such method." }),
      );
    }
    this.#countRefusal();
  }

  #refuse(id: RpcId | undefined, refusal: Refusal): void {
    this.#reply(id, refusal);
    this.#countRefusal();
  }

  /** WS-6: the connection stays, unless this was one refusal too many. */
  #countRefusal(): void {
    if (this.closed) return;
    this.#refusals ??= new RefusalWindow();
    if (this.#refusals.add(this.#ports.clock.now())) {
      this.end("tooManyRefusals", `${limits.refusals} refusals in ${limits.refusalWindowMs} ms`);
    }
  }

  #sendText(text: string): void {
    if (this.closed) return;
    try {
      if (!this.#outbox.sendText(text)) this.end("tooSlow", `${limits.outboxBytes} bytes wait to be written`);
    } catch (error) {
      this.#ports.log.error("socket did not take a frame", this.#who({ error: asError(error) }));
      this.end("internal", "the socket failed");
    }
  }

  #caller(requestId: string): Caller {
    const { userId, username, displayName, role, rights, sessionId, address } = this.#opening.caller;
    return {
      userId,
      username,
      displayName,
      role,
      rights,
      sessionId,
      device: this.device,
      address,
      requestId,
    };
  }

  #who<F extends object>(fields: F): F & { connection: string; user: string; device: string } {
    return { connection: this.id, user: this.userId, device: this.device, ...fields };
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

import { type Caller, isDiskFull, iso } from "../platform/mod.ts";
import {
  type CloseName,
  jsonRpcCodes,
  limits,
  type Method,
  methods,
  type Params,
  readFrame,
  Refusal,
  rpcErrorOf,
  type RpcId,
} from "../protocol/mod.ts";
import { fitsBytes } from "./bytes.ts";
import type { DeliveryPump } from "./delivery_pump.ts";
import { checkParams, type Dispatcher, isMethod } from "./dispatcher.ts";
import type { Fault } from "./fatal_frames.ts";
import { beatAnswer } from "./heartbeats.ts";
import { errorText, resultText } from "./frames.ts";
import type { ConnectionOpening, ConnectionPorts } from "./ports.ts";
import { rateLimited, RefusalWindow, RequestRate } from "./rate.ts";
import { RequestQueue } from "./request_queue.ts";

/** The connection that the calls came on. */
export interface CallsHost {
  /** AU-11: whether deliveries come here, and so can be acknowledged. */
  readonly hears: boolean;
  readonly id: string;
  readonly pump: DeliveryPump;
  readonly closed: boolean;
  /** A shutdown began: only acknowledgements and heartbeats are still taken. */
  readonly finishing: boolean;
  /** Ends the connection when its session is over at this time; true when it is. */
  endExpired(now: number): boolean;
  sendText(text: string): void;
  /** A frame that ends the connection. */
  takeFault(fault: Fault): void;
  end(close: CloseName, reason: string): void;
  crash(error: unknown, requestId: string, id: RpcId | null): void;
  /** No call runs any more. */
  idle(): void;
}

/** A call that was read and waits for its service. `id` is undefined for a notification. */
interface Call {
  id: RpcId | undefined;
  method: Method;
  params: Record<string, unknown>;
  length: number;
}

/** The calls of one connection: reads frames, keeps rates and order, has services answer, and counts refusals (WS-2, WS-6, WS-9). */
export class Calls {
  readonly #host: CallsHost;
  #opening: ConnectionOpening;
  readonly #ports: ConnectionPorts;
  readonly #dispatcher: Dispatcher;
  readonly #rate: RequestRate;
  readonly #queue = new RequestQueue<Call>();
  /** Made with the first refusal: most connections never see one. */
  #refusals: RefusalWindow | null = null;
  #requests = 0;

  constructor(host: CallsHost, opening: ConnectionOpening, ports: ConnectionPorts, dispatcher: Dispatcher) {
    this.#host = host;
    this.#opening = opening;
    this.#ports = ports;
    this.#dispatcher = dispatcher;
    this.#rate = new RequestRate(ports.settings.rateRequests, ports.clock.now());
  }

  /** AU-13: later calls are made with the session that took the place of this one. */
  goOnAs(caller: ConnectionOpening["caller"]): void {
    this.#opening = { ...this.#opening, caller };
  }

  /** Whether a call runs or waits. */
  get busy(): boolean {
    return this.#queue.busy;
  }

  /** Takes one text frame, which arrived at `now`. */
  take(text: string, now: number): void {
    const beat = beatAnswer(text, now);
    if (beat !== null) {
      if (!this.#host.endExpired(now)) this.#host.sendText(beat);
      return;
    }
    const frame = readFrame(text);
    switch (frame.kind) {
      case "request":
        return this.#call(frame.request.id, frame.request.method, frame.request.params, text.length, now);
      case "notification": {
        const { method, params } = frame.notification;
        return this.#call(undefined, method, params, text.length, now);
      }
      case "response":
        return; // The server sends no requests, so this only counts as a heartbeat.
      case "broken":
        return this.#host.takeFault({ ...frame, close: "badFrame" });
      default:
        frame satisfies never;
    }
  }

  /** Drops the calls that wait. */
  clear(): void {
    this.#queue.clear();
  }

  #call(
    id: RpcId | undefined,
    method: string,
    params: Record<string, unknown>,
    length: number,
    now: number,
  ): void {
    if (this.#host.endExpired(now)) return;
    if (!isMethod(method)) return this.#refuseUnknown(id);
    if (method === "heartbeat") return this.#heartbeat(id, params);
    if (this.#host.finishing && method !== "inbox.ack") {
      // The client did nothing wrong, so this counts as no refusal.
      return this.#reply(id, new Refusal("unavailable", "request.restarting"));
    }
    if (!("uncounted" in methods[method])) {
      const waitMs = this.#rate.take(now);
      if (waitMs > 0) return this.#refuse(id, rateLimited(waitMs));
    }
    const call: Call = { id, method, params, length };
    const turn = this.#queue.offer(call);
    if (turn === "start") void this.#run(call);
    else if (turn === "full") this.#host.end("tooManyRefusals", "too many frames wait to be worked on");
  }

  /** Never rejects: an error of a service ends the connection. */
  async #run(call: Call): Promise<void> {
    const requestId = `${this.#host.id}-${++this.#requests}`;
    this.#logRequest(requestId, call.method);
    try {
      const answer = call.method === "inbox.ack"
        ? await this.#acknowledge(call.params)
        : await this.#dispatcher.call(this.#caller(requestId), call.method, call.params);
      if (answer instanceof Refusal) this.#refuse(call.id, answer);
      else this.#reply(call.id, answer);
    } catch (error) {
      // What is acknowledged must come again on a new connection, so only calls of services go on.
      if (isDiskFull(error) && call.method !== "inbox.ack") this.#diskFull(call, error as Error, requestId);
      else this.#host.crash(error, requestId, call.id ?? null);
    } finally {
      const next = this.#queue.ended();
      if (next !== undefined) void this.#run(next);
      else if (!this.#queue.busy) this.#host.idle();
    }
  }

  /** The client did nothing wrong, so this counts as no refusal. */
  #diskFull(call: Call, error: Error, requestId: string): void {
    const { caller: { userId: user } } = this.#opening;
    this.#ports.log.error("disk.full", {
      connection: this.#host.id,
      user,
      requestId,
      method: call.method,
      error,
    });
    this.#reply(call.id, new Refusal("unavailable", "request.diskFull"));
  }

  #acknowledge(params: Record<string, unknown>): Promise<unknown> | Refusal {
    if (!this.#host.hears) return new Refusal("forbidden", "token.scope");
    const checked = checkParams("inbox.ack", params) as Params<"inbox.ack"> | Refusal;
    return checked instanceof Refusal ? checked : this.#host.pump.acknowledge(checked.cursor);
  }

  #heartbeat(id: RpcId | undefined, params: Record<string, unknown>): void {
    const checked = checkParams("heartbeat", params);
    if (checked instanceof Refusal) this.#refuse(id, checked);
    else this.#reply(id, { serverTime: iso(this.#ports.clock.now()) });
  }

  #reply(id: RpcId | undefined, answer: unknown): void {
    if (id === undefined || this.#host.closed) return;
    if (answer instanceof Refusal) return this.#host.sendText(errorText(id, rpcErrorOf(answer)));
    const text = resultText(id, answer);
    if (fitsBytes(text, limits.outboxBytes)) return this.#host.sendText(text);
    this.#refuse(
      id,
      new Refusal("too_large", "request.answerTooLarge"),
    );
  }

  #refuseUnknown(id: RpcId | undefined): void {
    if (id !== undefined) {
      this.#host.sendText(
        errorText(id, { code: jsonRpcCodes.methodNotFound, message: "No such method." }),
      );
    }
    this.#countRefusal();
  }

  #refuse(id: RpcId | undefined, refusal: Refusal): void {
    this.#reply(id, refusal);
    this.#countRefusal();
  }

  /** WS-6: a refusal leaves the connection open, up to a number of them. */
  #countRefusal(): void {
    if (this.#host.closed) return;
    this.#refusals ??= new RefusalWindow();
    if (this.#refusals.add(this.#ports.clock.now())) {
      this.#host.end("tooManyRefusals", `${limits.refusals} refusals in ${limits.refusalWindowMs} ms`);
    }
  }

  #caller(requestId: string): Caller {
    const { caller, device } = this.#opening;
    // Whole, so that nothing that limits the caller is left out.
    return { ...caller, device, requestId };
  }

  #logRequest(requestId: string, method: Method): void {
    const { caller, device } = this.#opening;
    const fields = { connection: this.#host.id, user: caller.userId, device, requestId, method };
    this.#ports.log.debug("socket.request", fields);
  }
}

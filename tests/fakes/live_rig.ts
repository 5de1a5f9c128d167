import { type Bell, type Caller, type Log, silentLog } from "../../lib/platform/mod.ts";
import { Connection } from "../../lib/realtime/connection.ts";
import type { ConnectionOpening } from "../../lib/realtime/ports.ts";
import { Dispatcher } from "../../lib/realtime/dispatcher.ts";
import { Hub } from "../../lib/realtime/mod.ts";
import type { CommandStore } from "../../lib/commands/mod.ts";
import type { Store } from "../../lib/adapters/kv/store.ts";
import { FakeClock } from "./clock.ts";
import { CommandRig } from "./command_rig.ts";
import { aUser, request, someHandlers } from "./realtime.ts";
import { FakeSocket } from "./socket.ts";
import { until } from "./until.ts";

const settings = {
  heartbeatMs: 600_000,
  rateRequests: 0,
  rateSends: 0,
  retentionDays: 14,
  uploadMaxBytes: 1024,
};

/** A client that is on the line: what it was sent, and a way to send. */
export interface LiveDevice {
  caller: Caller;
  socket: FakeSocket;
  connection: Connection;
  call(method: string, params?: unknown): string;
}

/** The commands room with the real hub and connections over sockets in memory. */
export class LiveRig implements AsyncDisposable {
  readonly rig: CommandRig;
  readonly hub: Hub;
  readonly #dispatcher: Dispatcher;
  #numbers = 0;

  readonly #log: Log;
  readonly #mayWrite: (() => boolean) | undefined;

  private constructor(rig: CommandRig, hub: Hub, log: Log, mayWrite: (() => boolean) | undefined) {
    this.#mayWrite = mayWrite;
    this.rig = rig;
    this.#log = log;
    this.hub = hub;
    const { sender, transitions, history, safety } = rig.room;
    const handlers = someHandlers({
      "command.send": (caller, params) => sender.send(caller, params),
      "command.update": (caller, params) => transitions.update(caller, params),
      "command.cancel": (caller, params) => transitions.cancel(caller, params),
      "chat.send": (caller, params) => rig.chat.send(caller, params),
      "inbox.list": (caller, params) => history.inboxList(caller, params),
      "preferences.set": (caller, params) => rig.consent.set(caller, params),
      "safety.stop": (caller) => safety.stop(caller),
      "safety.resume": (caller) => safety.resume(caller),
    });
    this.#dispatcher = new Dispatcher(handlers, (caller) => caller);
  }

  static async open(
    options: {
      store?: Store;
      change?: (store: CommandStore) => CommandStore;
      log?: Log;
      clock?: FakeClock;
      /** What the services ring in the place of the hub. */
      bell?: (hub: Hub) => Bell | Promise<Bell>;
      /** Whether frames may be written. */
      mayWrite?: () => boolean;
      /** Two processes make different ids at one time. */
      idSeed?: number;
    } = {},
  ): Promise<LiveRig> {
    const clock = options.clock ?? new FakeClock();
    const log = options.log ?? silentLog;
    const hub = new Hub(clock, settings.heartbeatMs, options.store?.exclusive, undefined, log);
    return new LiveRig(
      await CommandRig.open({ ...options, clock, bell: await options.bell?.(hub) ?? hub }),
      hub,
      log,
      options.mayWrite,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hub.shutdown();
    await this.rig[Symbol.asyncDispose]();
  }

  /** Takes a device in; resolves when it was greeted. */
  async connect(
    caller: Caller,
    device = "phone",
    over: Partial<ConnectionOpening> = {},
    socket: FakeSocket = new FakeSocket(),
  ): Promise<LiveDevice> {
    const line = this.begin(caller, device, over, socket);
    await until(() => socket.texts.length > 0 || socket.closed !== null, "the greeting");
    return line;
  }

  /** The same without waiting for the greeting. */
  begin(
    caller: Caller,
    device: string,
    over: Partial<ConnectionOpening> = {},
    socket: FakeSocket = new FakeSocket(),
  ): LiveDevice {
    const { clock, room } = this.rig;
    const sessionExpiresAt = new Date(clock.now() + 86_400_000).toISOString();
    const connection = new Connection(
      `c${++this.#numbers}`,
      socket,
      { caller: { ...caller, sessionExpiresAt }, device, window: 64, accept: null, ...over },
      {
        clock,
        log: this.#log,
        inbox: room.inbox,
        settings,
        mayWrite: this.#mayWrite,
        greeting: {
          user: (who) => Promise.resolve(aUser(who)),
          stoppedSince: (userId) => room.safety.stoppedSince(userId),
          sanctions: () => Promise.resolve([]),
        },
      },
      this.#dispatcher,
      this.hub,
      this.hub.isFrozen(caller.userId),
    );
    this.hub.add(connection);
    void connection.start();
    const call = (method: string, params: unknown = {}) => {
      const id = `r${++this.#numbers}`;
      connection.receive(request(id, method, params));
      return id;
    };
    return { caller, socket, connection, call };
  }

  /** The answer to a call, with everything that it set off done. */
  async answer(device: LiveDevice, method: string, params: unknown = {}): Promise<Record<string, unknown>> {
    const id = device.call(method, params);
    const answer = await until(() => device.socket.answer(id), `the answer to ${method}`);
    await this.rig.rest();
    if (answer.error !== undefined) throw new Error(`refused: ${answer.error.message}`);
    return answer.result ?? {};
  }
}

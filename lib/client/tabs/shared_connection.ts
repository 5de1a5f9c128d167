import { type Clock, systemClock } from "../../platform/clock.ts";
import { Ids } from "../../platform/ids.ts";
import { type Log, silentLog } from "../../platform/log.ts";
import { type Random, systemRandom } from "../../platform/random.ts";
import type { Method, Result } from "../../protocol/methods.ts";
import { clientCodes, type ConnectionState, type FinalState } from "../connection_state.ts";
import { type ClientEvents, type ClientHandler, Listeners } from "../events.ts";
import type { PendingRequest } from "../outgoing.ts";
import { type RequestClass, requestClasses, RequestError, type RequestParams } from "../requests.ts";
import { StopReport, type StopState } from "../stop_report.ts";
import { LeaderLock } from "./leader_lock.ts";
import { LeaderWatch } from "./leader_watch.ts";
import { Leading, type TabClient } from "./leading.ts";
import {
  type LeaderView,
  readTabMessage,
  requestError,
  type TabChannel,
  type TabLocks,
  type TabMessage,
  tabProtocol,
} from "./messages.ts";
import { hearRelayed } from "./relay.ts";
import { type OpenRequest, TabRequests } from "./requests.ts";

export interface SharedConnectionOptions {
  /** Name of this tab, different in each. */
  tab: string;
  /** Undefined where the browser has none; then every tab has a connection of its own. */
  locks: TabLocks | undefined;
  channel: (name: string) => TabChannel;
  /** Makes this tab's client when the tab becomes the leader. */
  client: () => Promise<TabClient>;
  /** How long this tab has been hidden; 0 while visible. */
  hiddenMs: () => number;
  clock?: Clock;
  random?: Random;
  log?: Log;
}

/** This tab's part in the shared connection. */
type Role =
  /** `start()` was not called yet. */
  | { kind: "idle" }
  /** Another tab leads; `leader` is undefined until its view is heard. */
  | { kind: "following"; leader: string | undefined }
  | { kind: "leading"; leading: Leading }
  | { kind: "closed" };

/** The way to the other tabs; a tab in a browser without locks is alone. */
type Tabs = { kind: "alone" } | { kind: "joined"; channel: TabChannel; lock: LeaderLock };

const firstView: LeaderView = {
  state: { kind: "idle" },
  stop: { stopped: false, pending: false },
  pending: [],
};

/**
 * One connection for all tabs of a browser (UI-2). The tab with the lock is the leader: it has the client, and the other tabs
 * send their requests through it and hear what it hears. When the leader goes, the next tab takes over. Requests without an
 * answer are then sent again if they are safe to repeat; the others fail.
 */
export class SharedConnection {
  readonly #options: SharedConnectionOptions;
  readonly #log: Log;
  readonly #listeners: Listeners;
  readonly #requests: TabRequests;
  readonly #watch: LeaderWatch;
  readonly #stopReport = new StopReport(() => this.stop, (stop) => this.#listeners.emit("stopped", stop));
  #role: Role = { kind: "idle" };
  #tabs: Tabs = { kind: "alone" };
  #view: LeaderView = firstView;

  constructor(options: SharedConnectionOptions) {
    const { clock = systemClock, random = systemRandom, log = silentLog, hiddenMs } = options;
    this.#options = options;
    this.#log = log;
    this.#listeners = new Listeners(log);
    this.#requests = new TabRequests(new Ids(clock, random), () => this.#stopReport.update());
    this.#watch = new LeaderWatch(clock, {
      ask: () => this.#post({ kind: "hello" }),
      steal: () => this.#tabs.kind === "joined" && this.#tabs.lock.steal(),
      hiddenMs,
    });
  }

  get state(): ConnectionState {
    return this.#view.state;
  }

  /** `pending` counts a Stop of this tab too, before the leader knows of it. */
  get stop(): StopState {
    const { stopped, pending } = this.#view.stop;
    return { stopped, pending: pending || this.#requests.stopPending };
  }

  /** The person's answers to commands that wait for a connection, oldest first. The event `outbox` tells of changes. */
  get pending(): readonly PendingRequest[] {
    return this.#view.pending;
  }

  /** Whether this tab is the leader. */
  get leads(): boolean {
    return this.#role.kind === "leading";
  }

  /** Starts, once; earlier requests wait until then. `name`: the same in all tabs of one person, different for another. */
  start(name: string): void {
    if (this.#role.kind !== "idle") return;
    const { channel: open, locks } = this.#options;
    if (locks === undefined) return this.#lead();
    const channel = open(name);
    channel.addEventListener("message", ({ data }) => {
      const message = readTabMessage(data);
      if (message !== undefined && this.#role.kind !== "closed") this.#heard(message);
    });
    const lock = new LeaderLock(locks, name, this.#log, {
      taken: () => this.#lead(),
      lost: () => this.#follow(),
    });
    this.#role = { kind: "following", leader: undefined };
    this.#tabs = { kind: "joined", channel, lock };
    lock.wait();
    this.#ask();
  }

  on<E extends keyof ClientEvents>(event: E, handler: ClientHandler<E>): () => void {
    return this.#listeners.add(event, handler);
  }

  /** As `BehestClient.request`. */
  request<M extends Method>(
    method: M,
    params: RequestParams<M>,
    options: { timeoutMs?: number } = {},
  ): Promise<Result<M>> {
    if (this.#role.kind === "closed") {
      return Promise.reject(new RequestError("closed", "The page's connection is closed."));
    }
    const request = this.#requests.add(method, params as Record<string, unknown>, options.timeoutMs);
    this.#give(request);
    this.#ask();
    return request.answer as Promise<Result<M>>;
  }

  /** Starts again after `login` and `stopped`. */
  connect(): void {
    if (this.#role.kind === "leading") this.#role.leading.connect();
    else this.#post({ kind: "wake", connect: true });
  }

  /** Tries now if a retry is waiting: for a page that hears `online` or becomes visible. */
  wake(): void {
    if (this.#role.kind === "leading") return this.#role.leading.wake();
    this.#post({ kind: "wake", connect: false });
    this.#ask();
  }

  /** Ends this tab's part; another tab becomes the leader. `state` is the last one that this page hears of. */
  close(state: FinalState = { kind: "stopped", code: clientCodes.closed, reason: "closed" }): void {
    const role = this.#role;
    if (role.kind === "closed") return;
    this.#role = { kind: "closed" };
    this.#watch.stop();
    if (role.kind === "leading") role.leading.end();
    if (this.#tabs.kind === "joined") {
      this.#tabs.lock.close();
      this.#tabs.channel.close();
      this.#tabs = { kind: "alone" };
    }
    for (const request of this.#requests.all) {
      request.settle({ error: new RequestError("closed", "The page's connection was closed.") });
    }
    this.#show({ ...firstView, state });
  }

  /** This tab has the lock. */
  #lead(): void {
    this.#watch.stop();
    const { tab, client } = this.#options;
    const leading = new Leading(tab, this.#listeners, {
      opened: () => this.#requests.all.forEach((request) => this.#giveAgain(request)),
      changed: (view) => {
        this.#show(view);
        this.#postView();
      },
      post: (message) => this.#post(message),
    });
    this.#role = { kind: "leading", leading };
    this.#postView();
    leading.open(client, this.#log);
  }

  /** Another tab took the lock. */
  #follow(): void {
    if (this.#role.kind === "leading") this.#role.leading.end();
    this.#role = { kind: "following", leader: undefined };
    this.#requests.lost(this.#options.tab);
  }

  #heard(message: TabMessage): void {
    const role = this.#role;
    switch (message.kind) {
      case "hello":
        if (role.kind === "leading") this.#postView();
        return;
      case "view":
        // While the lock changes hands two tabs lead for a moment: the view of the other one is late.
        if (role.kind === "following") this.#heardView(role.leader, message);
        return;
      case "relayed":
        if (role.kind !== "following" || message.from !== role.leader) return;
        return hearRelayed(message.relayed, this.#listeners, this.#log);
      case "request":
        if (role.kind === "leading" && message.to === this.#options.tab) role.leading.serve(message);
        return;
      case "answer": {
        if (message.to !== this.#options.tab) return;
        const { answer } = message;
        const asked = this.#requests.get(message.id);
        return asked?.settle("error" in answer ? { error: requestError(answer.error) } : answer);
      }
      case "wake":
        if (role.kind !== "leading") return;
        return message.connect ? role.leading.connect() : role.leading.wake();
      default:
        message satisfies never;
    }
  }

  #heardView(
    before: string | undefined,
    { from, hiddenMs, view }: Extract<TabMessage, { kind: "view" }>,
  ): void {
    this.#watch.stop();
    const isNew = from !== before;
    const wasOnline = this.#view.state.kind === "online";
    this.#role = { kind: "following", leader: from };
    this.#show(view);
    if (view.state.kind === "online" && (isNew || !wasOnline)) {
      // A tab that opens later hears whether Stop is on now, not when the connection opened.
      this.#listeners.emit("ready", { ...view.state.ready, stopped: view.stop.stopped });
    }
    if (isNew) this.#requests.all.forEach((request) => this.#giveAgain(request));
    this.#watch.leaderHidden(hiddenMs);
  }

  /** Gives a request to the leader; without one it waits for the next. */
  #give(request: OpenRequest): void {
    const role = this.#role;
    if (role.kind === "leading") return role.leading.send(request);
    if (role.kind !== "following" || role.leader === undefined) return;
    const { id, method, params, timeoutMs } = request;
    const to = role.leader;
    request.handling = { kind: "given", to };
    this.#post({ kind: "request", from: this.#options.tab, to, id, method, params, timeoutMs });
  }

  /** Another tab leads than when the request was made. */
  #giveAgain(request: OpenRequest): void {
    const kind: RequestClass = requestClasses[request.method];
    if (kind !== "once" || request.handling.kind === "none") return this.#give(request);
    request.settle({
      error: new RequestError("broken", "The connection went to another tab before the answer came."),
    });
  }

  /** Asks for the leader's view; a leader that does not answer in time loses the lead. */
  #ask(): void {
    if (this.#role.kind === "following") this.#watch.ask();
  }

  #show(view: LeaderView): void {
    const { state, pending } = this.#view;
    this.#view = view;
    if (state !== view.state) this.#listeners.emit("connection", view.state);
    this.#stopReport.update();
    if (pending.length > 0 || view.pending.length > 0) {
      this.#listeners.emit("outbox", { waiting: view.pending.length });
    }
  }

  #postView(): void {
    const { tab, hiddenMs } = this.#options;
    this.#post({ kind: "view", from: tab, hiddenMs: hiddenMs(), view: this.#view });
  }

  #post(message: TabMessage): void {
    if (this.#tabs.kind === "joined") this.#tabs.channel.postMessage({ ...message, build: tabProtocol });
  }
}

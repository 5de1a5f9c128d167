import type { Method, Result } from "../protocol/methods.ts";
import { type Clock, systemClock, type Timer } from "../platform/clock.ts";
import { Ids } from "../platform/ids.ts";
import { type Log, silentLog } from "../platform/log.ts";
import { type Random, systemRandom } from "../platform/random.ts";
import type { BehestClient } from "./client.ts";
import {
  asError,
  type ClientEvents,
  type ClientHandler,
  type LineState,
  Listeners,
  type StopState,
} from "./events.ts";
import type { PendingRequest } from "./outgoing.ts";
import { type RequestClass, requestClasses, RequestError, type RequestParams } from "./requests.ts";
import {
  plainError,
  readTabMessage,
  requestError,
  type TabChannel,
  type TabLocks,
  type TabMessage,
  tabProtocol,
  type TabView,
} from "./tab_messages.ts";
import { hearTold, relay } from "./tab_relay.ts";
import { type Asked, TabRequests } from "./tab_requests.ts";
import { TabTurn } from "./tab_turn.ts";

export interface TabLineOptions {
  /** Names this tab among them. */
  tab: string;
  /** Without them every tab has a line of its own. */
  locks: TabLocks | undefined;
  channel: (name: string) => TabChannel;
  /** Makes this tab's client, when the line is its to have. */
  client: () => Promise<{ client: BehestClient; end(): Promise<void> }>;
  /** For how long this tab was hidden; 0 while it is seen. */
  hiddenMs: () => number;
  clock?: Clock;
  random?: Random;
  log?: Log;
}

/** Time in which the tab that has the line answers the others. */
const answerMs = 2_000;
/** For how long that tab may be hidden while another one is seen: later the browser slows its timers down. */
const hiddenTooLongMs = 4 * 60_000;

/** This tab's time with the line. */
interface Lead {
  client: BehestClient | undefined;
  /** What other tabs asked for before there was a client. */
  asks: Ask[];
  end(): void;
}

type Ask = Extract<TabMessage, { kind: "ask" }>;

const noView: TabView = {
  line: { kind: "stopped", reason: "not started" },
  stop: { stopped: false, pending: false },
  pending: [],
  ready: null,
};

/**
 * One line for all tabs of a browser (UI-2). The tab that holds the lock has the client; the others ask through it and hear
 * what it hears. When it goes, the next takes over and asks again for what was not answered: what is safe to repeat is, the
 * rest fails and says so.
 */
export class TabLine {
  readonly #options: TabLineOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #listeners: Listeners;
  readonly #requests: TabRequests;
  #channel: TabChannel | undefined;
  #view: TabView = noView;
  /** The tab that has the line, as far as is known. */
  #leader: string | undefined;
  #lead: Lead | undefined;
  #turn: TabTurn | undefined;
  /** Until whoever has the line must have answered. */
  #probe: Timer | undefined;
  /** Until whoever has the line was hidden for too long. */
  #look: Timer | undefined;
  #saidStop: StopState = noView.stop;
  #closed = false;

  constructor(options: TabLineOptions) {
    const { clock = systemClock, random = systemRandom, log = silentLog } = options;
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#listeners = new Listeners(log);
    this.#requests = new TabRequests(new Ids(clock, random), () => this.#sayStop());
  }

  get line(): LineState {
    return this.#view.line;
  }

  /** With what was pressed in this tab, whoever has the line. */
  get stop(): StopState {
    const { stopped, pending } = this.#view.stop;
    return { stopped, pending: pending || this.#requests.stopAsked };
  }

  /** The person's answers to commands that wait for the line, oldest first; `outbox` tells of a change. */
  get pending(): readonly PendingRequest[] {
    return this.#view.pending;
  }

  /** Whether this tab has the line. */
  get leads(): boolean {
    return this.#lead !== undefined;
  }

  /** Begins, once; what was asked for before waits until then. `name`: the same in all tabs of one person, and in no other's. */
  begin(name: string): void {
    if (this.#closed || this.#turn !== undefined || this.#lead !== undefined) return;
    const { channel, locks } = this.#options;
    if (locks === undefined) return this.#take();
    this.#channel = channel(name);
    this.#channel.addEventListener("message", ({ data }) => {
      const message = readTabMessage(data);
      if (message !== undefined && !this.#closed) this.#heard(message);
    });
    this.#turn = new TabTurn(locks, name, this.#log, {
      taken: () => this.#take(),
      lost: () => this.#giveUp(),
    });
    this.#turn.wait();
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
    if (this.#closed) return Promise.reject(new RequestError("closed", "The page's line is closed."));
    const asked = this.#requests.add(method, params as Record<string, unknown>, options.timeoutMs);
    this.#dispatch(asked);
    this.#ask();
    return asked.answer as Promise<Result<M>>;
  }

  /** Begins again after `login` and `stopped`. */
  connect(): void {
    if (this.#lead === undefined) this.#post({ kind: "wake", connect: true });
    else this.#lead.client?.connect();
  }

  /** For a page that hears `online`, or is seen again. */
  wake(): void {
    if (this.#lead !== undefined) return this.#lead.client?.wake();
    this.#post({ kind: "wake", connect: false });
    this.#ask();
  }

  /** Ends this tab's part; another tab takes the line. `line` is how it stands then, where the page stays. */
  close(line: LineState = { kind: "stopped", reason: "closed" }): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#probe?.cancel();
    this.#look?.cancel();
    this.#giveUp();
    this.#turn?.close();
    this.#channel?.close();
    for (const asked of this.#requests.all) {
      asked.settle({ error: new RequestError("closed", "The page's line was closed.") });
    }
    this.#see({ ...noView, line });
  }

  /** The line is this tab's. */
  #take(): void {
    this.#probe?.cancel();
    this.#look?.cancel();
    const lead: Lead = { client: undefined, asks: [], end: () => {} };
    this.#lead = lead;
    this.#leader = this.#options.tab;
    this.#tellView();
    this.#options.client().then(
      ({ client, end }) => {
        lead.end = () => void end();
        if (this.#lead === lead) this.#attach(lead, client);
        else lead.end();
      },
      (error: unknown) => this.#log.error("client.no_client", { error: asError(error) }),
    );
  }

  #attach(lead: Lead, client: BehestClient): void {
    lead.client = client;
    const view = () => {
      if (this.#lead !== lead) return;
      const pending = client.pending.filter(({ method }) => method === "command.update");
      this.#see({ ...this.#view, line: client.line, stop: client.stop, pending });
      this.#tellView();
    };
    client.on("line", (line) => {
      if (line.kind !== "online") this.#view = { ...this.#view, ready: null };
      view();
    });
    client.on("stopped", view);
    client.on("outbox", view);
    client.on("ready", (ready) => {
      this.#view = { ...this.#view, ready };
      view();
      this.#listeners.emit("ready", ready);
    });
    relay(
      client,
      this.#listeners,
      (told) => this.#post({ kind: "told", from: this.#options.tab, told }),
    );
    for (const asked of this.#requests.all) this.#again(asked);
    for (const ask of lead.asks) this.#serve(client, ask);
    client.connect();
  }

  /** Gives the line away, or was robbed of it. */
  #giveUp(): void {
    const lead = this.#lead;
    this.#lead = undefined;
    this.#leader = undefined;
    this.#requests.lost(this.#options.tab);
    lead?.end();
  }

  #heard(message: TabMessage): void {
    switch (message.kind) {
      case "hello":
        if (this.#lead !== undefined) this.#tellView();
        return;
      case "view":
        return this.#heardView(message);
      case "told":
        if (this.#lead !== undefined || message.from !== this.#leader) return;
        return hearTold(message.told, this.#listeners, this.#log);
      case "ask":
        if (this.#lead === undefined || message.to !== this.#options.tab) return;
        if (this.#lead.client === undefined) this.#lead.asks.push(message);
        else this.#serve(this.#lead.client, message);
        return;
      case "answer": {
        if (message.to !== this.#options.tab) return;
        const { answer } = message;
        const asked = this.#requests.get(message.id);
        return asked?.settle("error" in answer ? { error: requestError(answer.error) } : answer);
      }
      case "wake":
        if (message.connect) this.#lead?.client?.connect();
        else this.#lead?.client?.wake();
        return;
      default:
        message satisfies never;
    }
  }

  #heardView({ from, hiddenMs, view }: Extract<TabMessage, { kind: "view" }>): void {
    // Two have it for a moment while one takes it from the other: what the one without it says is late.
    if (this.#lead !== undefined) return;
    this.#probe?.cancel();
    this.#look?.cancel();
    this.#probe = this.#look = undefined;
    const isNew = from !== this.#leader;
    const isUp = view.ready !== null && (isNew || this.#view.ready === null);
    this.#leader = from;
    this.#see(view);
    // Who comes later hears it as it is by now.
    if (isUp) this.#listeners.emit("ready", { ...view.ready!, stopped: view.stop.stopped });
    if (isNew) this.#requests.all.forEach((asked) => this.#again(asked));
    if (hiddenMs === 0 || this.#options.hiddenMs() > 0) return;
    if (hiddenMs >= hiddenTooLongMs) this.#turn?.steal();
    else this.#look = this.#clock.after(hiddenTooLongMs - hiddenMs, () => this.#ask());
  }

  /** Another tab's request. */
  #serve(
    client: BehestClient,
    { from, id, method, params, timeoutMs }: Extract<TabMessage, { kind: "ask" }>,
  ) {
    const lead = this.#lead;
    const timeout = timeoutMs === undefined ? {} : { timeoutMs };
    client.request(method, params as RequestParams<Method>, { ...timeout, id }).then(
      (result) => this.#post({ kind: "answer", to: from, id, answer: { result } }),
      (error: RequestError) => {
        // The line goes to another tab, which will be asked again.
        if (error.kind === "closed" && this.#lead !== lead) return;
        this.#post({ kind: "answer", to: from, id, answer: { error: plainError(error) } });
      },
    );
  }

  /** To whoever has the line; nobody: it waits for who takes it. */
  #dispatch(asked: Asked): void {
    const { id, method, params, timeoutMs } = asked;
    const client = this.#lead?.client;
    if (this.#lead === undefined) {
      if (this.#leader === undefined) return;
      const to = this.#leader;
      asked.sentTo = to;
      return this.#post({ kind: "ask", from: this.#options.tab, to, id, method, params, timeoutMs });
    }
    if (client === undefined) return;
    const lead = this.#lead;
    asked.sentTo = this.#options.tab;
    const timeout = timeoutMs === undefined ? {} : { timeoutMs };
    client.request(method, params as RequestParams<Method>, { ...timeout, id }).then(
      (result) => asked.settle({ result }),
      (error: RequestError) => {
        if (error.kind !== "closed" || this.#lead === lead || this.#closed) asked.settle({ error });
      },
    );
  }

  /** The line is with another tab than when this was asked for. */
  #again(asked: Asked): void {
    const kind: RequestClass = requestClasses[asked.method];
    if (kind !== "once" || asked.sentTo === undefined) return this.#dispatch(asked);
    asked.settle({
      error: new RequestError("broken", "The line went to another tab before the answer came."),
    });
  }

  /** Asks who has the line; who does not answer in time loses it. */
  #ask(): void {
    if (this.#lead !== undefined || this.#turn === undefined) return;
    this.#post({ kind: "hello" });
    this.#probe ??= this.#clock.after(answerMs, () => {
      this.#probe = undefined;
      this.#turn?.steal();
    });
  }

  #see(view: TabView): void {
    const { line, pending } = this.#view;
    this.#view = view;
    if (line !== view.line) this.#listeners.emit("line", view.line);
    this.#sayStop();
    if (pending.length > 0 || view.pending.length > 0) {
      this.#listeners.emit("outbox", { waiting: view.pending.length });
    }
  }

  #sayStop(): void {
    const said = this.#saidStop;
    const now = this.stop;
    if (said.stopped === now.stopped && said.pending === now.pending) return;
    this.#saidStop = now;
    this.#listeners.emit("stopped", now);
  }

  #tellView(): void {
    const { tab, hiddenMs } = this.#options;
    this.#post({ kind: "view", from: tab, hiddenMs: hiddenMs(), view: this.#view });
  }

  #post(message: TabMessage): void {
    this.#channel?.postMessage({ ...message, build: tabProtocol });
  }
}

import type { Log } from "../../platform/log.ts";
import type { Method, Result } from "../../protocol/methods.ts";
import type { BehestClient } from "../client.ts";
import { asError, type Listeners } from "../events.ts";
import type { RequestError, RequestParams } from "../requests.ts";
import {
  type LeaderView,
  plainError,
  type SharedState,
  type TabMessage,
  type TabRequest,
} from "./messages.ts";
import { relay } from "./relay.ts";
import type { OpenRequest } from "./requests.ts";

/** A tab's client, and how to end it. */
export interface TabClient {
  client: BehestClient;
  end(): Promise<void>;
}

export interface LeadingHost {
  /** The client is there: requests can be given to it. */
  opened(): void;
  changed(view: LeaderView): void;
  post(message: TabMessage): void;
}

type Stage =
  /** The client is being made; `requests` of other tabs wait for it. */
  | { kind: "opening"; requests: TabRequest[] }
  | { kind: "open"; client: BehestClient; end(): Promise<void> }
  | { kind: "ended" };

/** One tab's time as the leader: its client, from the lock taken until the lock given up. */
export class Leading {
  readonly #tab: string;
  readonly #listeners: Listeners;
  readonly #host: LeadingHost;
  #stage: Stage = { kind: "opening", requests: [] };
  /** Undefined until the client tells it; also between going online and `session.ready`, which follow each other. */
  #state: SharedState | undefined;

  constructor(tab: string, listeners: Listeners, host: LeadingHost) {
    this.#tab = tab;
    this.#listeners = listeners;
    this.#host = host;
  }

  /** Makes the client; without one this tab leads and nothing is sent. */
  open(make: () => Promise<TabClient>, log: Log): void {
    make().then(
      ({ client, end }) => {
        if (this.#stage.kind !== "opening") return void end();
        const { requests } = this.#stage;
        this.#stage = { kind: "open", client, end };
        this.#listen(client);
        this.#host.opened();
        for (const request of requests) this.#serve(client, request);
        client.connect();
      },
      (error: unknown) => log.error("client.no_client", { error: asError(error) }),
    );
  }

  connect(): void {
    if (this.#stage.kind === "open") this.#stage.client.connect();
  }

  wake(): void {
    if (this.#stage.kind === "open") this.#stage.client.wake();
  }

  end(): void {
    const stage = this.#stage;
    this.#stage = { kind: "ended" };
    if (stage.kind === "open") void stage.end();
  }

  /** Sends a request of this tab. Before the client is there the request stays open; `opened` gives it again. */
  send(request: OpenRequest): void {
    if (this.#stage.kind !== "open") return;
    request.handling = { kind: "given", to: this.#tab };
    this.#request(this.#stage.client, request).then(
      (result) => request.settle({ result }),
      (error: RequestError) => {
        if (!this.#passesOn(error)) request.settle({ error });
      },
    );
  }

  /** Sends a request of another tab, and answers that tab. */
  serve(request: TabRequest): void {
    if (this.#stage.kind === "opening") this.#stage.requests.push(request);
    else if (this.#stage.kind === "open") this.#serve(this.#stage.client, request);
  }

  #serve(client: BehestClient, request: TabRequest): void {
    const { from: to, id } = request;
    this.#request(client, request).then(
      (result) => this.#host.post({ kind: "answer", to, id, answer: { result } }),
      (error: RequestError) => {
        if (this.#passesOn(error)) return;
        this.#host.post({ kind: "answer", to, id, answer: { error: plainError(error) } });
      },
    );
  }

  #request(
    client: BehestClient,
    { id, method, params, timeoutMs }: Pick<TabRequest, "id" | "method" | "params" | "timeoutMs">,
  ): Promise<Result<Method>> {
    const timeout = timeoutMs === undefined ? {} : { timeoutMs };
    return client.request(method, params as RequestParams<Method>, { ...timeout, id });
  }

  /** The next leader is given the request again. */
  #passesOn(error: RequestError): boolean {
    return error.kind === "closed" && this.#stage.kind === "ended";
  }

  #listen(client: BehestClient): void {
    const tell = () => this.#tell(client);
    client.on("connection", (state) => {
      this.#state = state.kind === "online" ? undefined : state;
      tell();
    });
    client.on("stopped", tell);
    client.on("outbox", tell);
    client.on("ready", (ready) => {
      const { connection } = client;
      if (connection.kind !== "online") return;
      this.#state = { ...connection, ready };
      tell();
      this.#listeners.emit("ready", ready);
    });
    relay(
      client,
      this.#listeners,
      (relayed) => this.#host.post({ kind: "relayed", from: this.#tab, relayed }),
    );
  }

  #tell(client: BehestClient): void {
    if (this.#stage.kind === "ended" || this.#state === undefined) return;
    const pending = client.pending.filter(({ method }) =>
      method === "command.update" || method === "chat.send"
    );
    this.#host.changed({ state: this.#state, stop: client.stop, pending });
  }
}

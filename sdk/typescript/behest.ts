import {
  BehestClient,
  type ClientOptions,
  type ClientSession,
  FallbackSockets,
  type Fetch,
  Files,
  Pushes,
  Rest,
  type SocketFactory,
  StreamSocket,
  ticketFrom,
  type TransportKind,
} from "../../lib/client/mod.ts";

export interface BehestOptions extends Omit<ClientOptions, "url" | "ticket" | "renew" | "token" | "socket"> {
  /** Where the server is: `https://host`, with its base path if it has one. */
  server: string;
  /** An access token (AU-11) or the token of a login. */
  token?: string;
  /** A login that renews itself; in place of `token`. */
  session?: ClientSession;
  fetch?: Fetch;
  socket?: SocketFactory;
  /** Told when the connection goes over to a stream because WebSockets are blocked, and back (WS-12). */
  transport?: (kind: TransportKind) => void;
}

/** A person's connection, files, pushes and REST calls on one server, with one login. Without a login, in pages: by cookie. */
export class Behest implements AsyncDisposable {
  readonly client: BehestClient;
  readonly files: Files;
  readonly pushes: Pushes;
  readonly rest: Rest;
  readonly #sockets: FallbackSockets;

  constructor({ server, token, session, fetch, socket, transport, ...options }: BehestOptions) {
    const origin = server.replace(/\/+$/, "");
    const rest = {
      origin,
      fetch,
      token: session !== undefined
        ? () => session.token()
        : token !== undefined
        ? () => Promise.resolve(token)
        : undefined,
    };
    this.rest = new Rest(rest);
    this.files = new Files(rest);
    this.pushes = new Pushes(rest);
    this.#sockets = new FallbackSockets({
      stream: (url) => new StreamSocket(url, rest),
      socket,
      changed: transport,
    });
    this.client = new BehestClient({
      ...options,
      url: `${origin}/api/ws`,
      socket: this.#sockets.factory,
      // An access token gets no tickets (AU-11). Pages have a cookie, which gets one.
      ...(session !== undefined
        ? { ticket: session.ticket, renew: session.renew }
        : token !== undefined
        ? { token }
        : { ticket: ticketFrom(origin, fetch === undefined ? {} : { fetch }) }),
    });
  }

  /** What the last connection ran over. */
  get transport(): TransportKind {
    return this.#sockets.transport;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}

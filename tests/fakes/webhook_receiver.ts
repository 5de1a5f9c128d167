/** A request that came, taken or not. */
export interface Came {
  headers: Headers;
  body: string;
  path: string;
}

/** How a receiver answers one message: a status, with headers; or not at all, until it is closed. */
export type Lie = number | { status: number; headers: Record<string, string> } | "hang";

/** A program on this computer that takes webhooks. It answers 201 unless it was told to lie. */
export class WebhookReceiver implements AsyncDisposable {
  readonly came: Came[] = [];
  readonly lies: Lie[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #hung: PromiseWithResolvers<void>[] = [];

  constructor() {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#take(request),
    );
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** What came since the last look. */
  take(): Came[] {
    return this.came.splice(0);
  }

  async #take(request: Request): Promise<Response> {
    const { headers, url } = request;
    this.came.push({ headers, body: await request.text(), path: new URL(url).pathname });
    const lie = this.lies.shift() ?? 201;
    if (lie === "hang") {
      const hung = Promise.withResolvers<void>();
      this.#hung.push(hung);
      await hung.promise;
      return new Response();
    }
    return typeof lie === "number"
      ? new Response("x".repeat(1000), { status: lie })
      : new Response(null, lie);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { resolve } of this.#hung) resolve();
    await this.#server.shutdown();
  }
}

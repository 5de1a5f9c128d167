import assert from "node:assert/strict";
import { type Browser, type Page } from "playwright-core";
import { type OpenServices, openServices } from "../../lib/compose/mod.ts";
import { silentLog, systemRandom } from "../../lib/platform/mod.ts";
import { openStore, type Store } from "../../lib/adapters/kv/store.ts";
import { browserTest, newPage } from "./browser.ts";
import { online } from "./browser_site.ts";
import { handlerOver } from "./built_app.ts";
import { cheapPasswords, testConfig } from "./open_services.ts";
import { FakePushService } from "./push_service.ts";

interface Opened {
  open: OpenServices;
  handler: Deno.ServeHandler<Deno.NetAddr>;
}

/** A server that can be taken away and brought back under the same address, on the same data. */
export class Site implements AsyncDisposable {
  readonly #reopened: () => Promise<Opened>;
  #open: OpenServices;
  #handler: Deno.ServeHandler<Deno.NetAddr>;
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;
  #over = new AbortController();
  #port = 0;
  /** Sockets that the server took. */
  sockets = 0;
  /** Plays another build: pages name it in place of the real one, and its addresses are answered. */
  rename: { from: string; to: string } | undefined;

  readonly #store: Store;

  private constructor({ open, handler }: Opened, store: Store, reopened: () => Promise<Opened>) {
    this.#open = open;
    this.#handler = handler;
    this.#store = store;
    this.#reopened = reopened;
  }

  static async open(env: Record<string, string> = {}): Promise<Site> {
    await using opening = new AsyncDisposableStack();
    const config = testConfig(env);
    const secret = systemRandom.bytes(32);
    const store = opening.use(await openStore(":memory:"));
    const opened = async () => {
      const open = await openServices({ config, log: silentLog, passwords: cheapPasswords(), secret, store });
      return { open, handler: await handlerOver(open.services) };
    };
    const site = new Site(await opened(), store, opened);
    opening.move();
    site.up();
    return site;
  }

  /** The server ends, and another one starts on the same data and address. */
  async restart(): Promise<void> {
    await this.#end();
    ({ open: this.#open, handler: this.#handler } = await this.#reopened());
    this.up();
  }

  async #end(): Promise<void> {
    await this.services.realtime.shutdown();
    await this.down();
    await this.#open[Symbol.asyncDispose]();
  }

  get base(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get services() {
    return this.#open.services;
  }

  up(): void {
    this.#over = new AbortController();
    const { signal } = this.#over;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: this.#port, onListen: () => {}, signal },
      (request, info) => {
        if (new URL(request.url).pathname === "/api/ws") this.sockets++;
        return this.rename === undefined ? this.#handler(request, info) : this.#renamed(request, info);
      },
    );
    this.#port = this.#server.addr.port;
  }

  async #renamed(request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>): Promise<Response> {
    const { from, to } = this.rename!;
    if (request.headers.has("upgrade")) return await this.#handler(request, info);
    const { method, body } = request;
    const sent = new Headers(request.headers);
    // What is compressed has no names to replace.
    sent.delete("accept-encoding");
    const asked = new Request(request.url.replaceAll(to, from), { method, headers: sent, body });
    const response = await this.#handler(asked, info);
    const isText = /html|javascript/.test(response.headers.get("content-type") ?? "");
    if (!isText || response.body === null) return response;
    const headers = new Headers(response.headers);
    headers.delete("content-length");
    headers.delete("etag");
    return new Response((await response.text()).replaceAll(from, to), { status: response.status, headers });
  }

  /** Ends all lines as a lost network does, and answers nothing. */
  async down(): Promise<void> {
    this.#over.abort();
    await this.#server?.finished;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    await this.#store[Symbol.asyncDispose]();
  }
}

export interface Visit {
  site: Site;
  browser: Browser;
  pushes: FakePushService;
  /** Logged in on the inbox, with the line up and the service worker at work. */
  enter(username: string): Promise<Page>;
}

/** With `notifies` the server has the push service to itself, and the browser is one that can show notifications. */
export function offlineTest(
  name: string,
  run: (visit: Visit) => Promise<void>,
  { notifies = false }: { notifies?: boolean } = {},
): void {
  browserTest(name, async (browser) => {
    await using pushes = FakePushService.open();
    await using site = await Site.open(notifies ? pushes.env : {});
    await run({
      site,
      browser,
      pushes,
      async enter(username) {
        const page = await newPage(browser);
        await logIn(page, site, username);
        await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
        return page;
      },
    });
  }, { whole: notifies });
}

export async function logIn(page: Page, site: Site, username: string): Promise<void> {
  await page.goto(`${site.base}/login`);
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password").fill(site.services.demo?.password ?? "");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${site.base}/`);
  await online(page);
}

export async function callerOf(site: Site, username: string) {
  const { accounts, demo } = site.services;
  const from = { address: "127.0.0.1", device: "test", requestId: "test" };
  const login = await accounts.login(from, { username, password: demo?.password ?? "" });
  assert.ok("token" in login);
  const caller = await accounts.authenticate(login.token, from);
  assert.ok("userId" in caller);
  return caller;
}

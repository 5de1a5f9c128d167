import assert from "node:assert/strict";
import { type Browser, type Page } from "playwright-core";
import { type OpenServices, openServices } from "../../lib/compose/mod.ts";
import { silentLog, systemRandom } from "../../lib/platform/mod.ts";
import type { PushSender } from "../../lib/push/mod.ts";
import { browserTest, newPage } from "./browser.ts";
import { online } from "./browser_site.ts";
import { handlerOver } from "./built_app.ts";
import { cheapPasswords, testConfig } from "./open_services.ts";

/** A server that can be taken away and brought back under the same address, on the same data. */
export class Site implements AsyncDisposable {
  readonly #open: OpenServices;
  readonly #handler: Deno.ServeHandler<Deno.NetAddr>;
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;
  #over = new AbortController();
  #port = 0;
  /** Sockets that the server took. */
  sockets = 0;
  /** Plays another build: pages name it in place of the real one, and its addresses are answered. */
  rename: { from: string; to: string } | undefined;

  private constructor(open: OpenServices, handler: Deno.ServeHandler<Deno.NetAddr>) {
    this.#open = open;
    this.#handler = handler;
  }

  static async open(pushes?: PushSender): Promise<Site> {
    const config = testConfig();
    const open = await openServices({
      config,
      log: silentLog,
      passwords: cheapPasswords(),
      secret: systemRandom.bytes(32),
      ...(pushes === undefined ? {} : { pushes }),
    });
    const site = new Site(open, await handlerOver(open.services));
    site.up();
    return site;
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
    await this.services.realtime.shutdown();
    await this.down();
    await this.#open[Symbol.asyncDispose]();
  }
}

export interface Visit {
  site: Site;
  browser: Browser;
  /** Logged in on the inbox, with the line up and the service worker at work. */
  enter(username: string): Promise<Page>;
}

/** `pushes`: where notifications go; with one the browser is one that can show them. */
export function offlineTest(name: string, run: (visit: Visit) => Promise<void>, pushes?: PushSender): void {
  browserTest(name, async (browser) => {
    await using site = await Site.open(pushes);
    await run({
      site,
      browser,
      async enter(username) {
        const page = await newPage(browser);
        await logIn(page, site, username);
        await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
        return page;
      },
    });
  }, { whole: pushes !== undefined });
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

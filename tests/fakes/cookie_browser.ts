import assert from "node:assert/strict";
import { sendOver } from "./built_app.ts";
import { FakeClock } from "./clock.ts";
import { openTestServices, testConfig } from "./open_services.ts";

const base = "http://127.0.0.1:8000";
export const alice = { username: "alice", password: "seven green kettles" };
export const boss = { username: "boss", password: "nine yellow kettles" };
const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";

type Send = (path: string, init?: RequestInit) => Promise<Response>;

/** The whole app on a store in memory, with `alice` and the administrator `boss`. */
export async function cookieSite() {
  const clock = new FakeClock();
  const config = testConfig({
    BEHEST_ADMIN_USERNAME: boss.username,
    BEHEST_ADMIN_PASSWORD: boss.password,
  });
  const open = await openTestServices({ clock, config });
  const ask = await sendOver(open.services);
  const send: Send = (path, init) => ask(new Request(base + path, { redirect: "manual", ...init }));
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  assert.equal((await post("/api/v1/auth/register", { ...alice, adult: true })).status, 201);
  return {
    clock,
    services: open.services,
    send,
    post,
    browser: () => new CookieBrowser(send, clock),
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

/** Keeps cookies by path and time, and follows redirects, as browsers do without scripts. */
export class CookieBrowser {
  readonly #send: Send;
  readonly #clock: FakeClock;
  readonly jar = new Map<string, { value: string; path: string; expires: number; httpOnly: boolean }>();

  constructor(send: Send, clock: FakeClock) {
    this.#send = send;
    this.#clock = clock;
  }

  /** The page at the end of all redirects. */
  async go(path: string, fields?: Record<string, string>): Promise<{ response: Response; at: string }> {
    let at = path;
    let form = fields;
    for (let hops = 0; hops < 6; hops++) {
      const response = await this.once(at, form);
      const location = response.headers.get("location");
      if (location === null) return { response, at };
      await response.body?.cancel();
      if (response.status !== 307) form = undefined;
      at = location;
    }
    throw new Error(`Too many redirects to ${at}.`);
  }

  async once(path: string, fields?: Record<string, string>): Promise<Response> {
    const headers = {
      cookie: this.#cookiesFor(path),
      "sec-fetch-site": "same-origin",
      "user-agent": firefox,
    };
    const response = await this.#send(
      path,
      fields === undefined ? { headers } : { method: "POST", headers, body: new URLSearchParams(fields) },
    );
    for (const text of response.headers.getSetCookie()) this.#keep(text);
    return response;
  }

  #cookiesFor(path: string): string {
    const { pathname } = new URL(path, base);
    return [...this.jar].filter(([, cookie]) =>
      this.#clock.now() < cookie.expires && pathname.startsWith(cookie.path)
    ).map(([name, { value }]) => `${name}=${value}`).join("; ");
  }

  #keep(text: string): void {
    const [pair = "", ...rest] = text.split("; ");
    const [name = "", value = ""] = pair.split("=", 2);
    const found = (key: string) => rest.find((one) => one.startsWith(`${key}=`))?.slice(key.length + 1) ?? "";
    const expires = Date.parse(found("Expires"));
    this.jar.set(name, { value, path: found("Path"), expires, httpOnly: rest.includes("HttpOnly") });
  }
}

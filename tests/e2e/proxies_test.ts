import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { Behest } from "../../sdk/typescript/mod.ts";
import { StreamSocket } from "../../lib/client/mod.ts";
import { commandDraft } from "../../lib/protocol/mod.ts";
import { must } from "../fakes/accounts_rig.ts";
import { type BrowserSite, online, siteTest } from "../fakes/browser_site.ts";
import { newPage, problemsOf } from "../fakes/browser.ts";
import { person } from "../fakes/open_services.ts";
import { TlsProxy } from "../fakes/tls_proxy.ts";
import { until } from "../fakes/until.ts";

const basePath = "/behest";
const film = {
  name: "film.bin",
  mimeType: "application/octet-stream",
  buffer: Buffer.alloc(1_200_000, "film"),
};

/** Addresses of what stands on the page that are not below the sub-path. */
const strayAddresses = (page: Page) =>
  page.evaluate((base) => {
    const names = ["href", "src", "action", "formaction", "poster"];
    const elements = document.querySelectorAll(names.map((name) => `[${name}]`).join());
    return [...elements].flatMap((element) =>
      names.flatMap((name) => {
        const path = element.getAttribute(name);
        return path?.startsWith("/") && !path.startsWith(`${base}/`) ? [`${name}=${path}`] : [];
      })
    );
  }, basePath);

async function sendFromBob({ open, services }: BrowserSite, title: string): Promise<void> {
  const { caller } = await person(open, "demo-bob");
  const audience = { kind: "user", to: ["demo-ann"] } as const;
  must(
    await services.commands.send(caller, commandDraft.parse({ key: title, kind: "task", title, audience })),
  );
}

/** A client of the library that has the stream of WS-12 hears of a command at once: no proxy keeps what it is sent. */
async function streamHears(site: BrowserSite, proxy: TlsProxy): Promise<void> {
  const { token } = await person(site.open, "demo-ann");
  using client = Deno.createHttpClient({ caCerts: [proxy.caCert] });
  const get = (input: string, init: RequestInit) => fetch(input, { ...init, client });
  await using behest = new Behest({
    server: proxy.site,
    token,
    device: "library",
    fetch: get,
    socket: (url) => new StreamSocket(url, { fetch: get, token: () => Promise.resolve(token) }),
  });
  const heard: string[] = [];
  behest.client.on("deliver", ({ command }) => {
    if ("title" in command) heard.push(command.title ?? "");
  });
  behest.client.connect();
  await until(() => behest.client.connection.kind === "online", "the stream");
  await sendFromBob(site, "By stream");
  await until(() => heard.includes("By stream"), "a command by stream");
  const letter = new Blob(["a letter ".repeat(60_000)]);
  const file = await behest.files.put(letter, { name: "letter.txt" });
  assert.equal(file.size, letter.size);
}

function proxyTest(kind: "nginx" | "Caddy"): void {
  siteTest(
    `OP-10 FI-9 WS-12: all of it works below a sub-path behind ${kind}, with TLS, HTTP/2, IPv6, another Host and low limits`,
    async (site) => {
      const { base, browser, services, problems } = site;
      const sockets: string[] = [];
      const open = services.realtime.open.bind(services.realtime);
      services.realtime.open = (...args) => {
        sockets.push("opened");
        return open(...args);
      };
      await using proxy = await TlsProxy.start(kind, {
        behind: Number(new URL(base).port),
        basePath,
        idleMs: 1000,
      });
      const page = await newPage(browser, { ignoreHTTPSErrors: true, locale: "en-US" });
      problemsOf(page, problems);
      const stray: string[] = [];
      page.context().on("request", (request) => {
        const { pathname, host } = new URL(request.url());
        const isOurs = host === new URL(proxy.site).host;
        if (isOurs && pathname !== basePath && !pathname.startsWith(`${basePath}/`)) stray.push(pathname);
      });

      await page.goto(proxy.site);
      assert.equal(page.url(), `${proxy.site}/login`);
      assert.equal(
        await page.evaluate(() =>
          (performance.getEntriesByType("navigation")[0] as PerformanceResourceTiming).nextHopProtocol
        ),
        "h2",
      );
      await page.getByLabel("Username").fill("demo-ann");
      await page.getByLabel("Password").fill(services.demo!.password);
      await page.getByRole("button", { name: "Log in" }).click();
      await online(page);
      assert.equal(page.url(), `${proxy.site}/`);
      const [session] = (await page.context().cookies()).filter(({ name }) => name === "behest_session");
      assert.deepEqual([session?.path, session?.secure], [basePath, true]);

      // nginx cuts a socket on which nothing comes: the page comes back by itself, and nothing is lost.
      if (kind === "nginx") await until(() => sockets.length > 2, "sockets after a cut");
      await sendFromBob(site, "By socket");
      await page.getByRole("article", { name: "By socket" }).waitFor();
      assert.deepEqual(await strayAddresses(page), []);

      await page.goto(`${proxy.site}/files`);
      await page.getByLabel("Upload files").setInputFiles(film);
      await page.getByText("film.bin was uploaded and is being checked.").first().waitFor();
      for (const path of ["/send?to=demo-bob", "/chat/demo-bob", "/notices", "/sessions", "/preferences"]) {
        await page.goto(proxy.site + path);
        await online(page);
        assert.deepEqual(await strayAddresses(page), [], path);
      }
      await page.goto(`${proxy.site}/send?to=demo-bob`);
      await page.getByLabel("Title").fill("Through the proxy");
      await page.locator("main").getByRole("button", { name: "Send" }).click();
      await page.waitForURL(`${proxy.site}/sent*`);
      await page.getByText("Through the proxy").first().waitFor();
      await streamHears(site, proxy);

      await page.locator("#me").evaluate((menu: HTMLElement) => menu.showPopover());
      await page.locator(`form[action="${basePath}/logout"] button:visible`).first().click();
      await page.waitForURL(`${proxy.site}/login*`);
      assert.deepEqual(stray, []);
      const left = await page.context().cookies();
      assert.deepEqual(left.filter(({ name }) => name === "behest_session"), []);
    },
    { BEHEST_BASE_PATH: basePath, BEHEST_TRUST_PROXY: "1" },
  );
}

proxyTest("nginx");
proxyTest("Caddy");

import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import type { Services } from "../lib/web/mod.ts";
import { addressOf, pageFiles } from "./page_files.ts";
import { notifiedPath } from "./screenshots_push.ts";
import { adminLogin, callerFor, good } from "./screenshots_seed.ts";

/** Whose page it is; null for somebody who is not logged in. */
type Viewer = string | null;

/** A page of the seeded site as somebody sees it. */
export interface Visit {
  /** For the picture's file. */
  name: string;
  /** The address of the route's file, `/sent/[id]`. */
  route: string;
  path: string;
  viewer: Viewer;
  /** What is done there before it is looked at. */
  act?: (page: Page) => Promise<void>;
}

const ann = "demo-ann";
const admin = adminLogin.username;

/** Every page, some in more than one state. Throws when a route has none, so that no new page is forgotten. */
export async function pageVisits(services: Services): Promise<Visit[]> {
  const found = [...doors, ...await annsPages(services), ...await adminPages(services)];
  const seen = new Set(found.map(({ route }) => route));
  const routes = pageFiles().map(addressOf);
  const missing = routes.filter((route) => !seen.has(route));
  if (missing.length > 0) throw new Error(`tools/page_visits.ts knows no way to ${missing.join(", ")}`);
  const gone = [...seen].filter((route) => !routes.includes(route));
  if (gone.length > 0) throw new Error(`tools/page_visits.ts visits ${gone.join(", ")}, which is no page`);
  return found;
}

/** One whose route is its path. */
function visit(viewer: Viewer, route: string, more: Partial<Visit> = {}): Visit {
  const name = route === "/" ? "inbox" : route.slice(1).replaceAll("/", "-");
  return { name, route, path: route, viewer, ...more };
}

/** The same page in another state. */
const also = (viewer: Viewer, route: string, state: string, more: Partial<Visit>) =>
  visit(viewer, route, { name: `${visit(viewer, route).name}-${state}`, ...more });

/** As the form of a page without scripts does. */
async function post(page: Page, action: string, fields: Record<string, string>): Promise<void> {
  // Not for its address, which may be that of the page itself.
  const posted = page.waitForEvent("load");
  await page.evaluate(([action, fields]) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action });
    for (const [name, value] of Object.entries(fields)) {
      form.append(Object.assign(document.createElement("input"), { name, value }));
    }
    document.body.append(form);
    HTMLFormElement.prototype.submit.call(form);
  }, [action, fields] as const);
  await posted;
}

const doors: Visit[] = [
  visit(null, "/login"),
  also(null, "/login", "wrong", {
    async act(page) {
      await page.locator("#username").fill("demo-ann");
      await page.locator("#password").fill("not the password");
      await page.locator("#password").press("Enter");
      await page.locator(".notice-bad").waitFor();
    },
  }),
  visit(null, "/register"),
  also(null, "/register", "wrong", {
    async act(page) {
      await page.locator("form.form").evaluate((form: HTMLFormElement) => form.noValidate = true);
      await page.locator("#username").fill("A name");
      await page.locator("form.form").evaluate((form: HTMLFormElement) => form.requestSubmit());
      await page.locator(".notice-bad").waitFor();
    },
  }),
  // As after a refusal: a login needs an issuer.
  visit(null, "/login/sso", { path: "/login/sso?refused=away" }),
  visit(null, "/remove"),
  also(null, "/remove", "wrong", {
    async act(page) {
      await page.locator("form.form").first().evaluate((form: HTMLFormElement) => form.noValidate = true);
      await page.locator("#contact").fill("Mo, mo@example.org");
      await page.locator(".button-main").click();
      await page.locator(".notice-bad").waitFor();
    },
  }),
  also(null, "/remove", "sent", {
    async act(page) {
      await page.locator("#file").setInputFiles({
        name: "beach.jpg",
        mimeType: "image/jpeg",
        buffer: Buffer.from("a picture"),
      });
      await page.locator("#contact").fill("Mo, mo@example.org");
      await page.locator("#statement").fill("It shows me. I saw it in a command of a former friend.");
      await page.locator("[name=declared]").check();
      await page.locator(".button-main").click();
      await page.locator(".facts").waitFor();
    },
  }),
  visit(null, "/setup"),
  visit(null, "/docs"),
  visit(null, "/docs", {
    name: "docs-try",
    path: "/docs?try=command.send#try",
  }),
  visit(null, "/offline"),
  visit(null, "/_404", { name: "nowhere", path: "/nowhere" }),
  visit(null, "/_error", { name: "not-so", path: "/stop" }),
];

async function annsPages(services: Services): Promise<Visit[]> {
  const caller = await callerFor(services, ann);
  const { commands } = services;
  const idOf = async (box: "inbox" | "outbox", title: string) => {
    const { items } = good(await commands.list(caller, { box, limit: 100 }));
    const item = items.find(({ command }) => "title" in command && command.title === title);
    if (item === undefined) throw new Error(`Nothing called ${title} was seeded.`);
    return item.command.id;
  };
  return [
    visit(ann, "/"),
    also(ann, "/", "open", { path: `/?open=${await idOf("inbox", "Paint the fence")}` }),
    // Few enough that what sticks to the foot lies over none of them.
    also(ann, "/", "picked", {
      path: "/?q=water",
      act: (page) => page.locator(".line > input").first().check(),
    }),
    also(ann, "/", "menu", {
      act: (page) => page.locator("#me").evaluate((menu: HTMLElement) => menu.showPopover()),
    }),
    also(ann, "/", "palette", {
      async act(page) {
        // Until its island is live, the key does nothing; once it is open, neither.
        await page.waitForFunction(() => {
          dispatchEvent(new KeyboardEvent("keydown", { key: "k", ctrlKey: true }));
          return document.querySelectorAll(".palette:popover-open [role=option]").length > 3;
        });
      },
    }),
    visit(ann, "/notices"),
    also(ann, "/notices", "ways", {
      act: (page) => page.locator("main details > summary").click(),
    }),
    visit(ann, "/send", { path: "/send?to=demo-bob" }),
    also(ann, "/send", "wrong", {
      path: "/send",
      async act(page) {
        await page.locator("[name=kind][value=link]").check();
        await page.locator("#to").fill("nobody-here, x");
        await page.locator("#href").fill("http://example.org");
        await page.locator("main .send-form .button-main").click();
        await page.locator(".notice-bad").waitFor();
      },
    }),
    also(ann, "/send", "form", {
      async act(page) {
        await page.locator("[name=kind][value=form]").check();
        await page.locator("[name=field-0-label]").fill("What do you bring?");
        await page.locator("[name=field-1-label]").fill("Your dish");
        await page.locator("[name=field-1-type]").selectOption("choice");
        await page.locator("[name=field-1-options]").fill("Salad\nCake");
      },
    }),
    also(ann, "/send", "preview", {
      path: "/send?group=readers",
      async act(page) {
        await page.locator("#title").fill("Next Thursday");
        await page.locator("[name=do][value=preview]").click();
        await page.locator("#preview").waitFor();
      },
    }),
    visit(ann, "/sent"),
    visit(ann, "/sent/[id]", {
      name: "sent-one",
      path: `/sent/${await idOf("outbox", "Put up the shelves")}`,
    }),
    visit(ann, "/sent/[id]/edit", {
      name: "sent-edit",
      path: `/sent/${await idOf("outbox", "Bring the ladder")}/edit`,
    }),
    visit(ann, "/sent/[id]", {
      name: "sent-answers",
      path: `/sent/${await idOf("outbox", "When shall we meet?")}`,
    }),
    visit(ann, "/chat"),
    visit(ann, "/chat/[username]", { name: "chat-one", path: "/chat/demo-bob#latest" }),
    visit(ann, "/history"),
    also(ann, "/history", "outbox", { path: "/history?box=outbox" }),
    visit(ann, "/history/[id]", {
      name: "history-one",
      path: `/history/${await idOf("inbox", "Paint the fence")}`,
    }),
    visit(ann, "/history/[id]/answer", {
      name: "answer",
      path: `/history/${await idOf("inbox", "The picnic")}/answer`,
    }),
    visit(ann, "/history/[id]/answer", {
      name: "answer-choice",
      path: `/history/${await idOf("inbox", "Which cake?")}/answer`,
    }),
    visit(ann, "/files"),
    visit(ann, "/contacts"),
    visit(ann, "/groups"),
    visit(ann, "/groups/[name]", { name: "groups-one", path: "/groups/readers" }),
    visit(ann, "/preferences"),
    visit(ann, "/preferences/blocked"),
    also(ann, "/preferences/blocked", "some", {
      async act(page) {
        await page.locator("#username").fill("nobody-here");
        await page.locator("main .button-main").click();
        await page.locator("main .notice").waitFor();
      },
    }),
    visit(ann, "/preferences/reach"),
    also(ann, "/preferences/reach", "tried", {
      path: "/preferences/reach?sender=dov&kind=task&category=feet",
    }),
    visit(ann, "/report", { path: "/report?user=dov" }),
    also(ann, "/report", "command", { path: `/report?command=${await idOf("inbox", "Paint the fence")}` }),
    visit(ann, "/reports"),
    visit(ann, "/contacts/[username]", { name: "contacts-one", path: "/contacts/dov" }),
    visit(ann, "/groups/[name]/rules", { name: "groups-rules", path: "/groups/readers/rules" }),
    visit(ann, "/profile"),
    visit(ann, "/sessions"),
    visit(ann, "/notifications"),
    visit(ann, "/notified", { path: notifiedPath(services) }),
    visit(ann, "/keys"),
    visit(ann, "/confirm", {
      path: "/contacts",
      act: (page) =>
        post(page, "/confirm", { ask: "contact", to: "/contacts", username: "dov", action: "remove" }),
    }),
    visit(ann, "/two-factor"),
    visit(ann, "/prove"),
    visit(ann, "/passkey"),
    visit(ann, "/account"),
    also("dov", "/account", "suspended", {}),
    also("carla-with-a-rather-long-name", "/send", "muted", {}),
    visit(ann, "/resume"),
    visit(ann, "/welcome/[[step]]", { name: "welcome", path: "/welcome" }),
    ...["who", "when", "ready"].map((step) =>
      visit(ann, "/welcome/[[step]]", { name: `welcome-${step}`, path: `/welcome/${step}` })
    ),
  ];
}

async function adminPages(services: Services): Promise<Visit[]> {
  const caller = await callerFor(services, admin);
  const [incident] = good(await services.incidents.list(caller, {})).incidents;
  const [file] = good(await services.adminFiles.list(caller, { state: "rejected" })).files;
  if (incident === undefined || file === undefined) {
    throw new Error("No incident and no rejected file was seeded.");
  }
  const { items } = good(await services.queue.list(caller, { kind: "report" }));
  const [reported] = items;
  if (reported === undefined) throw new Error("No report was seeded.");
  const [removal] = good(await services.queue.list(caller, { kind: "removal" })).items;
  const [report] = good(await services.queue.get(caller, reported.id)).reports;
  const link = good(await services.loginLinks.create(caller, "carla-with-a-rather-long-name", "Lost."));
  const one = (route: string, path: string) =>
    visit(admin, route, { name: `${visit(admin, path.replace(/\/[^/]*$/, "")).name}-one`, path });
  return [
    visit(admin, "/admin"),
    also(admin, "/admin", "weeks", { path: "/admin?range=14d" }),
    visit(admin, "/admin/queue"),
    also(admin, "/admin/queue", "one", { path: `/admin/queue?item=${reported.id}` }),
    also(admin, "/admin/queue", "removal", {
      path: `/admin/queue?item=${removal!.id}`,
      async act(page) {
        await page.locator(".look-picture summary").click();
        await page.locator(".look-picture img").evaluate((image: HTMLImageElement) => image.decode());
      },
    }),
    one("/admin/reports/[id]", `/admin/reports/${report!.id}`),
    visit(admin, "/admin/users"),
    visit(admin, "/admin/several", { path: "/admin/several?name=demo-ann&name=dov" }),
    one("/admin/users/[username]", "/admin/users/carla-with-a-rather-long-name"),
    also(admin, "/admin/users/[username]", "facts", {
      name: "admin-users-facts",
      path: "/admin/users/demo-ann?show=facts",
    }),
    visit(null, "/login/link", { path: `/login/link?token=${link.token}` }),
    visit(admin, "/admin/files"),
    also(admin, "/admin/files", "rejected", { path: "/admin/files?state=rejected" }),
    one("/admin/files/[sha256]", `/admin/files/${file.sha256}`),
    visit(admin, "/admin/incidents"),
    one("/admin/incidents/[id]", `/admin/incidents/${incident.id}`),
    visit(admin, "/admin/categories"),
    one("/admin/categories/[slug]", "/admin/categories/feet"),
    visit(admin, "/admin/groups"),
    one("/admin/groups/[name]", "/admin/groups/readers"),
    visit(admin, "/admin/broadcast"),
    also(admin, "/admin/broadcast", "preview", {
      async act(page) {
        await page.locator("#title").fill("The server rests tonight");
        await page.locator("[name=do][value=preview]").click();
        await page.locator("#preview").waitFor();
      },
    }),
    visit(admin, "/admin/audit"),
    also(admin, "/admin/audit", "verified", {
      path: "/admin/audit?action=group",
      async act(page) {
        await page.locator("form[method=post] .i-shield").first().click();
        await page.locator("code.hash").waitFor();
      },
    }),
    visit(admin, "/admin/sanctions"),
    visit(admin, "/admin/system"),
    visit(admin, "/admin/log"),
    also(admin, "/admin/log", "filtered", {
      path: "/admin/log?level=warn&event=socket&live=1",
      act: (page) => page.locator(".log-lines summary").first().click(),
    }),
    visit(admin, "/admin/design"),
    visit(admin, "/admin/two-factor"),
    visit(admin, "/invites"),
    also(admin, "/invites", "made", {
      async act(page) {
        await page.locator("[name=action][value=create]").click();
        await page.locator("svg.qr").waitFor();
      },
    }),
  ];
}

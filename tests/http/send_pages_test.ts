import assert from "node:assert/strict";
import { type CommandDetail, type Params, Refusal } from "../../lib/protocol/mod.ts";
import { as, form, withPages } from "../fakes/pages.ts";
import { assertNoMarkup, nasty } from "../fakes/markup.ts";
import type { FakeServices } from "../fakes/services.ts";
import { told } from "../fakes/told.ts";

const draft = { key: "form-1", to: "bob", kind: "task", title: "Water", requires: "none", zone: "UTC" };

function inGroup(fake: FakeServices, role: "owner" | "sender" | "member") {
  const since = "2026-01-01T00:00:00.000Z";
  fake.world.groups.push({
    name: `of-${role}s`,
    title: `Those ${role}s`,
    createdAt: since,
    members: [{ username: "ann", displayName: "ann", role, since }],
  });
}

function mayBroadcast(fake: FakeServices, username: string) {
  const person = fake.world.people.get(username);
  assert.ok(person !== undefined);
  person.user.rights = { broadcast: true };
}

/** Has every send and preview of the fake noted with its audience. */
function audiences(fake: FakeServices) {
  return fake.world.calls.filter(({ method }) => method === "command.send" || method === "command.preview")
    .map(({ method, params }) => [method, (params as Params<"command.send">).audience]);
}

Deno.test("BR-2: the send form offers the groups that one may send to, and everyone only with the right", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    const plain = await (await send("/send", as(cookie))).text();
    assert.ok(!plain.includes('name="audience"') && plain.includes('name="to"'));
    inGroup(fake, "member");
    assert.ok(!(await (await send("/send", as(cookie))).text()).includes('name="audience"'));
    inGroup(fake, "sender");
    inGroup(fake, "owner");
    const html = await (await send("/send?group=of-owners", as(cookie))).text();
    assert.ok(html.includes('value="of-senders"') && html.includes("Those owners (1)"));
    assert.ok(!html.includes('value="of-members"'));
    assert.match(html, /name="audience" value="group" checked/);
    assert.match(html, /<option value="of-owners" selected/);
    assert.ok(!html.includes('name="audience" value="all"'));
    mayBroadcast(fake, "ann");
    const all = await (await send("/send", as(cookie))).text();
    assert.ok(all.includes('name="audience" value="all"') && all.includes('name="audienceCategory"'));
  });
});

Deno.test("BR-1: each audience is sent as what was chosen, whatever else was filled in", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    const filled = { ...draft, group: "readers", audienceCategory: "feet" };
    for (const audience of ["user", "group", "category", "all"]) {
      const answer = await send("/send", form({ ...filled, audience }, cookie));
      assert.equal(answer.status, 303, audience);
    }
    assert.deepEqual(audiences(fake).map(([, audience]) => audience), [
      { kind: "user", to: ["bob"] },
      { kind: "group", group: "readers" },
      { kind: "category", category: "feet" },
      { kind: "all" },
    ]);
    const none = await send("/send", form({ ...draft, audience: "group" }, cookie));
    assert.equal(none.status, 400);
    assert.equal((await send("/send", form({ ...draft, audience: "nobody" }, cookie))).status, 400);
  });
});

Deno.test("BR-3: a preview sends nothing, says whom it would reach, and keeps what was typed", async () => {
  await withPages(async (send, fake) => {
    mayBroadcast(fake, "ann");
    const cookie = fake.cookieOf("ann");
    fake.services.commands.preview = (_caller, params) => {
      fake.world.calls.push({ method: "command.preview", params });
      return Promise.resolve({
        matched: 12,
        online: 3,
        offline: 9,
        excluded: { "category:feet": 7, blocked_user: "<5", [nasty]: 6 },
      });
    };
    const fields = { ...draft, audience: "all", do: "preview" };
    const response = await send("/send", form(fields, cookie));
    assert.equal(response.status, 200);
    const html = await response.text();
    assert.ok(html.includes("For 12 people: 3 online, 9 offline."));
    assert.ok(html.includes("They do not allow feet: 7") && html.includes("They blocked you: fewer than 5"));
    assert.ok(html.includes('value="Water"') && html.includes('value="form-1"'));
    assertNoMarkup(html);
    assert.deepEqual(audiences(fake), [["command.preview", { kind: "all" }]]);
    const wrong = await send("/send", form({ ...fields, title: "x".repeat(121) }, cookie));
    assert.equal(wrong.status, 400);
    assert.ok((await wrong.text()).includes('id="title-error"'));
  });
});

Deno.test("CM-5: every thing that can be asked back has a plain sentence", async () => {
  await withPages(async (send, fake) => {
    const html = await (await send("/send", as(fake.cookieOf("ann")))).text();
    for (const requires of ["none", "confirmation", "proof", "review"]) {
      assert.match(
        html,
        new RegExp(`name="requires" value="${requires}"[^]*?class="hint">[A-Z][^<]+\\.</span>`),
      );
    }
  });
});

Deno.test("CM-8: times of the form are read in the zone of the profile", async () => {
  await withPages(async (send, fake) => {
    fake.world.profiles.set("ann", {
      username: "ann",
      displayName: "ann",
      bio: "",
      pronouns: "",
      timeZone: "Asia/Kolkata",
      language: "en",
      avatar: null,
    });
    const cookie = fake.cookieOf("ann");
    for (const path of ["/send", "/"]) {
      if (path === "/") fake.world.inbox.push(fake.item(fake.command("bob"), "seen"));
      assert.match(await (await send(path, as(cookie))).text(), /name="zone" value="Asia\/Kolkata"/);
    }
    const quiet = await (await send("/preferences", as(cookie))).text();
    assert.ok(quiet.includes("Asia/Kolkata"));
  });
});

const review: CommandDetail["recipients"] = [
  {
    username: "bob",
    displayName: "bob",
    state: "submitted",
    updatedAt: "2026-01-02T00:00:00.000Z",
    note: "All watered.",
    proof: [],
    review: { accept: false, note: "The first one is dry.", at: "2026-01-01T12:00:00.000Z" },
  },
  {
    username: "carl",
    displayName: "carl",
    state: "seen",
    updatedAt: "2026-01-01T00:00:00.000Z",
    note: null,
    proof: [],
  },
];

Deno.test("CM-5: what was handed in is accepted or given back with a note, on both pages", async () => {
  await withPages(async (send, fake) => {
    const cookie = fake.cookieOf("ann");
    const command = fake.command("ann", { requires: "review" });
    fake.world.outbox.push({ command, totals: { submitted: 1, seen: 1 }, recipients: review });
    const asked: unknown[] = [];
    fake.services.commands.review = (_caller, params) => {
      asked.push(params);
      return Promise.resolve({ recipient: { ...review[0]!, state: "returned" } });
    };
    for (const path of ["/sent", `/sent/${command.id}`]) {
      const html = await (await send(path, as(cookie))).text();
      assert.ok(html.includes("“All watered.”"));
      assert.ok(
        html.includes("You returned it: “The first one is dry.”"),
        "the sender's words are the sender's",
      );
      assert.equal(html.match(/name="verdict" value="accept"/g)?.length, 1, "only who handed in");
      const fields = { id: command.id, recipient: "bob", note: "Also the small one." };
      const back = await send(path, form({ ...fields, verdict: "return" }, cookie));
      assert.equal(back.headers.get("location"), `${path}?notice=returned`);
      const taken = await send(path, form({ ...fields, note: "", verdict: "accept" }, cookie));
      assert.equal(taken.headers.get("location"), `${path}?notice=reviewed`);
    }
    const { id } = command;
    assert.deepEqual(asked.slice(0, 2), [
      { id, recipient: "bob", accept: false, note: "Also the small one." },
      { id, recipient: "bob", accept: true, note: null },
    ]);
    fake.services.commands.review = () =>
      Promise.resolve(new Refusal("conflict", told("Nothing to review.")));
    const refused = await send("/sent", form({ id, recipient: "bob", verdict: "accept" }, cookie));
    assert.equal(refused.status, 409);
    assert.match(await refused.text(), /<article[^]*Nothing to review\.[^]*<\/article>/);
  });
});

Deno.test("CM-7: totals are a bar without inline styles, with the same in words", async () => {
  await withPages(async (send, fake) => {
    const command = fake.command("ann", { audience: { kind: "group", name: "readers" } });
    fake.world.outbox.push({ command, totals: { completed: 3, queued: 1 } });
    const html = await (await send("/sent", as(fake.cookieOf("ann")))).text();
    assert.ok(html.includes("To the group readers"));
    assert.match(html, /<rect class="step-done" x="0" y="0" width="750" height="10"/);
    assert.match(html, /<rect class="step-waiting" x="750" y="0" width="250" height="10"/);
    assert.ok(html.includes("3 done") && html.includes("1 waiting"));
    assert.ok(!html.includes("style="));
  });
});

Deno.test("CM-7: a sent command's page shows its timeline, to its sender only", async () => {
  await withPages(async (send, fake) => {
    const command = fake.command("ann", { title: nasty });
    fake.world.outbox.push({ command, totals: { submitted: 1 }, recipients: review });
    const at = "2026-01-01T00:00:00.000Z";
    const own = fake.services.commands.get;
    fake.services.commands.get = async (caller, params) => {
      const detail = await own(caller, params);
      return detail instanceof Refusal
        ? detail
        : { ...detail, timeline: [{ at, state: "declined", who: nasty, note: nasty }] };
    };
    const path = `/sent/${command.id}`;
    const html = await (await send(path, as(fake.cookieOf("ann")))).text();
    assertNoMarkup(html);
    assert.match(html, /class="timeline"[^]*Declined[^]*datetime="2026-01-01/i);
    assert.equal((await send(path, as(fake.cookieOf("bob")))).status, 404);
    for (
      const wrong of ["/sent/01JGFJJZ00000000000000000Z", "/sent/x", `/sent/${encodeURIComponent(nasty)}`]
    ) {
      const response = await send(wrong, as(fake.cookieOf("ann")));
      assert.equal(response.status, 404, wrong);
      assertNoMarkup(await response.text());
    }
    const cancelled = await send(path, form({ id: "another" }, fake.cookieOf("ann")));
    assert.equal(cancelled.headers.get("location"), `${path}?notice=cancelled`);
    assert.deepEqual(fake.world.calls.at(-1), { method: "command.cancel", params: { id: command.id } });
  });
});

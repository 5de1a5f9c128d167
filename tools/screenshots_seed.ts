import { complain } from "../lib/platform/console.ts";
import type { Caller } from "../lib/platform/mod.ts";
import { Refusal } from "../lib/protocol/mod.ts";
import type { Services } from "../lib/web/mod.ts";

/** The administrator whom the configuration makes. */
export const adminLogin = { username: "demo-admin", password: "a password of pictures" };

const othersPassword = "correct horse battery";

const origin = { address: "127.0.0.1", device: "web", requestId: "screenshots" };

/** Two people who send each other what the pages can show. */
export async function seed(services: Services): Promise<void> {
  const admin = await callerFor(services, adminLogin.username);
  const ann = await callerFor(services, "demo-ann");
  const bob = await callerFor(services, "demo-bob");
  const { invite } = good(await services.invites.create(admin, { uses: 25 }));
  for (const username of ["carla-with-a-rather-long-name", "dov"]) {
    good(
      await services.accounts.register(origin, { username, password: othersPassword, adult: true, invite }),
    );
  }
  const carla = await callerFor(services, "carla-with-a-rather-long-name");
  const dov = await callerFor(services, "dov");
  good(
    await services.contacts.request(carla, {
      username: "demo-ann",
      note: "We met at the market <b>hall</b>.",
    }),
  );
  good(await services.contacts.request(ann, { username: "dov" }));
  good(await services.contacts.accept(dov, { username: "demo-ann" }));
  good(
    await services.preferences.set(ann, { categories: { feet: "ask" }, quietHours: null, shareLimits: true }),
  );
  const until = new Date(services.clock.now() + 3 * 24 * 3600_000).toISOString();
  good(await services.grants.set(ann, { to: { user: "dov" }, categories: { censored: "allow" }, until }));
  good(
    await services.grants.set(dov, {
      to: { user: "demo-ann" },
      categories: { feet: "allow" },
      shown: true,
      until,
    }),
  );
  const now = services.clock.now();
  const at = (hours: number) => new Date(now + hours * 3600_000).toISOString();
  const toAnn = { kind: "user" as const, to: ["demo-ann"] };
  const toBob = { kind: "user" as const, to: ["demo-bob", "dov"] };
  const drafts = [
    { key: "1", audience: toAnn, kind: "message", body: "The train is ten minutes late.\nGo on without me." },
    {
      key: "2",
      audience: toAnn,
      kind: "task",
      title: "Water the plants by the window, all of them, also the small one",
      body: "Half a can each.",
      dueAt: at(5),
    },
    {
      key: "3",
      audience: toAnn,
      kind: "link",
      title: "The house by the lake",
      body: "Is this the one?",
      data: {
        href: "https://example.org/houses/a-very-long-path-that-goes-on-and-on/and-on/1234567890?room=2",
      },
    },
    {
      key: "4",
      audience: toAnn,
      kind: "task",
      title: "Hidden until opened",
      categories: ["feet"],
      dueAt: at(30),
    },
  ];
  for (const draft of drafts) good(await services.commands.send(bob, draft));
  good(
    await services.commands.send(ann, { key: "1", audience: toBob, kind: "task", title: "Bring the ladder" }),
  );
  const sent = good(
    await services.commands.send(ann, {
      key: "2",
      audience: { kind: "user", to: ["demo-bob"] },
      kind: "message",
      body: "<script>alert(1)</script> is only text here.",
    }),
  );
  good(await services.commands.update(bob, { id: sent.command.id, state: "completed" }));
  const fence = await seedAnswers(services, ann, bob, dov);
  await seedQuestions(services, ann, bob, dov);
  await seedTalks(services, ann, bob, dov);
  await seedGroups(services, admin, { ann, bob, dov });
  await seedAdmin(services, admin);
  await seedReports(services, { ann, bob, dov }, fence);
}

/** Cases in the moderators' queue: one with a snapshot, one of several people. */
async function seedReports(
  { reports }: Services,
  { ann, bob, dov }: { ann: Caller; bob: Caller; dov: Caller },
  fence: string,
): Promise<void> {
  const note = "I asked twice to be left alone. It goes on every evening.";
  good(await reports.create(ann, { about: { command: fence }, reason: "harassment", note }));
  for (const by of [ann, bob, dov]) {
    good(await reports.create(by, { about: { user: "carla-with-a-rather-long-name" }, reason: "spam" }));
  }
  good(await reports.create(bob, { about: { group: "readers" }, reason: "other", note: "Who runs this?" }));
}

/** What was handed in, given back and put off. */
async function seedAnswers(services: Services, ann: Caller, bob: Caller, dov: Caller): Promise<string> {
  const { commands } = services;
  const task = { kind: "task", audience: { kind: "user" as const, to: ["demo-ann"] } };
  const fence = good(
    await commands.send(bob, { ...task, key: "5", title: "Paint the fence", requires: "review" }),
  );
  const { id } = fence.command;
  good(await commands.update(ann, { id, state: "accepted" }));
  good(await commands.update(ann, { id, state: "submitted", note: "One coat, all around." }));
  good(
    await commands.review(bob, {
      id,
      recipient: "demo-ann",
      accept: false,
      note: "One more coat on the south side, please.",
    }),
  );
  const proof = good(
    await commands.send(bob, { ...task, key: "6", title: "Count the chairs", requires: "proof" }),
  );
  good(await commands.update(ann, { id: proof.command.id, state: "accepted" }));
  const long = good(await commands.send(bob, { ...task, key: "7", title: "Long done" }));
  good(await commands.update(ann, { id: long.command.id, state: "completed" }));
  const shelves = good(
    await commands.send(ann, {
      key: "3",
      kind: "task",
      title: "Put up the shelves",
      audience: { kind: "user", to: ["demo-bob", "dov"] },
      requires: "review",
    }),
  );
  for (const who of [bob, dov]) {
    good(await commands.update(who, { id: shelves.command.id, state: "accepted" }));
  }
  good(
    await commands.update(bob, {
      id: shelves.command.id,
      state: "submitted",
      note: "Three of them, level, beside the door.",
    }),
  );
  return id;
}

/** CM-9: what asks for an answer, answered and not. */
async function seedQuestions({ commands }: Services, ann: Caller, bob: Caller, dov: Caller): Promise<void> {
  const toAnn = { audience: { kind: "user" as const, to: ["demo-ann"] } };
  const options = ["Chocolate", "Apple and a good deal of cinnamon", "None, thank you"]
    .map((label, at) => ({ id: String(at + 1), label }));
  good(
    await commands.send(bob, { ...toAnn, key: "8", kind: "choice", title: "Which cake?", data: { options } }),
  );
  const fields = [
    { id: "name", type: "text", label: "Name on the list", required: true },
    { id: "dish", type: "choice", label: "What do you bring?", options },
    { id: "people", type: "number", label: "How many are you?", required: true },
    { id: "day", type: "date", label: "Which day suits you best?" },
    { id: "car", type: "yesno", label: "Can you take someone along?" },
    { id: "more", type: "long", label: "Anything else?" },
  ];
  good(
    await commands.send(bob, {
      ...toAnn,
      key: "9",
      kind: "form",
      title: "The picnic",
      body: "Two questions, and four more.",
      data: { fields },
      requires: "review",
    }),
  );
  const timer = { ...toAnn, key: "10", kind: "timer", title: "Breathe slowly", data: { seconds: 5400 } };
  const { id } = good(await commands.send(bob, timer)).command;
  good(await commands.update(ann, { id, state: "accepted" }));
  const days = ["Monday", "Tuesday"].map((label, at) => ({ id: String(at + 1), label }));
  const meet = good(
    await commands.send(ann, {
      key: "11",
      kind: "form",
      title: "When shall we meet?",
      audience: { kind: "user", to: ["demo-bob", "dov"] },
      data: {
        fields: [
          { id: "day", type: "choice", label: "Which day?", options: days },
          { id: "late", type: "yesno", label: "Also late in the evening?" },
          { id: "word", type: "text", label: "Anything else?" },
        ],
      },
    }),
  );
  for (const [who, day] of [[bob, "1"], [dov, "2"]] as const) {
    const answer = { day, late: true, word: `Day ${day} is the day.` };
    good(await commands.update(who, { id: meet.command.id, state: "completed", answer }));
  }
}

/** Talks with what they can show: links, long words, a message taken back, new ones. */
async function seedTalks(
  { chat, preferences }: Services,
  ann: Caller,
  bob: Caller,
  dov: Caller,
): Promise<void> {
  for (const who of [ann, bob]) good(await preferences.set(who, { shareRead: true, shareWriting: true }));
  let key = 0;
  const say = async (from: Caller, to: string, body: string) =>
    good(await chat.send(from, { key: `talk-${key++}`, to, body })).message;
  await say(dov, "demo-ann", "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen, and a <b>tag</b>.");
  await say(bob, "demo-ann", "Could you photograph the drawer before it gets mixed up again?");
  const asked = await say(ann, "demo-bob", "I will. Before or after the big forks?");
  await say(bob, "demo-ann", "After.\nThe plan is at https://example.org/plans/kitchen?drawer=2.");
  good(await chat.retract(ann, await say(ann, "demo-bob", "Not this.").then(({ id }) => ({ id }))));
  good(await chat.list(bob, { with: "demo-ann" }));
  good(await chat.read(bob, { with: "demo-ann", upTo: asked.id }));
  const page = good(await chat.list(ann, { with: "demo-bob" }));
  good(await chat.read(ann, { with: "demo-bob", upTo: page.messages.at(-1)!.id }));
  await say(bob, "demo-ann", "Wait, I am looking for the right picture.");
}

async function seedGroups(
  { groups, commands }: Services,
  admin: Caller,
  { ann, bob, dov }: Record<"ann" | "bob" | "dov", Caller>,
): Promise<void> {
  for (
    const [name, title] of [["readers", "Reading circle"], ["choir", "Choir of the lower town"]] as const
  ) {
    good(await groups.create(admin, { name, title }));
  }
  good(await groups.setMember(admin, "readers", "demo-ann", { role: "owner" }));
  good(await groups.setMember(admin, "readers", "demo-bob", { role: "sender" }));
  good(await groups.setMember(admin, "readers", "dov", { role: "member" }));
  good(await groups.setMember(admin, "choir", "demo-ann", { role: "member" }));
  for (const who of [ann, bob]) good(await groups.accept(who, { group: "readers" }));
  const chapter = await commands.send(ann, {
    key: "4",
    kind: "message",
    title: "Chapter four",
    audience: { kind: "group", group: "readers" },
  });
  if (chapter instanceof Refusal) complain(`A group's command is refused: ${chapter.message}`);
  good(await groups.accept(dov, { group: "readers" }));
}

async function seedAdmin({ users, categories, commands }: Services, admin: Caller): Promise<void> {
  good(await users.change(admin, "demo-ann", { rights: { broadcast: true } }));
  good(await users.change(admin, "demo-bob", { role: "moderator" }));
  const carla = "carla-with-a-rather-long-name";
  good(await users.sanction(admin, carla, { kind: "warn", reason: "Three times the same to everybody." }));
  good(
    await users.sanction(admin, carla, {
      kind: "mute",
      reason: "And again.",
      until: new Date(Date.now() + 7 * 24 * 3600_000).toISOString(),
    }),
  );
  const mistaken = good(await users.sanction(admin, carla, { kind: "mute", reason: "Too loud." }));
  good(await users.lift(admin, carla, mistaken.id, "It was someone else."));
  good(
    await categories.add(admin, {
      slug: "gardens",
      title: "Gardens",
      description: "Plants, fences and what grows between them.",
    }),
  );
  good(await categories.change(admin, "censored", { retired: true }));
  const broadcast = await commands.send(admin, {
    key: "1",
    kind: "message",
    title: "Welcome",
    body: "Say hello to each other.",
    audience: { kind: "all" },
  });
  if (broadcast instanceof Refusal) complain(`A broadcast is refused: ${broadcast.message}`);
}

/** The token of a new session of one of the people here. */
export async function tokenFor({ accounts, demo }: Services, username: string): Promise<string> {
  const password = username === adminLogin.username
    ? adminLogin.password
    : demo?.usernames.includes(username)
    ? demo.password
    : othersPassword;
  return good(await accounts.login(origin, { username, password })).token;
}

export async function callerFor(services: Services, username: string): Promise<Caller> {
  const token = await tokenFor(services, username);
  return good(await services.accounts.authenticate(token, origin, ["suspended"]));
}

export function good<T>(value: T | Refusal): T {
  if (value instanceof Refusal) {
    throw new Error(`${value.kind}: ${value.message} ${JSON.stringify(value.detail)}`);
  }
  return value;
}

import type { Config } from "../../lib/config/mod.ts";
import { type Caller, Ids, iso, silentLog } from "../../lib/platform/mod.ts";
import {
  type CommandDetail,
  type CommandState,
  type ContactList,
  type FileObject,
  type Grant,
  type ListItem,
  type OwnSanction,
  type Preferences,
  Refusal,
  type Session,
  type User,
} from "../../lib/protocol/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { emptyAccountWorld, fakeAccountServices, type FakeAccountWorld } from "./account_services.ts";
import { emptyAdminWorld, fakeAdminServices, type FakeAdminWorld } from "./admin_services.ts";
import { FakeClock, fakeStartMs } from "./clock.ts";
import { type Asked, fakeConsent } from "./consent_services.ts";
import { addFile, emptyFileWorld, fakeFileServices, type FakeFileWorld } from "./file_services.ts";
import { seededRandom } from "./random.ts";
import { told } from "./told.ts";
import { emptyInviteWorld, fakeInvites, type FakeInviteWorld } from "./invite_services.ts";
import { trusting } from "./trusting.ts";

export const fakePassword = "correct horse battery";
export const fakeSetupToken = "setup-token";

/** What page tests set up and look at. */
export interface FakeWorld extends FakeInviteWorld, FakeAccountWorld, FakeAdminWorld, FakeFileWorld {
  /** Token to username. */
  tokens: Map<string, string>;
  inbox: ListItem[];
  outbox: ListItem[];
  contacts: ContactList;
  preferences: Preferences;
  grants: Grant[];
  sessions: Session[];
  stoppedSince: string | null;
  ownSanctions: OwnSanction[];
  setupPending: boolean;
  /** What services were asked, in order. */
  calls: { method: string; params: unknown }[];
  /** The next call of a method is refused with this. */
  refuse: Map<string, Refusal>;
}

export interface FakeServices {
  services: Services;
  world: FakeWorld;
  clock: FakeClock;
  /** A logged-in person's cookie. */
  cookieOf(username: string): string;
  command(from: string, over?: Partial<FakeCommand>): FakeCommand;
  item(command: ListItem["command"], state: CommandState): ListItem;
  /** A file that is put into the world: ann's, clean and with this content unless said otherwise. */
  file(over?: Partial<FileObject>, content?: string | Uint8Array<ArrayBuffer>, owner?: string): FileObject;
}

export type FakeCommand = Exclude<ListItem["command"], { sealed: true }>;

const config: Config = {
  mode: "evaluation",
  host: "127.0.0.1",
  port: 0,
  origins: [],
  dataDir: "data",
  kv: ":memory:",
  heartbeatMs: 20_000,
  retentionDays: 14,
  rateRequests: 20,
  rateSends: 30,
  registration: "open",
  groups: "admins",
  admin: null,
  logLevel: "error",
  trustProxy: trusting("0"),
  uploadMaxBytes: 1024 * 1024,
  quotaBytes: 4 * 1024 * 1024,
  clamd: { host: "127.0.0.1", port: 3310 },
  csam: null,
  csamHashes: null,
  incomplete: "hold",
  scanConcurrency: 2,
  evidenceDays: 365,
  evidenceKey: "data/evidence.key",
  push: null,
  cybertip: { url: "https://exttest.cybertip.org/ispws", user: null, password: null },
};

const dayMs = 24 * 3600_000;

/** Services that keep everything in memory and decide nothing: pages can be tested without the rooms behind them. */
export function fakeServices(over: Partial<Config> = {}): FakeServices {
  const clock = new FakeClock();
  const ids = new Ids(clock, seededRandom(1));
  const world = emptyWorld();
  for (const username of ["ann", "bob"]) addPerson(world, ids, username, fakePassword);

  /** Notes the call and gives the refusal that a test asked for, once. */
  const refusal = (method: string, params: unknown): Refusal | undefined => {
    world.calls.push({ method, params });
    const refused = world.refuse.get(method);
    world.refuse.delete(method);
    return refused;
  };
  const asked = <P, R>(method: string, answer: (params: P) => R) => (_caller: Caller, params: P) =>
    Promise.resolve(refusal(method, params) ?? answer(params));

  const whole = { ...config, ...over };
  /** Notes a call that takes nothing but its caller. */
  const noted = (method: string) => void world.calls.push({ method, params: {} });
  const services: Services = {
    config: whole,
    clock,
    log: silentLog,
    demo: over.mode === "production"
      ? null
      : { usernames: ["demo-ann", "demo-bob"], password: "demo password" },
    requestId: () => ids.next(),
    accounts: fakeAccounts(world, ids, refusal),
    invites: fakeInvites(world, clock, ids, refusal, whole.registration),
    ...fakeConsent(world, asked),
    ...fakeAccountServices(world, refusal),
    ...fakeAdminServices(world, clock, ids, refusal),
    ...fakeFileServices(world, whole, clock, ids, refusal),
    commands: fakeCommands(world, refusal, asked),
    safety: {
      stop() {
        noted("safety.stop");
        world.stoppedSince = iso(clock.now());
        return Promise.resolve({ stopped: true, since: world.stoppedSince });
      },
      resume() {
        noted("safety.resume");
        world.stoppedSince = null;
        return Promise.resolve({ stopped: false });
      },
      stoppedSince: () => Promise.resolve(world.stoppedSince),
      isUnsaved: () => false,
    },
    sanctions: {
      list: () => Promise.resolve({ sanctions: world.ownSanctions }),
      read(_caller, id) {
        const refused = refusal("sanction.read", { id });
        if (refused !== undefined) return Promise.resolve(refused);
        world.ownSanctions = world.ownSanctions.filter((one) => one.id !== id);
        return Promise.resolve({ sanctions: world.ownSanctions });
      },
    },
    realtime: {
      open: (socket) => socket.close(1000),
      shutdown: () => Promise.resolve(),
      connections: () => 0,
    },
    push: {
      state: () => ({ key: null }),
      subscribe: (_caller, body) => Promise.resolve(refusal("push.subscribe", body) ?? true),
      unsubscribe: (_caller, body) => {
        world.calls.push({ method: "push.unsubscribe", params: body });
        return Promise.resolve();
      },
    },
    health: { ready: () => Promise.resolve({ ready: true, checks: [] }) },
  };

  return {
    services,
    world,
    clock,
    cookieOf(username) {
      const token = `token-${username}`;
      world.tokens.set(token, username);
      return `behest_session=${token}`;
    },
    command: (from, over = {}) => ({
      id: ids.next(),
      kind: "task",
      title: "Water the plants",
      body: "The ones by the window.",
      data: null,
      categories: ["general"],
      attachments: [],
      from: { id: ids.next(), username: from, displayName: from },
      audience: { kind: "user" },
      createdAt: iso(clock.now()),
      deliverAt: null,
      dueAt: null,
      expiresAt: iso(fakeStartMs + 14 * dayMs),
      requires: "none",
      ...over,
    }),
    item: (command, state) => ({
      command,
      state: { state, updatedAt: command.createdAt, until: null, note: null, allowedBy: "contacts" },
    }),
    file: (over, content, owner) => addFile(world, clock, ids, over, content, owner),
  };
}

function emptyWorld(): FakeWorld {
  return {
    ...emptyInviteWorld(),
    ...emptyAccountWorld(),
    ...emptyAdminWorld(),
    ...emptyFileWorld(),
    people: new Map(),
    tokens: new Map(),
    inbox: [],
    outbox: [],
    contacts: { contacts: [], incoming: [], outgoing: [] },
    preferences: {
      categories: { general: "allow", censored: "block", feet: "block" },
      acceptFrom: "contacts",
      broadcasts: true,
      blockedUsers: [],
      quietHours: null,
      dailyLimit: null,
      shareLimits: false,
    },
    grants: [],
    sessions: [],
    stoppedSince: null,
    ownSanctions: [],
    setupPending: false,
    calls: [],
    refuse: new Map(),
  };
}

function addPerson(world: FakeWorld, ids: Ids, username: string, password: string): User {
  const user: User = {
    id: ids.next(),
    username,
    displayName: username,
    role: "member",
    rights: { broadcast: false },
    createdAt: iso(fakeStartMs),
  };
  world.people.set(username, { user, password });
  return user;
}

type Refuse = (method: string, params: unknown) => Refusal | undefined;

function fakeAccounts(world: FakeWorld, ids: Ids, refusal: Refuse): Services["accounts"] {
  const unauthorized = () => new Refusal("unauthorized", told("Username or password is wrong."));
  const expiresAt = iso(fakeStartMs + dayMs);
  const callerOf = (username: string, device: string, address: string, requestId: string) => {
    const person = world.people.get(username);
    if (person === undefined) return unauthorized();
    const { id: userId, displayName, role, rights } = person.user;
    const sessionId = "01JGFJJZ00000000000000000A";
    return {
      userId,
      username,
      displayName,
      role,
      rights,
      sessionId,
      device,
      address,
      requestId,
      sessionExpiresAt: expiresAt,
    };
  };
  return {
    register: (_origin, body) =>
      Promise.resolve(refusal("register", body) ?? addPerson(world, ids, body.username, body.password)),
    login(_origin, { username, password }) {
      const refused = refusal("login", { username });
      const person = world.people.get(username.toLowerCase());
      if (refused !== undefined) return Promise.resolve(refused);
      if (person === undefined || person.password !== password) return Promise.resolve(unauthorized());
      const { user } = person;
      world.tokens.set(`token-${user.username}`, user.username);
      const deviceToken = `device-${user.username}`;
      return Promise.resolve({ token: `token-${user.username}`, expiresAt, user, deviceToken });
    },
    authenticate(token, origin) {
      const refused = refusal("authenticate", {});
      const username = world.tokens.get(token);
      if (refused !== undefined) return Promise.resolve(refused);
      if (username === undefined) return Promise.resolve(new Refusal("unauthorized", "login.none"));
      return Promise.resolve(callerOf(username, origin.device, origin.address, origin.requestId));
    },
    issueTicket: () => Promise.resolve({ ticket: "ticket", expiresAt }),
    logout(caller) {
      world.tokens.delete(`token-${caller.username}`);
      return Promise.resolve();
    },
    sessions: () => Promise.resolve({ sessions: world.sessions, misused: [] }),
    revokeOthers: () => Promise.resolve(),
    redeemTicket: () => Promise.resolve(unauthorized()),
    renew: () => Promise.resolve(unauthorized()),
    revoke: (_caller, id) => Promise.resolve(refusal("revoke", { id }) ?? true),
    changePassword: (_caller, body) =>
      Promise.resolve(refusal("changePassword", body) ?? { deviceToken: "device-new" }),
    user: (caller) => Promise.resolve(world.people.get(caller.username)?.user ?? unauthorized()),
    setUp(_origin, token, body) {
      const refused = refusal("setUp", body);
      if (refused !== undefined) return Promise.resolve(refused);
      if (token !== fakeSetupToken) {
        return Promise.resolve(new Refusal("not_found", told("This setup link does not work.")));
      }
      world.setupPending = false;
      return Promise.resolve(addPerson(world, ids, body.username, body.password));
    },
    setupPending: () => Promise.resolve(world.setupPending),
  };
}

function fakeCommands(world: FakeWorld, refusal: Refuse, asked: Asked): Services["commands"] {
  const missing = () => new Refusal("not_found", "command.missing");
  const detail = (id: string): CommandDetail | undefined => {
    const item = [...world.inbox, ...world.outbox].find((one) => one.command.id === id);
    return item === undefined ? undefined : { ...item, timeline: [] };
  };
  return {
    send: (caller, draft) => {
      const refused = refusal("command.send", draft);
      if (refused !== undefined) return Promise.resolve(refused);
      const command: FakeCommand = {
        id: "01JGFJJZ00000000000000000B",
        kind: draft.kind,
        title: draft.title ?? null,
        body: draft.body ?? null,
        data: draft.data ?? null,
        categories: draft.categories ?? ["general"],
        attachments: [],
        from: { id: caller.userId, username: caller.username, displayName: caller.displayName },
        audience: { kind: "user" },
        createdAt: iso(fakeStartMs),
        deliverAt: draft.deliverAt ?? null,
        dueAt: draft.dueAt ?? null,
        expiresAt: draft.expiresAt ?? iso(fakeStartMs + 14 * dayMs),
        requires: draft.requires ?? "none",
      };
      world.outbox.unshift({ command, totals: { queued: 1 }, recipients: [] });
      return Promise.resolve({ command, audience: { matched: 1, online: 0, offline: 1, excluded: {} } });
    },
    preview: asked("command.preview", () => ({ matched: 1, online: 0, offline: 1, excluded: {} })),
    update(_caller, params) {
      const refused = refusal("command.update", params);
      const item = world.inbox.find((one) => one.command.id === params.id);
      if (refused !== undefined || item?.state === undefined) return Promise.resolve(refused ?? missing());
      item.state = { ...item.state, state: params.state, until: params.until ?? null };
      return Promise.resolve({ command: item.command, state: item.state });
    },
    review: () => Promise.resolve(missing()),
    cancel(_caller, params) {
      const refused = refusal("command.cancel", params);
      const item = world.outbox.find((one) => one.command.id === params.id);
      if (refused !== undefined || item === undefined) return Promise.resolve(refused ?? missing());
      item.totals = { cancelled: 1 };
      return Promise.resolve({ id: params.id, totals: item.totals });
    },
    get: (_caller, { id }) => Promise.resolve(detail(id) ?? missing()),
    list(_caller, params) {
      world.calls.push({ method: "command.list", params });
      return Promise.resolve({ items: params.box === "inbox" ? world.inbox : world.outbox, next: null });
    },
    inboxList(_caller, params) {
      world.calls.push({ method: "inbox.list", params });
      return Promise.resolve({ items: world.inbox, next: null });
    },
  };
}

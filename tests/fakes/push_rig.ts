import assert from "node:assert/strict";
import { AppRig } from "./app_rig.ts";
import { settle } from "./clock.ts";
import { type FakeDevice, FakePushService, type Got } from "./push_service.ts";

/** The app with a push service of its own, and devices of people. */
export class PushRig implements AsyncDisposable {
  readonly app: AppRig;
  readonly service: FakePushService;
  /** Everything that was sent to devices, in order. */
  readonly texts: string[] = [];

  private constructor(app: AppRig, service: FakePushService) {
    this.app = app;
    this.service = service;
  }

  static async start(people: readonly string[] = ["ann", "bob"]): Promise<PushRig> {
    let now = () => Date.now();
    const service = FakePushService.open(() => now());
    const app = await AppRig.start({ people, env: service.env });
    now = () => app.clock.now();
    return new PushRig(app, service);
  }

  async subscribe(who: string, device = this.service.device()): Promise<FakeDevice> {
    // What came before rings nowhere: notices of requests are given after their answer (CO-10).
    await this.app.open.allTold();
    const { status } = await this.call(who, "POST", "/subscriptions", {
      ...device.subscription,
      device: `phone-of-${who}`,
    });
    assert.equal(status, 204);
    return device;
  }

  async call(who: string | null, method: string, path: string, body?: unknown) {
    const response = await this.app.send(`/api/v1/push${path}`, {
      method,
      headers: {
        ...who === null ? {} : this.app.bearerOf(who),
        ...body === undefined ? {} : { "content-type": "application/json" },
      },
      ...body === undefined ? {} : { body: JSON.stringify(body) },
    });
    const text = await response.text();
    return { status: response.status, json: text === "" ? null : JSON.parse(text) };
  }

  /** Lets everything that is on its way come to its end, with the jobs that are due. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) {
      await settle();
      await this.app.open.runDueJobs();
      await this.app.open.allTold();
    }
  }

  /** Time passes; the clock's timers and the jobs run. */
  async pass(ms: number): Promise<void> {
    await this.settled();
    await this.app.later(ms);
    await this.settled();
  }

  /** What a device got since the last look. */
  async told(device: FakeDevice): Promise<Got[]> {
    await this.settled();
    const got = device.take();
    this.texts.push(...got.map(({ text }) => text));
    return got;
  }

  /** The sentences of it. */
  async says(device: FakeDevice): Promise<(string | undefined)[]> {
    return (await this.told(device)).map(({ body }) => body.notification?.body);
  }

  choose(who: string, change: unknown) {
    return this.call(who, "PATCH", "/choices", change);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    assert.deepEqual(this.service.complaints, []);
    await this.app[Symbol.asyncDispose]();
    await this.service[Symbol.asyncDispose]();
  }
}

/** What a notification says of a command. */
export const something = "Something new is waiting.";

/** What a push says besides its tickets: those are sealed, and any letters can be in them. */
export function withoutTickets(text: string): string {
  return text.replaceAll(/\?ticket=[\w-]+/g, "");
}

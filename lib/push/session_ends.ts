import type { Background } from "./background.ts";
import type { DeviceRecords } from "./device_records.ts";
import type { PushPeople, PushStore } from "./ports.ts";

/** AU-6, AU-13: what the end or the renewal of logins does to the devices that they switched on. */
export class SessionEnds {
  readonly #store: Pick<PushStore, "of" | "ofSession" | "remove">;
  readonly #people: Pick<PushPeople, "hasSession">;
  readonly #records: DeviceRecords;
  readonly #background: Background;

  constructor(
    { store, people, records, background }: {
      store: Pick<PushStore, "of" | "ofSession" | "remove">;
      people: Pick<PushPeople, "hasSession">;
      records: DeviceRecords;
      background: Background;
    },
  ) {
    this.#store = store;
    this.#people = people;
    this.#records = records;
    this.#background = background;
  }

  /** Ends the subscriptions of a session. */
  ended(sessionId: string): void {
    this.#background.run("push.not_removed", async () => {
      for (const subscription of await this.#store.ofSession(sessionId)) {
        await this.#store.remove(subscription);
      }
    });
  }

  /** A device goes on beyond the time of its login, until somebody ends all logins of the account. */
  allEnded(userId: string): void {
    this.#background.run("push.not_removed", async () => {
      for (const { value } of await this.#store.of(userId)) {
        if (!await this.#people.hasSession(value.sessionId)) await this.#store.remove(value);
      }
    });
  }

  /** The session goes on, and the subscriptions with it. */
  renewed(sessionId: string, expiresAt: string): void {
    const sessionUntilMs = Date.parse(expiresAt);
    this.#background.run("push.not_renewed", async () => {
      for (const { userId, id } of await this.#store.ofSession(sessionId)) {
        await this.#records.change(
          userId,
          id,
          (device) => device.sessionId === sessionId ? { ...device, sessionUntilMs } : device,
        );
      }
    });
  }
}

import type { PushAnswered, PushDevice, PushDevices, PushSubscriptionBody } from "../protocol/push.ts";
import { Rest, type RestOptions } from "./rest.ts";

export type { PushAnswered, PushDevice, PushDevices, PushSubscriptionBody };

/** UI-12: the person's devices that are told of what is new, by Web Push or UnifiedPush (RFC 8030, 8291, 8292). */
export class Pushes {
  readonly #rest: Rest;

  constructor(options: RestOptions) {
    this.#rest = new Rest(options);
  }

  /** The server's public key, base64url, for whoever makes the subscription; null where it has notifications switched off. */
  async key(): Promise<string | null> {
    return (await this.#json<{ key: string | null }>("GET", "")).key;
  }

  /** Has a device told from now on, or renews it. Takes what `PushSubscription.toJSON()` or a UnifiedPush connector gives. */
  async subscribe(subscription: PushSubscriptionBody): Promise<void> {
    await this.#call("POST", "/subscriptions", subscription);
  }

  /** Has the device of this address told no more. */
  async unsubscribe(endpoint: string): Promise<void> {
    await this.#call("DELETE", "/subscriptions", { endpoint });
  }

  /** The devices, what their push services said last, and what holds everything now. For a login. */
  list(): Promise<PushDevices> {
    return this.#json("GET", "/subscriptions");
  }

  /** Sends a push to a device now, and tells what its push service said. For a login. */
  test(id: string): Promise<PushDevice> {
    return this.#json("POST", `/subscriptions/${encodeURIComponent(id)}/test`);
  }

  /** Has a device told no more, by its id. For a login. */
  async remove(id: string): Promise<void> {
    await this.#call("DELETE", `/subscriptions/${encodeURIComponent(id)}`);
  }

  /** Answers from a notification, by the `ticket` in the address of its button: once. */
  answer(ticket: string): Promise<PushAnswered> {
    return this.#json("POST", "/answers", { ticket });
  }

  async #json<T>(method: string, path: string, body?: object): Promise<T> {
    return await (await this.#call(method, path, body)).json() as T;
  }

  #call(method: string, path: string, body?: object): Promise<Response> {
    return this.#rest.call(`/api/v1/push${path}`, {
      method,
      ...body === undefined ? {} : {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      },
    });
  }
}

import { type Caller, iso } from "../platform/mod.ts";
import { type ChatMessage, limits, type Params, Refusal, say } from "../protocol/mod.ts";
import type { ChatHistory } from "./history.ts";
import type { Needs } from "./needs.ts";
import { ownView, reaches } from "./views.ts";

/** CH-3: takes messages back. A mark stays in their place; their text and files are gone. */
export class Retractions {
  readonly #needs: Needs;
  readonly #history: ChatHistory;

  constructor(needs: Needs, history: ChatHistory) {
    this.#needs = needs;
    this.#history = history;
  }

  async retract(
    caller: Caller,
    { id }: Params<"chat.retract">,
  ): Promise<{ message: ChatMessage } | Refusal> {
    const { store, bell, clock } = this.#needs;
    for (let tries = 0; tries <= limits.writeTries; tries++) {
      const found = await this.#history.find(caller, id);
      if (found instanceof Refusal) return found;
      const { record, place } = found.stored;
      if (record.senderId !== caller.userId) return new Refusal("forbidden", "chat.retractOwn");
      if (record.retractedAt !== null) return { message: ownView(record) };
      if (clock.now() >= Date.parse(record.createdAt) + limits.retractMs) {
        return new Refusal("expired", say("chat.retractLate", { minutes: limits.retractMs / 60_000 }));
      }
      const to = { ...record, body: "", attachments: [], retractedAt: iso(clock.now()), place };
      const tell = reaches(record) ? [record.senderId, record.recipientId] : [record.senderId];
      if (!await store.change({ from: found.stored, to, tell })) continue;
      for (const userId of tell) bell.ring(userId);
      return { message: ownView(to) };
    }
    return new Refusal("unavailable", "send.failed");
  }
}

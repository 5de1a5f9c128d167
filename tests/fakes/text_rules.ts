import { decideApproach, hidesText, newPreferences } from "../../lib/consent/mod.ts";
import { Refusal, say } from "../../lib/protocol/mod.ts";

/** People's rules for others' text, by user id: what consent and mutes would say. */
export class FakeTextRules {
  /** `id username`: the person and whom they block. */
  readonly blocks = new Set<string>();
  readonly stopped = new Set<string>();
  /** Those who accept commands from nobody. */
  readonly nobody = new Set<string>();
  /** Those who do not show when they are online. */
  readonly hidden = new Set<string>();
  readonly mutes = new Set<string>();

  readonly textRules = (userId: string) => {
    const blocked = [...this.blocks].filter((pair) => pair.startsWith(`${userId} `));
    const standing = {
      stopped: this.stopped.has(userId),
      preferences: {
        ...newPreferences,
        acceptFrom: this.nobody.has(userId) ? "nobody" as const : "contacts" as const,
        blockedUsers: blocked.map((pair) => pair.slice(userId.length + 1)),
      },
    };
    return Promise.resolve({
      showsOnline: !this.hidden.has(userId),
      approach: (from: string) => decideApproach(standing, from),
      hidesText: (from: string) => hidesText(standing, from),
    });
  };

  readonly muted = (userId: string): Refusal | null =>
    this.mutes.has(userId) ? new Refusal("forbidden", say("muted", { reason: "test" })) : null;
}

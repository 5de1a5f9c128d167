import { auditEntryOf, type Caller } from "../platform/mod.ts";
import { type Answer, Refusal, type SanctionReason } from "../protocol/mod.ts";
import type { ReasonStore } from "./case_ports.ts";
import { hiddenFrom } from "./staff.ts";

/** Reasons that a new server offers. Administrators change them, and moderators the text of each decision. */
const offered: readonly SanctionReason[] = [
  { title: "Went on after being asked to stop", text: "You went on after you were asked to stop." },
  { title: "Insults or threats", text: "You insulted or threatened someone." },
  {
    title: "Sexual content without consent",
    text: "You sent sexual content to someone who did not agree to it.",
  },
  { title: "Pretended to be someone else", text: "You pretended to be someone else." },
  { title: "Advertising", text: "You sent advertising to people who did not ask for it." },
  { title: "Wrong category", text: "You sent something under a category that it does not belong to." },
  { title: "Illegal content", text: "You sent content that is illegal." },
  { title: "Other", text: "You broke the rules of this server." },
];

/** MO-7: reasons for sanctions: moderators choose from them, administrators keep them. */
export class SanctionReasons {
  readonly #store: ReasonStore;

  constructor(store: ReasonStore) {
    this.#store = store;
  }

  async list(caller: Caller): Answer<{ reasons: SanctionReason[] }> {
    const hidden = hiddenFrom(caller, "moderator");
    if (hidden !== null) return hidden;
    return { reasons: await this.#store.reasons() ?? [...offered] };
  }

  /** Replaces the whole list. */
  async set(caller: Caller, reasons: readonly SanctionReason[]): Answer<{ reasons: SanctionReason[] }> {
    const hidden = hiddenFrom(caller, "admin");
    if (hidden instanceof Refusal) return hidden;
    const entry = auditEntryOf(caller, "reasons.change", null, { count: reasons.length });
    await this.#store.setReasons(reasons, entry);
    return { reasons: [...reasons] };
  }
}

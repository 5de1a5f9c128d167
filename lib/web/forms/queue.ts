import type { Context } from "fresh";
import {
  checked,
  type QueueAction,
  type QueueDecision,
  queueDecision,
  queueNote,
  queueUndo,
  Refusal,
  sanctionKind,
  type SanctionReason,
} from "../../protocol/mod.ts";
import { wordsOf } from "../../words/mod.ts";
import type { TypedDecision } from "../../text/mod.ts";
import type { PersonState } from "../define.ts";

const dayMs = 24 * 3600_000;

export function typedDecision(form: URLSearchParams): TypedDecision {
  return {
    sanctions: sanctionKind.options.filter((kind) => form.getAll("sanction").includes(kind)),
    days: form.get("days") ?? "7",
    template: form.get("template") ?? "",
    text: lines(form.get("text")),
  };
}

/** What the buttons of an item do; the name of the notice, or a refusal. */
export type QueueDone = "claimed" | "released" | "decided" | "proposed" | "undone" | "noted";

export async function workOn(
  ctx: Context<PersonState>,
  id: string,
  form: URLSearchParams,
  reasons: readonly SanctionReason[],
): Promise<QueueDone | Refusal> {
  const { queue } = ctx.state.services;
  const { caller } = ctx.state;
  const action = form.get("action");
  switch (action) {
    case "claim":
      return said(await queue.claim(caller, id, {}), "claimed");
    case "release":
      return said(await queue.claim(caller, id, { release: true }), "released");
    case "note": {
      const body = checked(queueNote, { text: lines(form.get("text")) });
      return body instanceof Refusal ? body : said(await queue.note(caller, id, body.text), "noted");
    }
    case "undo": {
      const body = checked(queueUndo, { reason: lines(form.get("reason")) });
      return body instanceof Refusal ? body : said(await queue.undo(caller, id, body.reason), "undone");
    }
    default: {
      const decision = decisionOf(ctx, form, reasons);
      if (decision instanceof Refusal) return decision;
      const item = await queue.decide(caller, id, decision);
      return item instanceof Refusal
        ? item
        : item.decided === null && item.second !== null
        ? "proposed"
        : "decided";
    }
  }
}

function said(done: object | Refusal, notice: QueueDone): QueueDone | Refusal {
  return done instanceof Refusal ? done : notice;
}

/** By the name of the button. */
const outcomes = {
  apply: "upheld",
  second: "upheld",
  upheld: "upheld",
  dismiss: "dismissed",
  bad: "dismissed",
  fine: "fine",
  grant: "granted",
  refuse: "refused",
  remove: "removed",
  keep: "kept",
  falseRequest: "kept",
  releaseFile: "release",
  rejectFile: "reject",
} as const satisfies Record<string, QueueDecision["outcome"]>;

function decisionOf(
  { state: { services, language } }: Context<PersonState>,
  form: URLSearchParams,
  reasons: readonly SanctionReason[],
): QueueDecision | Refusal {
  const action = form.get("action") ?? "";
  if (!Object.hasOwn(outcomes, action)) return new Refusal("invalid_params", "form.buttons");
  const { sanctions, days, template, text } = typedDecision(form);
  const outcome = outcomes[action as keyof typeof outcomes];
  const length = Number(days);
  const until = Number.isSafeInteger(length) && length > 0
    ? new Date(services.clock.now() + length * dayMs).toISOString()
    : null;
  const actions: QueueAction[] = outcome === "upheld"
    // A warning ends when it is read.
    ? sanctions.map((kind) => ({ kind, until: kind === "warn" ? null : until }))
    : [];
  const offered = template === "" ? undefined : reasons[Number(template)]?.text;
  const isQuiet = outcome === "dismissed" || outcome === "fine";
  const { noReason, removedReason } = wordsOf(language).queue;
  const reason = text || (isQuiet ? noReason : outcome === "removed" ? removedReason : offered ?? "");
  return checked(queueDecision, {
    outcome,
    reason,
    ...(actions.length === 0 ? {} : { actions }),
    ...(action === "bad" || action === "falseRequest" ? { badFaith: true } : {}),
    ...(action === "second" ? { second: true } : {}),
  });
}

function lines(text: string | null): string {
  return text?.replaceAll("\r\n", "\n").trim() ?? "";
}

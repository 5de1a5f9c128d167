import type { Context } from "fresh";
import type { PersonState } from "../define.ts";
import { checked, type Command, type CommandDetail, methods, Refusal } from "../../protocol/mod.ts";
import type { Words } from "../../words/mod.ts";

type Asked =
  | { action: "cancel"; id: string }
  | { action: "review"; id: string; recipient: string; accept: boolean; note: string | null };

/** Whether nobody was handed a command yet, as far as its sender can see (CO-3). */
export function isUnhanded({ totals = {} }: Pick<CommandDetail, "totals">): boolean {
  return Object.entries(totals).every(([state, count]) =>
    count === 0 || state === "scheduled" || state === "queued"
  );
}

/** Cancels or reviews a command of the caller. Returns the name of the notice to show, or the refusal. */
export async function changeSent(
  ctx: Context<PersonState>,
  asked: Asked,
): Promise<"cancelled" | "reviewed" | "returned" | Refusal> {
  const { commands } = ctx.state.services;
  const caller = ctx.state.caller;
  if (asked.action === "cancel") {
    const params = checked(methods["command.cancel"].params, { id: asked.id });
    const done = params instanceof Refusal ? params : await commands.cancel(caller, params);
    return done instanceof Refusal ? done : "cancelled";
  }
  // What the API leaves to its callers: a person who gets work back reads why.
  if (!asked.accept && asked.note === null) {
    return new Refusal("invalid_params", "command.returnNote", { fields: { note: "field.returnNote" } });
  }
  const { action: _, ...fields } = asked;
  const params = checked(methods["command.review"].params, fields);
  const done = params instanceof Refusal ? params : await commands.review(caller, params);
  if (done instanceof Refusal) return done;
  return asked.accept ? "reviewed" : "returned";
}

/** Returns the name of the notice for a command that was just sent. */
export function sentNotice({ deliverAt, attachments }: Command): "sent" | "scheduled" | "checking" {
  if (deliverAt !== null) return "scheduled";
  return attachments.length === 0 ? "sent" : "checking";
}

const notices = ["sent", "checking", "scheduled", "cancelled", "edited", "reviewed", "returned"] as const;

/** What a redirect to a sent command may have to say: only these words, never text from the address. */
export function noticeOf(words: Words["sent"], url: URL): string | undefined {
  const asked = url.searchParams.get("notice");
  const notice = notices.find((one) => one === asked);
  return notice === undefined ? undefined : words[notice];
}

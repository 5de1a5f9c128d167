import { hasOwnEnd } from "../../commands/mod.ts";
import { type CommandDetail, isAsking } from "../../protocol/mod.ts";
import { localField } from "./form.ts";
import { copiedSend, draftOf, type TypedSend } from "./send.ts";
import { isUnhanded } from "./sent.ts";

/** CM-11: whether the sender is offered to change a command, as far as they can see (CO-3). The form knows the server's own kinds. */
export function isEditable(detail: Pick<CommandDetail, "command" | "totals">): boolean {
  const { command, totals = {} } = detail;
  if ("sealed" in command || command.kind.startsWith("x-")) return false;
  const [first, ...rest] = Object.entries(totals).filter(([, count]) => count > 0);
  if (first === undefined) return false;
  // A broadcast is changed until its release.
  if (command.audience.kind !== "user") return first[0] === "scheduled" && rest.length === 0;
  return isUnhanded(detail);
}

/** The form with the command as it is, its times in the zone. */
export function editedSend(
  detail: CommandDetail,
  zone: string,
  { now, retentionDays }: { now: number; retentionDays: number },
): TypedSend {
  const copied = copiedSend(detail, zone);
  const { command } = detail;
  if ("sealed" in command) return copied;
  const { dueAt, deliverAt, expiresAt, requires } = command;
  const times = {
    dueAt: localField(dueAt, zone),
    deliverAt: localField(deliverAt !== null && Date.parse(deliverAt) > now ? deliverAt : null, zone),
    expiresAt: localField(hasOwnEnd(command, retentionDays) ? expiresAt : null, zone),
  };
  const timed = Object.values(times).some((time) => time !== "") || requires !== "none";
  return { ...copied, ...times, timed };
}

/** What `command.edit` takes, unchecked. Times that were left alone keep their seconds, also when they have passed. */
export function changeIn(form: URLSearchParams, id: string, before: TypedSend): Record<string, unknown> {
  const { title = null, body = null, data, categories = [], attachments = [], kind, requires, ...draft } =
    draftOf(form);
  const asked = isAsking(String(kind)) || kind === "link";
  const times = (["dueAt", "deliverAt", "expiresAt"] as const)
    .filter((name) => (form.get(name) ?? "") !== before[name])
    .map((name) => [name, draft[name]]);
  return {
    id,
    kind,
    title,
    body,
    // What a program added to a plain command is not in the form, and stays.
    ...(asked ? { data } : kind === before.kind ? {} : { data: null }),
    categories,
    attachments,
    requires,
    ...Object.fromEntries(times),
  };
}

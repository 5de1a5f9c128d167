import type { Caller } from "../platform/mod.ts";
import { firstIdAt } from "../platform/ids.ts";
import type { CommandPage, ListItem, Params } from "../protocol/mod.ts";
import { isClosed } from "./lifecycle.ts";
import { pageOf, type Step } from "./page_reads.ts";
import type { Parts } from "./parts.ts";
import type { CommandRecord } from "./ports.ts";
import { isFoundBy, searchWords } from "./search_text.ts";
import type { SentCommands } from "./sent_commands.ts";
import type { Hides } from "./views.ts";

/** Sent commands whose recipients one step reads. */
const sentAtOnce = 4;

type Asked = Omit<Params<"command.list">, "box" | "view"> & { view?: "all" | "done" | undefined };

/** The commands that a person sent, newest first (DL-10). */
export class OutboxList {
  readonly #parts: Parts;
  readonly #sent: SentCommands;

  constructor(parts: Parts, sent: SentCommands) {
    this.#parts = parts;
    this.#sent = sent;
  }

  async list(caller: Caller, params: Asked, hides: Hides): Promise<CommandPage> {
    const { store, people } = this.#parts;
    const recipient = params.to === undefined
      ? undefined
      : (await people.byUsernames([params.to])).get(params.to);
    if (params.to !== undefined && recipient === undefined) return { items: [], next: null };
    const isWanted = commandFilter(params, recipient?.id);
    const stands = standingFilter(params);
    const since = params.since === undefined ? "" : firstIdAt(Date.parse(params.since));
    return await pageOf(params, async (before, { room, most, left }) => {
      const found = await store.outbox(caller.userId, before, most);
      const ids = found.filter((id) => id >= since);
      const records = await store.commands(ids);
      const isLast = found.length < most || ids.length < found.length;
      const step: Step = { items: [], last: isLast ? null : ids.at(-1)!, read: ids.length };
      const matching = ids.flatMap((id) => {
        const record = records.get(id);
        return record !== undefined && isWanted(record) ? [record] : [];
      });
      for (let at = 0; at < matching.length; at += sentAtOnce) {
        // Recipients are read for few at a time: a page may be full with the first.
        const some = matching.slice(at, at + Math.min(sentAtOnce, room - step.items.length));
        step.items.push(...(await this.#sent.items(some, hides)).filter(stands));
        step.read += some.reduce((sum, { recipients }) => sum + recipients.length, 0);
        const done = at + some.length === matching.length;
        if (!done && (some.length < sentAtOnce || step.items.length === room || step.read >= left)) {
          return { ...step, last: some.at(-1)!.command.id };
        }
      }
      return step;
    });
  }
}

/** Whether a command passes the filters that look at it alone. */
function commandFilter(
  { category, kind, from, q }: Asked,
  recipientId: string | undefined,
): (record: CommandRecord) => boolean {
  const words = searchWords(q ?? "");
  return ({ command, recipients }) => {
    if (category !== undefined && !command.categories.includes(category)) return false;
    if (kind !== undefined && command.kind !== kind) return false;
    if (from !== undefined && command.from.username !== from) return false;
    if (recipientId !== undefined && !recipients.includes(recipientId)) return false;
    return words.length === 0 || isFoundBy(false, command, words);
  };
}

/** Whether it passes those that ask how it stands with its recipients. */
function standingFilter({ state, view }: Asked): (item: ListItem) => boolean {
  const isOpen = ({ totals = {} }: ListItem) =>
    Object.entries(totals).some(([state, count]) => count > 0 && !isClosed(state as keyof typeof totals));
  return (item) => {
    if (state !== undefined && (item.totals?.[state] ?? 0) === 0) return false;
    if (view === "all") return isOpen(item);
    return view !== "done" || !isOpen(item);
  };
}

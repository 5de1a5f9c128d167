import { type InboxAsked, periods, readAction, updateParams, viewOf } from "../../../lib/browser/mod.ts";
import { checked, type CommandState, methods, type Params, Refusal } from "../../../lib/protocol/mod.ts";
import type { PersonState } from "../../../lib/web/define.ts";
import type { Context } from "fresh";
import { momentIn } from "../../../lib/web/forms/form.ts";

/** `now` in ms since 1970. */
export function listParams(asked: InboxAsked, now: number): Params<"inbox.list"> | Refusal {
  const view = viewOf(asked);
  const { since, open: _, view: __, from, ...rest } = asked;
  const given = Object.entries({ ...rest, from: from.replace(/^@/, "") }).filter(([, value]) => value !== "");
  const back = Object.entries(periods).find(([name]) => name === since)?.[1];
  return checked(methods["inbox.list"].params, {
    ...Object.fromEntries(given),
    ...view === null ? {} : { view },
    // What is no period is refused like any other time that is none.
    ...since === "" ? {} : { since: back === undefined ? since : new Date(now - back).toISOString() },
  });
}

/** What became of a posted answer. `left`: of how many commands it was refused, and why; of several only the kind is known. */
export interface Outcome {
  ids: string[];
  /** Null when answers were taken back. */
  state: CommandState | null;
  left: { count: number; why: Refusal | string } | null;
}

/** Takes what a form of the inbox posts: one answer to one command or several, or that answers are taken back. */
export async function takeAnswer(ctx: Context<PersonState>, form: URLSearchParams): Promise<Outcome> {
  const { caller, services: { commands, clock } } = ctx.state;
  const zone = form.get("zone") ?? "UTC";
  const ids = form.getAll("ids");
  const all = (state: CommandState | null, why: Refusal): Outcome => ({
    ids: [],
    state,
    left: { count: ids.length || 1, why },
  });
  if (form.has("undo")) {
    const params = checked(methods["inbox.undo"].params, { ids });
    return params instanceof Refusal
      ? all(null, params)
      : some(null, await commands.undoSome(caller, params));
  }
  const action = readAction(form);
  const { id, ...answer } = updateParams(action, clock.now(), (value) => momentIn(value, zone));
  if (ids.length === 0) {
    const params = checked(methods["command.update"].params, { id, ...answer });
    const done = params instanceof Refusal ? params : await commands.update(caller, params);
    return done instanceof Refusal ? all(action.state, done) : { ids: [id], state: action.state, left: null };
  }
  const { proof: _, ...shared } = answer;
  const params = checked(methods["inbox.update"].params, { ids, ...shared });
  return params instanceof Refusal
    ? all(action.state, params)
    : some(action.state, await commands.updateSome(caller, params));
}

function some(
  state: CommandState | null,
  { results }: { results: { id: string; error?: { kind: string } | undefined }[] },
): Outcome {
  const [first, ...more] = results.flatMap(({ error }) => error ?? []);
  return {
    ids: results.filter(({ error }) => error === undefined).map(({ id }) => id),
    state,
    left: first === undefined ? null : { count: more.length + 1, why: first.kind },
  };
}

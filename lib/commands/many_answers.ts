import type { Caller } from "../platform/mod.ts";
import { type Answered, english, type Params, Refusal, type Result } from "../protocol/mod.ts";
import type { Transitions } from "./transitions.ts";
import type { Undo } from "./undo.ts";

type One = Result<"command.update"> | Refusal;

/** UI-9: one answer to several commands. Each is taken or refused by itself. */
export class ManyAnswers {
  readonly #transitions: Pick<Transitions, "update">;
  readonly #undo: Pick<Undo, "answer">;

  constructor(transitions: Pick<Transitions, "update">, undo: Pick<Undo, "answer">) {
    this.#transitions = transitions;
    this.#undo = undo;
  }

  update(caller: Caller, { ids, ...answer }: Params<"inbox.update">): Promise<Answered> {
    return each(ids, (id) => this.#transitions.update(caller, { id, ...answer }));
  }

  undo(caller: Caller, { ids }: Params<"inbox.undo">): Promise<Answered> {
    return each(ids, (id) => this.#undo.answer(caller, id));
  }
}

/** In one go, so that the store writes them together. An id that is named twice is answered once. */
async function each(ids: readonly string[], answer: (id: string) => Promise<One>): Promise<Answered> {
  const results = await Promise.all([...new Set(ids)].map(async (id) => {
    const done = await answer(id);
    if (!(done instanceof Refusal)) return { id, ...done };
    return { id, error: { kind: done.kind, message: english(done.message) } };
  }));
  return { results };
}

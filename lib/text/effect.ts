import type { Language, Words } from "../words/mod.ts";
import { fill, plural } from "../words/shape.ts";
import { listText } from "./commands.ts";

/** What a change of preferences would have meant for the last week, as `commands/week_effects.ts` counts it. */
interface Effect {
  fewer: number;
  more: number;
  later: number;
  sooner: number;
  sealed: number;
  opened: number;
  released: number;
  atLeast: boolean;
}

const told = ["fewer", "more", "later", "sooner", "sealed", "opened"] as const;

/** CO-4, CO-9: one or two sentences about a change of preferences. */
export function effectText(words: Words["week"], language: Language, effect: Effect): string {
  const parts = told.filter((name) => effect[name] > 0)
    .map((name) => plural(language, words[name], effect[name]));
  const released = effect.released === 0 ? [] : [plural(language, words.released, effect.released)];
  if (parts.length === 0) return released[0] ?? words.same;
  const message = effect.atLeast ? words.effectLeast : words.effect;
  return [fill(message, { parts: listText(language, parts) }), ...released].join(" ");
}

import type { CommandState, Totals } from "../lib/protocol/mod.ts";
import { countedState } from "../lib/text/commands.ts";
import { useLanguage, useWords } from "./words.tsx";

/** Where a state stands on the way, in the order of the bar. */
const steps: readonly (readonly [step: string, states: readonly CommandState[]])[] = [
  ["done", ["completed"]],
  ["review", ["submitted"]],
  ["work", ["accepted", "returned", "deferred"]],
  ["reached", ["seen", "delivered"]],
  ["waiting", ["queued", "scheduled"]],
  ["ended", ["declined", "failed", "expired", "cancelled", "stopped"]],
];

interface Part {
  step: string;
  state: CommandState;
  count: number;
}

/** The states that somebody is in, in the order of the bar. */
export function totalsInOrder(totals: Totals): Part[] {
  return steps.flatMap(([step, states]) =>
    states.map((state) => ({ step, state, count: totals[state] ?? 0 })).filter(({ count }) => count > 0)
  );
}

/** How a command stands with everybody, to glance at. It says nothing to those who hear the page: words stand beside it. */
export function TotalsBar({ totals }: { totals: Totals }) {
  const parts = totalsInOrder(totals);
  const whole = parts.reduce((sum, { count }) => sum + count, 0);
  let from = 0;
  return (
    <svg class="progress-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
      {parts.map(({ step, state, count }) => {
        const x = from;
        from += (count / whole) * 1000;
        return <rect key={state} class={`step-${step}`} x={x} y="0" width={from - x} height="10" />;
      })}
    </svg>
  );
}

/** The bar, with what its colours mean and how many they are. */
export function Progress({ totals }: { totals: Totals }) {
  const words = useWords("commands");
  const label = useWords("sent").totals;
  const language = useLanguage();
  const parts = totalsInOrder(totals);
  if (parts.length === 0) return null;
  return (
    <div class="progress">
      <TotalsBar totals={totals} />
      <ul class="facts" aria-label={label}>
        {parts.map(({ step, state, count }) => (
          <li key={state}>
            <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
              <rect class={`step-${step}`} width="10" height="10" rx="2" />
            </svg>
            {countedState(words, language, state, count)}
          </li>
        ))}
      </ul>
    </div>
  );
}

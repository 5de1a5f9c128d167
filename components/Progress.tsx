import type { CommandState, Totals } from "../lib/protocol/mod.ts";
import { countedState } from "../lib/text/commands.ts";
import { useLanguage, useWords } from "./words.tsx";

/** Where a state stands on the way, in the order of the bar. */
const steps: readonly (readonly [step: string, states: readonly CommandState[]])[] = [
  ["done", ["completed"]],
  ["work", ["submitted", "returned", "accepted"]],
  ["reached", ["deferred", "seen", "delivered"]],
  ["waiting", ["queued", "scheduled"]],
  ["ended", ["declined", "failed", "expired", "cancelled", "stopped"]],
];

/** How a command stands with everybody: a bar to glance at, and the same in words beside it. */
export function Progress({ totals }: { totals: Totals }) {
  const words = useWords("commands");
  const label = useWords("sent").totals;
  const language = useLanguage();
  const parts = steps.flatMap(([step, states]) =>
    states.map((state) => ({ step, state, count: totals[state] ?? 0 })).filter(({ count }) => count > 0)
  );
  const whole = parts.reduce((sum, { count }) => sum + count, 0);
  if (whole === 0) return null;
  let from = 0;
  return (
    <div class="progress">
      <svg class="progress-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ step, state, count }) => {
          const x = from;
          from += (count / whole) * 1000;
          return <rect key={state} class={`step-${step}`} x={x} y="0" width={from - x} height="10" />;
        })}
      </svg>
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

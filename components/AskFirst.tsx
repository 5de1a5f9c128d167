import type { ComponentChildren } from "preact";
import type { Ask } from "../lib/browser/confirm_ask.ts";

interface AskFirstProps {
  ask: Ask;
  /** Where the form goes once it was said twice. */
  to: string;
  onSubmit?: ((event: SubmitEvent) => void) | undefined;
  children: ComponentChildren;
}

/**
 * A form for what cannot be undone. With scripts a dialog asks first (`components/ConfirmSheet.tsx`) and then sends it to `to`; without
 * them it goes to a page that asks.
 */
export function AskFirst({ ask, to, onSubmit, children }: AskFirstProps) {
  return (
    <form method="post" action="/confirm" data-ask={ask} onSubmit={onSubmit}>
      <input type="hidden" name="ask" value={ask} />
      <input type="hidden" name="to" value={to} />
      {children}
    </form>
  );
}

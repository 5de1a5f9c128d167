import { whyText } from "./why_text.ts";

/** CO-8: which of the person's own rules let a command through. */
export function Why({ rule }: { rule: string }) {
  return (
    <details class="small">
      <summary>Why did I get this?</summary>
      <p>
        {whyText(rule) ?? (
          <>
            Your preferences let it through by this rule: <code>{rule}</code>
          </>
        )}
      </p>
    </details>
  );
}

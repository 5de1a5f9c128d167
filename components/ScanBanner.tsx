import type { ScanStatus } from "../lib/protocol/mod.ts";
import { evaluationText, heldReasons } from "../lib/text/scanning.ts";
import { Icon } from "./Icon.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

interface ScanBannerProps {
  evaluation: boolean;
  /** Whether the person has a part in administration. */
  staff: boolean;
  status: ScanStatus;
}

/** SC-7: what files are checked with where it is not real, and for those who can mend it, why uploads are held. */
export function ScanBanner({ evaluation, staff, status }: ScanBannerProps) {
  const words = useWords("scanning");
  const language = useLanguage();
  if (evaluation) {
    return (
      <aside aria-label={words.evaluationLabel}>
        <details class="eval">
          <summary>
            <Icon name="info" size="s" />
            <strong>{words.evaluationLabel}</strong>
            <span class="more">{words.evaluationMore}</span>
          </summary>
          <p>
            <Filled text={words.evaluation} scanners={evaluationText(words, language, status)} />
          </p>
        </details>
      </aside>
    );
  }
  const reasons = heldReasons(words, language, status);
  if (!staff || reasons.length === 0) return null;
  return (
    <aside class="banner" aria-label={words.heldLabel}>
      <p>
        <strong>{words.held}</strong> {reasons.join(" ")}{" "}
        <a href="/admin/files?state=held">{words.lookAtHeld}</a>
      </p>
    </aside>
  );
}

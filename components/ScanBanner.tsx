import type { ScanStatus } from "../lib/protocol/mod.ts";
import { evaluationText, heldReasons } from "./scan_text.ts";

interface ScanBannerProps {
  evaluation: boolean;
  /** Whether the person has a part in administration. */
  staff: boolean;
  status: ScanStatus;
}

/** SC-7: what files are checked with where it is not real, and for those who can mend it, why uploads are held. */
export function ScanBanner({ evaluation, staff, status }: ScanBannerProps) {
  if (evaluation) {
    return (
      <aside class="banner" aria-label="Evaluation mode">
        <p>Evaluation mode: to try Behest, not for real use. {evaluationText(status)}</p>
      </aside>
    );
  }
  const reasons = heldReasons(status);
  if (!staff || reasons.length === 0) return null;
  return (
    <aside class="banner" aria-label="Uploads are held">
      <p>
        <strong>Uploads are accepted and held.</strong> {reasons.join(" ")}{" "}
        <a href="/admin/files?state=held">Look at what is held</a>
      </p>
    </aside>
  );
}

import type { ReportKind } from "../lib/protocol/reports.ts";
import { fill } from "../lib/words/shape.ts";
import { useWords } from "./words.tsx";

/** MO-1: the way to the form that reports something. `name`: of what, for links that stand alone. */
export function ReportLink({ kind, id, name }: { kind: ReportKind; id: string; name: string }) {
  const words = useWords("reports");
  return (
    <a
      class="small"
      href={`/report?${kind}=${encodeURIComponent(id)}`}
      aria-label={fill(words.reportOf, { name })}
    >
      {words.report}
    </a>
  );
}

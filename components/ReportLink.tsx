import type { ReportKind } from "../lib/protocol/reports.ts";
import { fill } from "../lib/words/shape.ts";
import { useWords } from "./words.tsx";

interface ReportLinkProps {
  kind: ReportKind;
  id: string;
  /** Of what is reported, for those who hear the link alone. */
  name: string;
  /** Its class: a link of its own without one. */
  look?: "button button-quiet";
}

/** MO-1: the way to the form that reports something. */
export function ReportLink({ kind, id, name, look }: ReportLinkProps) {
  const words = useWords("reports");
  return (
    <a
      class={look ?? "small"}
      href={`/report?${kind}=${encodeURIComponent(id)}`}
      aria-label={fill(words.reportOf, { name })}
    >
      {words.report}
    </a>
  );
}

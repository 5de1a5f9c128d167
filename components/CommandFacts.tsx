import type { DeliveredCommand } from "../lib/protocol/mod.ts";
import { useCategoryTitle } from "./category_titles.tsx";
import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";

interface FactsProps {
  command: Pick<DeliveredCommand, "createdAt" | "deliverAt" | "expiresAt" | "categories">;
  local?: boolean;
  /** With it, an end that the sender did not choose is not shown. */
  retentionDays?: number | undefined;
}

/** The category of a command without any. */
export const usualCategory = "general";

/** What differs from the usual, as items of a list: when it expires, and its categories. */
export function CommandFacts({ command, local = false, retentionDays }: FactsProps) {
  const words = useWords("commands");
  const titleOf = useCategoryTitle();
  return (
    <>
      {retentionDays !== undefined && endsAsUsual(command, retentionDays) ? null : (
        <li>
          <Filled text={words.ends} time={<Time value={command.expiresAt} local={local} />} />
        </li>
      )}
      {command.categories.filter((slug) => slug !== usualCategory).map((slug) => (
        <li key={slug}>
          <span class="tag">{titleOf(slug)}</span>
        </li>
      ))}
    </>
  );
}

/** Whether nobody chose the end. */
function endsAsUsual(
  { createdAt, deliverAt, expiresAt }: FactsProps["command"],
  retentionDays: number,
): boolean {
  const keptMs = Date.parse(expiresAt) - Date.parse(deliverAt ?? createdAt);
  return Math.abs(keptMs - retentionDays * 24 * 3600_000) < 60_000;
}

import type { DeliveredCommand } from "../lib/protocol/mod.ts";
import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";

interface FactsProps {
  command: Pick<DeliveredCommand, "expiresAt" | "categories">;
  local?: boolean;
}

/** The facts that every command has, as items of a list: when it expires, and its categories. */
export function CommandFacts({ command, local = false }: FactsProps) {
  const words = useWords("commands");
  return (
    <>
      <li>
        <Filled text={words.ends} time={<Time value={command.expiresAt} local={local} />} />
      </li>
      {command.categories.map((slug) => (
        <li key={slug}>
          <span class="tag">{slug}</span>
        </li>
      ))}
    </>
  );
}

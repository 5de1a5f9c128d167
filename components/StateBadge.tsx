import type { CommandState } from "../lib/protocol/mod.ts";
import { stateWords } from "../lib/text/commands.ts";
import { useWords } from "./words.tsx";

export function StateBadge({ state, reader }: { state: CommandState; reader: "recipient" | "sender" }) {
  const { label, tone } = stateWords(useWords("commands"), state, reader);
  return <span class="state" data-tone={tone}>{label}</span>;
}

import type { ConnectionNotice } from "../lib/browser/connection.ts";
import { useWords } from "./words.tsx";

/**
 * Whether the page is connected. The usual notices take the same space, so that nothing moves when a page connects; problems are
 * read out too.
 */
export function ConnectionStatus({ notice }: { notice: ConnectionNotice }) {
  const words = useWords("bar");
  const usual = notice === "connecting" || notice === "online";
  return (
    <span class="connection" data-connection={notice} data-space={words.connecting}>
      <span aria-hidden={usual ? undefined : "true"}>{words[notice]}</span>
      <span class="visually-hidden" role="status">{usual ? "" : words[notice]}</span>
    </span>
  );
}

import type { ConnectionNotice } from "../lib/browser/connection.ts";
import { useWords } from "./words.tsx";

/**
 * Whether the page is connected. The usual is a dot whose word is read and shown on hover, so that nothing moves when a page
 * connects; problems are words, and are read out.
 */
export function ConnectionStatus({ notice }: { notice: ConnectionNotice }) {
  const words = useWords("bar");
  const usual = notice === "connecting" || notice === "online";
  return (
    <span class="connection" data-connection={notice} title={words[notice]}>
      <span aria-hidden={usual ? undefined : "true"}>{words[notice]}</span>
      <span class="visually-hidden" role="status">{usual ? "" : words[notice]}</span>
    </span>
  );
}

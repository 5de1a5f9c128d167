import { factsText } from "../lib/text/files.ts";
import { useLanguage, useWords } from "./words.tsx";

interface FileFactsProps {
  type: string;
  size: number;
}

/** What a file is, in a few words. */
export function FileFacts({ type, size }: FileFactsProps) {
  return <span class="soft small">{factsText(useWords("file"), useLanguage(), { type, size })}</span>;
}

import { sizeText, typeText } from "./file_text.ts";

interface FileFactsProps {
  type: string;
  size: number;
}

/** What a file is, in a few words. */
export function FileFacts({ type, size }: FileFactsProps) {
  return <span class="soft small">{typeText(type)}, {sizeText(size)}</span>;
}

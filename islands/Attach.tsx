import { AttachField, type AttachFieldProps } from "../components/AttachField.tsx";
import { WordsProvider } from "../components/words.tsx";
import type { SomeWords } from "../lib/words/mod.ts";

/** The choice of files in a form that is otherwise not live. Styles fold away the own files that are not ticked. */
export default function Attach(
  { words, ...props }: AttachFieldProps & { words: SomeWords<"file" | "upload"> },
) {
  return (
    <WordsProvider words={words}>
      <AttachField {...props} />
      {props.files.length === 0 ? null : (
        <details class="own-files">
          <summary>{words.sections.upload.fromOwn}</summary>
        </details>
      )}
    </WordsProvider>
  );
}

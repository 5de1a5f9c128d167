import { Notice } from "./Notice.tsx";
import { useWords } from "./words.tsx";

/** Shown once, right after they were made. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const words = useWords("twoFactor");
  return (
    <Notice tone="warn">
      <h2>{words.codesTitle}</h2>
      <p>{words.codesLead}</p>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

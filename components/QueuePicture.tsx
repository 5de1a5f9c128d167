import { shownAs } from "../lib/text/mod.ts";
import { useWords } from "./words.tsx";

interface QueuePictureProps {
  caseId: string;
  sha256: string;
  type: string;
}

/**
 * MO-2: a picture of a case, for who asks for it. It is not loaded before it is opened (each look is in the audit log), and then blurred
 * and grey until it is asked for again. Nothing for other files.
 */
export function QueuePicture({ caseId, sha256, type }: QueuePictureProps) {
  const words = useWords("queue");
  if (shownAs(type) !== "image") return null;
  return (
    <details class="look-picture">
      <summary>{words.showPicture}</summary>
      <label class="check">
        <input type="checkbox" />
        <span>{words.clearPicture}</span>
      </label>
      <img loading="lazy" src={`/api/v1/admin/queue/${caseId}/pictures/${sha256}`} alt={words.pictureAlt} />
    </details>
  );
}

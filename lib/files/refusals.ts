import { isDiskFull } from "../platform/mod.ts";
import { limits, Refusal, say } from "../protocol/mod.ts";
import { type UploadRecord, WritingEnded } from "./ports.ts";

/** Also the answer for a file that the caller may not see. */
export function noFile(): Refusal {
  return new Refusal("not_found", "file.missing");
}

export function noUpload(): Refusal {
  return new Refusal("not_found", "upload.missing");
}

/** One text for every reason: the uploader does not learn which check failed (SC-5). */
export function rejected(): Refusal {
  return new Refusal("not_clean", "upload.rejected");
}

export function mayNotAdd(): Refusal {
  return new Refusal("forbidden", "upload.account");
}

export function overUploadMax(uploadMaxBytes: number): Refusal {
  return new Refusal("too_large", say("upload.tooLarge", { count: uploadMaxBytes }));
}

export function overQuota(quotaBytes: number, leftBytes: number): Refusal {
  const left = Math.max(0, leftBytes);
  return new Refusal(
    "too_large",
    say("upload.quota", { limit: quotaBytes, left }),
  );
}

export function tooManyFiles(): Refusal {
  return new Refusal(
    "too_large",
    say("upload.files", { count: limits.filesPerPerson }),
  );
}

export function tooManyUploads(): Refusal {
  return new Refusal(
    "rate_limited",
    say("upload.open", { count: limits.uploadsOpen }),
    { retryAfterMs: 1000 },
  );
}

export function notWhole(): Refusal {
  return new Refusal("invalid_params", "upload.incomplete");
}

export function stalled(): Refusal {
  const seconds = limits.uploadStallMs / 1000;
  return new Refusal("invalid_params", say("upload.stalled", { count: seconds }));
}

export function otherSize(said: number, got: string): Refusal {
  return new Refusal(
    "invalid_params",
    say("upload.size", { expected: said, got }),
  );
}

export function bytesLost(): Refusal {
  return new Refusal("unavailable", "upload.unsaved");
}

export function superseded(): Refusal {
  return new Refusal("conflict", "upload.superseded");
}

export function beyond({ sizeBytes, offsetBytes }: UploadRecord): Refusal {
  return new Refusal(
    "too_large",
    say("upload.beyond", { size: sizeBytes, left: sizeBytes - offsetBytes }),
  );
}

/** The transport recognises it by its field `checksum` (tus answers 460). */
export function wrongChecksum(): Refusal {
  return new Refusal("invalid_params", "upload.checksum", {
    fields: { checksum: "field.checksum" },
  });
}

/**
 * Returns the refusal for an error of the disk that the person can do something about, and the event for the log: it is full,
 * or what writes to it ended in the middle. Null for any other error, also one from the store.
 */
export function unsaved(error: unknown): { refusal: Refusal; event: string } | null {
  if (isDiskFull(error)) {
    return { refusal: new Refusal("unavailable", "upload.noSpace"), event: "file.no_room" };
  }
  if (error instanceof WritingEnded) return { refusal: bytesLost(), event: "file.writing_ended" };
  return null;
}

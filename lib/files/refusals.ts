import { limits, Refusal } from "../protocol/mod.ts";
import type { UploadRecord } from "./ports.ts";

/** Also the answer for a file that the caller may not see. */
export function noFile(): Refusal {
  return new Refusal("not_found", "There is no such file.");
}

export function noUpload(): Refusal {
  return new Refusal("not_found", "There is no such upload. Begin a new one.");
}

/** One text for every reason: the uploader does not learn which check failed (SC-5). */
export function rejected(): Refusal {
  return new Refusal("not_clean", "This file did not pass the checks. The server does not take it.");
}

export function mayNotAdd(): Refusal {
  return new Refusal("forbidden", "Your account cannot add files any more.");
}

export function overUploadMax(uploadMaxBytes: number): Refusal {
  return new Refusal("too_large", `A file may have at most ${uploadMaxBytes} bytes here.`);
}

export function overQuota(quotaBytes: number, leftBytes: number): Refusal {
  const left = Math.max(0, leftBytes);
  return new Refusal(
    "too_large",
    `Your files may have ${quotaBytes} bytes together, uploads that are under way included; ${left} are left. ` +
      "Remove files that you do not need.",
  );
}

export function tooManyFiles(): Refusal {
  return new Refusal(
    "too_large",
    `You have ${limits.filesPerPerson} files, as many as one person may have. Remove files that you do not need.`,
  );
}

export function tooManyUploads(): Refusal {
  return new Refusal(
    "rate_limited",
    `You have ${limits.uploadsOpen} uploads that are not finished. Finish or end one of them first.`,
    { retryAfterMs: 1000 },
  );
}

export function notWhole(): Refusal {
  return new Refusal("invalid_params", "The body stopped before it was whole. Send it again.");
}

export function stalled(): Refusal {
  const seconds = limits.uploadStallMs / 1000;
  return new Refusal("invalid_params", `No byte came for ${seconds} seconds. Send the file again.`);
}

export function otherSize(said: number, got: string): Refusal {
  return new Refusal(
    "invalid_params",
    `The body was said to have ${said} bytes and has ${got}. Send it again.`,
  );
}

export function bytesLost(): Refusal {
  return new Refusal("unavailable", "The file could not be kept this time. Send it again.");
}

export function superseded(): Refusal {
  return new Refusal("conflict", "A newer request goes on with this upload, or it was ended.");
}

export function beyond({ sizeBytes, offsetBytes }: UploadRecord): Refusal {
  return new Refusal(
    "too_large",
    `This upload has ${sizeBytes} bytes, of which ${
      sizeBytes - offsetBytes
    } are to come. Send no more than that.`,
  );
}

/** The transport recognises it by its field `checksum` (tus answers 460). */
export function wrongChecksum(): Refusal {
  return new Refusal("invalid_params", "The checksum does not fit the bytes. Send this part again.", {
    fields: { checksum: "does not fit the bytes" },
  });
}

/** Codes for a full disk, or a full quota of the account that runs the server. */
const noRoomCodes: readonly unknown[] = ["ENOSPC", "EDQUOT", "EFBIG"];
const noRoomTexts = /\(os error (?:28|122|27)\)|No space left on device|disk is full/i;

/** Returns the refusal for an error that means a full disk, also one from the store; null for any other error. */
export function noRoom(error: unknown): Refusal | null {
  if (!(error instanceof Error)) return null;
  const { code } = error as { code?: unknown };
  if (!noRoomCodes.includes(code) && !noRoomTexts.test(error.message)) return null;
  return new Refusal("unavailable", "The server has no room for this file now. Try again later.");
}

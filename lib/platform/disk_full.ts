/** Codes of a full disk, or of a full quota of the account that runs the server. */
const codes: readonly unknown[] = ["ENOSPC", "EDQUOT", "EFBIG"];
const texts = /\(os error (?:28|122|27)\)|No space left on device|disk is full/i;

/** Whether an error, also one of the store, means that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error &&
    (codes.includes((error as { code?: unknown }).code) || texts.test(error.message));
}

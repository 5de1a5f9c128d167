/** What the serving thread and the writing thread say to each other. Paths come from `Places`; the writing thread only uses them. */

/** A file that is being written, by the number that the serving thread gave it. */
type FileNumber = number;

export type Call =
  /** First of all: the file system whose free space counts, and how much of it uploads leave. */
  | { op: "begin"; roomPath: string; leftFreeBytes: number; headBytes: number }
  /** Creates a file. */
  | { op: "stage"; file: FileNumber; id: string; path: string }
  /** Opens one again after its first `sizeBytes` bytes. Answers false when it is gone or shorter. */
  | { op: "reopen"; file: FileNumber; id: string; path: string; sizeBytes: number }
  /** Hashes and writes; answers the buffer, which then belongs to the serving thread again. */
  | { op: "write"; file: FileNumber; buffer: Buffer; sizeBytes: number }
  | { op: "sync"; file: FileNumber }
  /** Writes the last bytes, where there are some, and closes the file. Answers a `Finished`. */
  | { op: "finish"; file: FileNumber; buffer: Buffer | null; sizeBytes: number }
  /** With `resumable`, keeps the hash so far for the next `reopen`. */
  | { op: "close"; file: FileNumber; resumable: boolean; nowMs: number }
  /** Makes a staged file a blob, durably. */
  | { op: "keep"; id: string; from: string; to: string; folder: string; nowMs: number };

export type Buffer = Uint8Array<ArrayBuffer>;

export interface Finished {
  sha256: string;
  sizeBytes: number;
  head: Buffer;
}

export interface Question {
  number: number;
  call: Call;
}

export type Answer =
  | { number: number; value: unknown }
  | { number: number; failed: SaidError };

/** An error as it passes between threads, which keep neither its class nor its code. */
export interface SaidError {
  name: string;
  message: string;
  code: string | null;
}

export function saidError(error: unknown): SaidError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), code: null };
  const { name, message } = error;
  const code = (error as { code?: unknown }).code;
  return { name, message, code: typeof code === "string" ? code : null };
}

/** The classes of errors that callers tell apart. */
const known = {
  AlreadyExists: Deno.errors.AlreadyExists,
  Busy: Deno.errors.Busy,
  NotFound: Deno.errors.NotFound,
} as const;

export function errorOf({ name, message, code }: SaidError): Error {
  const error = Object.hasOwn(known, name)
    ? new known[name as keyof typeof known](message)
    : new Error(message);
  if (error.name !== name) error.name = name;
  if (code !== null) Object.assign(error, { code });
  return error;
}

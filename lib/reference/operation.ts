import type { z } from "zod";

/** Bytes of a type, in a request or an answer. */
export interface Bytes {
  type: string;
  says: string;
}

/** One REST call: what it does, takes and gives. */
export interface Operation {
  /** What it does, in a sentence. */
  says: string;
  /** Nobody needs to be logged in. */
  open?: true;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** A body that is not JSON. */
  takes?: readonly Bytes[];
  /** Headers that the call reads. */
  headers?: Readonly<Record<string, string>>;
  /** The answer; without it there is none (204). */
  gives?: z.ZodType | Bytes;
  /** 200 unless said otherwise. */
  status?: number;
}

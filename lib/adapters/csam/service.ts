import type { CsamFinding } from "../../scanning/ports.ts";
import type { Deadline } from "../deadline.ts";
import { SaidError } from "../said_error.ts";

/** A picture or video: a file, or a member of an archive. */
export interface Media {
  kind: "image" | "video";
  /** Sniffed from its bytes. */
  type: string;
  /** Null when the size is unknown before the end. */
  sizeBytes: number | null;
  /** Null when unknown. */
  sha256: string | null;
  /** Call it once. Throws `Unreadable` for bytes that a retry would not change. */
  open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
}

/** A service's answer about one picture or video. */
export type Outcome = Omit<CsamFinding, "scanner" | "version">;

/** A matching service. `ask` throws `ServiceFailed` when the service fails, and `GivenUp`. */
export interface CsamService {
  readonly name: "arachnid" | "hma" | "photodna";
  /** Version of the service's interface. */
  readonly version: string;
  ask(media: Media, deadline: Deadline): Promise<Outcome>;
}

/**
 * Thrown when the service did not answer as specified; the breaker counts these. The message is for an operator, without
 * secrets.
 */
export class ServiceFailed extends SaidError {
  override readonly name = "ServiceFailed";
}

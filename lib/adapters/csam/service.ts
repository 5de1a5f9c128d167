import type { CsamFinding } from "../../scanning/ports.ts";
import type { Deadline } from "../deadline.ts";

/** A picture or a video: a whole file, or one inside of an archive. */
export interface Media {
  kind: "image" | "video";
  /** Sniffed from its bytes. */
  type: string;
  /** Null when it is not known before the end. */
  sizeBytes: number | null;
  /** Null when it is not known. */
  sha256: string | null;
  /** Called once. Throws `Unreadable` for what another try would not change. */
  open(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
}

/** What a service said of one picture or video. */
export type Outcome = Omit<CsamFinding, "scanner" | "version">;

/** One of the services. `ask` throws `ServiceFailed` when it is the service that is unwell, and `GivenUp`. */
export interface CsamService {
  readonly name: "arachnid" | "hma" | "photodna";
  /** Of its interface. */
  readonly version: string;
  ask(media: Media, deadline: Deadline): Promise<Outcome>;
}

/** The service did not answer as agreed: the breaker counts these. For an operator, without secrets. */
export class ServiceFailed extends Error {
  override readonly name = "ServiceFailed";
}

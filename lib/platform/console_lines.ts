import { type Clock, systemClock } from "./clock.ts";

/** Lines that wait for a console which takes none; more are only counted. */
const waitingLines = 1_000;
/** A console that takes nothing for so long is not waited for at the end. */
const drainMs = 1_000;

const encoder = new TextEncoder();

/**
 * The server's way to print (OP-9): a console that is full, gone or not read loses lines, and neither ends the process nor
 * makes it wait. Tools print with `console.ts`.
 */
export class ConsoleLines {
  readonly #stream: { write(bytes: Uint8Array): Promise<number> };
  readonly #clock: Clock;
  #waiting: string[] = [];
  #lost = 0;
  #printing: Promise<void> | null = null;

  constructor(stream: { write(bytes: Uint8Array): Promise<number> }, clock: Clock = systemClock) {
    this.#stream = stream;
    this.#clock = clock;
  }

  /** Prints a line, or several with line breaks between them, when the lines before it are printed. */
  readonly line = (text: string): void => {
    if (this.#waiting.length >= waitingLines) this.#lost++;
    else this.#waiting.push(text);
    this.#printing ??= this.#print();
  };

  /** Resolves when everything is printed, or after a second. */
  async drained(): Promise<void> {
    if (this.#printing === null) return;
    const late = Promise.withResolvers<void>();
    using _timer = this.#clock.after(drainMs, late.resolve);
    await Promise.race([this.#printing, late.promise]);
  }

  async #print(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      if (this.#lost > 0) lines.push(`(${this.#lost} lines more are in the log file only)`);
      this.#lost = 0;
      try {
        const bytes = encoder.encode(`${lines.join("\n")}\n`);
        for (let at = 0; at < bytes.length;) at += await this.#stream.write(bytes.subarray(at));
      } catch {
        // There is nowhere to tell of it; the log file has these lines.
      }
    }
    this.#printing = null;
  }
}

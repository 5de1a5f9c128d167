/** An event of `text/event-stream`. */
export interface StreamEvent {
  event: string;
  data: string;
}

/** Characters that may wait for the end of a line: far more than the largest frame. */
const longestLine = 4 * 1024 * 1024;

/** Reads server-sent events from text that comes in pieces. Throws when a line has no end. */
export class StreamEvents {
  #rest = "";
  #event = "message";
  #data: string[] = [];

  take(text: string): StreamEvent[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > longestLine) throw new Error("A line of the stream has no end.");
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): StreamEvent[] {
    if (line === "") return this.#ended();
    const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "event") this.#event = value;
    if (field === "data") this.#data.push(value);
    return [];
  }

  #ended(): StreamEvent[] {
    const found = this.#data.length === 0 ? [] : [{ event: this.#event, data: this.#data.join("\n") }];
    this.#event = "message";
    this.#data = [];
    return found;
  }
}

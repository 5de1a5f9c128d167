import { english, type Message, type Said, said } from "../protocol/mod.ts";

/** An error whose message an operator may read, in their language. Its `message` is English, for logs. */
export class SaidError extends Error {
  readonly said: Said;

  constructor(message: Message) {
    super(english(message));
    this.said = said(message);
  }
}

/** Frames of the bench's clients that are in this process. */

/** How the answer to a numbered request begins. */
export const answerHead = '{"jsonrpc":"2.0","id":';
const cursorHead = '"cursor":"';
const cursorLength = 20;

/** A frame that takes everything delivered up to the last cursor of a `command.deliver` frame. */
export function ackOf(frame: string): string {
  const at = frame.lastIndexOf(cursorHead) + cursorHead.length;
  return '{"jsonrpc":"2.0","method":"inbox.ack","params":{"cursor":"' + frame.slice(at, at + cursorLength) +
    '"}}';
}

/** The same of one `chat.send`. Its text ends with its number. */
export function chatFrame(to: string, key: string): { head: string; middle: string; tail: string } {
  return {
    head: answerHead,
    middle: `,"method":"chat.send","params":{"key":"${key}`,
    tail: `","to":"${to}","body":"A short title${"a line of a message ".repeat(5)}"}}`,
  };
}

/** Text of one `command.send` frame up to its number, and behind it. */
export function sendFrame(to: string, key: string): { head: string; middle: string; tail: string } {
  return {
    head: answerHead,
    middle: `,"method":"command.send","params":{"key":"${key}`,
    tail: `","audience":{"kind":"user","to":["${to}"]},"kind":"message","title":"A short title",` +
      `"body":"${"a line of a message ".repeat(5)}"}}`,
  };
}

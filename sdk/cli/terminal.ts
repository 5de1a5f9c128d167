import { createInterface } from "node:readline/promises";
import process from "node:process";
import { UsageError } from "./arguments.ts";

/** What the program prints: results on standard output, all else on standard error. */
export class Output {
  readonly json: boolean;

  constructor(json: boolean) {
    this.json = json;
  }

  /** A result: as one line of JSON, or as text. */
  result(value: Record<string, unknown>, text: string): void {
    process.stdout.write(`${this.json ? JSON.stringify(value) : printable(text)}\n`);
  }

  /** A line of JSON whatever was asked for. */
  line(value: Record<string, unknown>): void {
    process.stdout.write(`${JSON.stringify(value)}\n`);
  }

  /** As it is, for other programs to read. */
  raw(text: string): void {
    process.stdout.write(text);
  }

  say(text: string): void {
    process.stderr.write(`${printable(text)}\n`);
  }
}

/** Other people's text must not steer the terminal. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- that is what is taken out
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "");
}

/** Asks at the terminal. Throws a `UsageError` where there is none. */
export async function ask(question: string): Promise<string> {
  if (!process.stdin.isTTY) throw new UsageError(`There is no terminal to ask: ${question.trim()}`);
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await reader.question(question)).trim();
  } finally {
    reader.close();
  }
}

/** Asks without showing what is typed; without a terminal it reads the first line of standard input. */
export async function askSecret(question: string): Promise<string> {
  if (!process.stdin.isTTY) return await firstLine();
  process.stderr.write(question);
  const { stdin } = process;
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  let typed = "";
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const onEnd = () => resolve(typed);
  const onData = (part: string) => {
    for (const key of part) {
      if (key === "\r" || key === "\n") return resolve(typed);
      if (key === "\u0003") return reject(new UsageError("Cancelled."));
      typed = key === "\u007f" || key === "\b" ? typed.slice(0, -1) : typed + key;
    }
  };
  stdin.on("data", onData).on("end", onEnd);
  // Node does not read on by itself after an earlier question, and would end without a word.
  stdin.resume();
  try {
    return await promise;
  } finally {
    stdin.off("data", onData).off("end", onEnd);
    stdin.setRawMode(false);
    stdin.pause();
    process.stderr.write("\n");
  }
}

async function firstLine(): Promise<string> {
  const reader = createInterface({ input: process.stdin });
  try {
    for await (const line of reader) return line;
    return "";
  } finally {
    reader.close();
  }
}

/** All of standard input. */
export async function everything(): Promise<string> {
  let text = "";
  process.stdin.setEncoding("utf8");
  for await (const part of process.stdin as AsyncIterable<string>) text += part;
  return text;
}

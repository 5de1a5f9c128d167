import { createInterface } from "node:readline";
import process from "node:process";
import { RequestError } from "../../typescript/mod.ts";
import { type Arguments, duration, exits, texts, UsageError } from "../arguments.ts";
import { asking, type Context, contextOf } from "../context.ts";
import { askByRest, type Asked, askPerson } from "../questions.ts";
import { Output } from "../terminal.ts";

export const options = { allow: { type: "string", multiple: true } } as const;

interface Request {
  id?: string | number | null;
  method?: string;
  params?: Record<string, unknown>;
}

/** Versions of the Model Context Protocol that are spoken, newest first. */
const versions = ["2025-06-18", "2025-03-26", "2024-11-05"];
/** Longest that a question waits. */
const longestMs = 3600_000;

const tools = [{
  name: "ask_person",
  description:
    "Asks a person a question with options, and waits until they choose. They may decline or not answer; then decide without them, safely. Do not ask the same again.",
  inputSchema: {
    type: "object",
    properties: {
      to: {
        type: "string",
        description: "The person's username; without it, the person who made the token.",
      },
      question: { type: "string", maxLength: 120 },
      details: { type: "string", maxLength: 4000 },
      options: { type: "array", items: { type: "string", maxLength: 60 }, minItems: 2, maxItems: 20 },
      timeout: { type: "string", description: "Like 90s, 10m or 1h, an hour at most; 10m without it." },
    },
    required: ["question", "options"],
    additionalProperties: false,
  },
}] as const;

/**
 * `mcp`: a server of the Model Context Protocol on standard input and output, so that software asks a person and waits. That person is
 * the one whose login this is: a token of theirs with the scope `ask` is their grant to the software (CO-12), and lets it do nothing
 * else. With `--allow NAME…` and a login that may send, also these people; what reaches them is decided by their own rules.
 */
export async function run(args: Arguments): Promise<number> {
  const allowed = new Set(texts(args.values, "allow"));
  const context = await contextOf(args);
  const output = new Output(true);
  const answer = (id: Request["id"], body: Record<string, unknown>) =>
    output.line({ jsonrpc: "2.0", id: id ?? null, ...body });
  const running = new Set<Promise<void>>();
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === "") continue;
    const request = requestIn(line);
    if (request === null) {
      answer(null, { error: { code: -32700, message: "This is no JSON-RPC." } });
      continue;
    }
    if (request.id === undefined) continue;
    const work = handle(context, allowed, request).then(
      (body) => answer(request.id, body),
      (error: unknown) => answer(request.id, { error: { code: -32603, message: String(error) } }),
    );
    running.add(work);
    void work.finally(() => running.delete(work));
  }
  await Promise.all(running);
  return exits.ok;
}

async function handle(
  context: Context,
  allowed: ReadonlySet<string>,
  { method, params = {} }: Request,
): Promise<Record<string, unknown>> {
  switch (method) {
    case "initialize": {
      const asked = params.protocolVersion;
      const protocolVersion = typeof asked === "string" && versions.includes(asked) ? asked : versions[0];
      return {
        result: {
          protocolVersion,
          capabilities: { tools: {} },
          serverInfo: { name: "behest", version: "0.1.0" },
        },
      };
    }
    case "ping":
      return { result: {} };
    case "tools/list":
      return { result: { tools } };
    case "tools/call": {
      if (params.name !== "ask_person") return { error: { code: -32602, message: "There is no such tool." } };
      return { result: await called(context, allowed, params.arguments) };
    }
    default:
      return { error: { code: -32601, message: "There is no such method." } };
  }
}

/** A refusal is a result, so that the software can go on without the person. */
async function called(
  context: Context,
  allowed: ReadonlySet<string>,
  given: unknown,
): Promise<Record<string, unknown>> {
  const result = (text: string, isError: boolean) => ({ content: [{ type: "text", text }], isError });
  try {
    const { to, ...asked } = questionIn(given);
    await using behest = await asking(context);
    behest.client.connect();
    const { user: { username: own } } = await behest.client.whenOnline();
    const isOwn = to === undefined || to === own;
    if (!isOwn && !allowed.has(to)) {
      return result(`${to} may not be asked: only ${[own, ...allowed].join(", ")}.`, true);
    }
    const { chosen, state } = isOwn
      ? await askByRest(behest, { ...asked, to: own })
      : await askPerson(behest, { ...asked, to });
    return result(chosen === null ? `No answer: ${state}.` : asked.labels[chosen]!, false);
  } catch (error) {
    if (error instanceof UsageError || error instanceof RequestError) return result(error.message, true);
    throw error;
  }
}

function questionIn(given: unknown): Omit<Asked, "to"> & { to?: string } {
  const { to, question, details, options, timeout = "10m" } = (given ?? {}) as Record<string, unknown>;
  if (typeof question !== "string") throw new UsageError("question is needed.");
  if (to !== undefined && typeof to !== "string") throw new UsageError("to is a username.");
  const labels = Array.isArray(options) ? options.filter((one) => typeof one === "string") : [];
  if (labels.length < 2 || labels.length > 20) throw new UsageError("options takes 2 to 20 texts.");
  const timeoutMs = duration(String(timeout));
  if (timeoutMs > longestMs) throw new UsageError("timeout is an hour at most.");
  return {
    ...(to === undefined ? {} : { to }),
    question,
    labels,
    timeoutMs,
    ...(typeof details === "string" ? { body: details } : {}),
  };
}

function requestIn(line: string): Request | null {
  try {
    const value: unknown = JSON.parse(line);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

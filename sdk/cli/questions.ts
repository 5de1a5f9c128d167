import { type Behest, type GivenAnswer, type RecipientState, RequestError } from "../typescript/mod.ts";

/** A question for one person. */
export interface Asked {
  to: string;
  question: string;
  labels: readonly string[];
  timeoutMs: number;
  body?: string;
  categories?: string[];
}

export interface Answered {
  id: string;
  /** The option's number, from 0; null without an answer. */
  chosen: number | null;
  /** The command's state, or `timed out`. */
  state: string;
}

function draftOf({ to, question, labels, timeoutMs, body, categories }: Asked) {
  return {
    audience: { kind: "user" as const, to: [to] },
    kind: "choice" as const,
    title: question,
    data: { options: labels.map((label, at) => ({ id: String(at + 1), label })) },
    expiresAt: new Date(Date.now() + timeoutMs).toISOString(),
    ...(body === undefined ? {} : { body }),
    ...(categories === undefined ? {} : { categories }),
  };
}

/** Seconds of one wait at the server, and between two tries without a server. */
const [waitS, retryS] = [50, 2];

/**
 * The same over REST alone, which is all that a token with the scope `ask` may: the same key again waits for the same question
 * (AU-11). At its time the question expires by itself.
 */
export async function askByRest({ rest }: Behest, asked: Asked): Promise<Omit<Answered, "id">> {
  const body = JSON.stringify({ key: crypto.randomUUID(), ...draftOf(asked) });
  const ends = Date.now() + asked.timeoutMs;
  for (let left = asked.timeoutMs; left > 0; left = ends - Date.now()) {
    const wait = Math.min(waitS, Math.ceil(left / 1000));
    try {
      const response = await rest.call(`/api/v1/commands?wait=${wait}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        // A server that dies without a word is asked again.
        signal: AbortSignal.timeout((wait + waitS) * 1000),
      });
      const { recipient } = await response.json() as { recipient?: RecipientState };
      const ended = endOf(recipient);
      if (ended !== null) return ended;
    } catch (error) {
      const again = !(error instanceof RequestError) ||
        ["offline", "unavailable", "rate_limited"].includes(error.kind);
      if (!again) throw error;
      const ms = error instanceof RequestError && error.retryAfterMs || retryS * 1000;
      await new Promise((resolve) => setTimeout(resolve, Math.min(ms, Math.max(0, ends - Date.now()))));
    }
  }
  return { chosen: null, state: "timed out" };
}

/** CM-9: asks and waits. After its time the question is cancelled. Rejects when the connection ends for good. */
export async function askPerson({ client }: Behest, asked: Asked): Promise<Answered> {
  const { to, timeoutMs } = asked;
  const { command: { id } } = await client.request("command.send", draftOf(asked));
  const { promise, resolve, reject } = Promise.withResolvers<Omit<Answered, "id">>();
  const look = async () => {
    const { recipients = [] } = await client.request("command.get", { id });
    const ended = endOf(recipients.find(({ username }) => username === to));
    if (ended !== null) resolve(ended);
  };
  const offs = [
    client.on("changed", (change) => {
      if (change.id === id) look().catch(reject);
    }),
    // What changed while there was no connection.
    client.on("ready", () => void look().catch(reject)),
    client.on("connection", (state) => {
      if (state.kind === "login" || state.kind === "stopped") {
        reject(new Error(`The connection ended: ${state.reason}.`));
      }
    }),
  ];
  const timer = setTimeout(() => {
    const late = () => resolve({ chosen: null, state: "timed out" });
    // Who answered at the last moment is heard.
    look().catch(() => undefined).then(() => client.request("command.cancel", { id })).then(late, late);
  }, timeoutMs);
  try {
    await look();
    return { id, ...await promise };
  } finally {
    clearTimeout(timer);
    for (const off of offs) off();
  }
}

function endOf(recipient: RecipientState | undefined): Omit<Answered, "id"> | null {
  if (recipient === undefined) return null;
  const { state, answer } = recipient;
  const chosen = optionIn(answer);
  if (chosen !== null) return { chosen, state };
  if (state === "expired") return { chosen: null, state: "timed out" };
  return ["declined", "failed", "cancelled", "stopped", "completed"].includes(state)
    ? { chosen: null, state }
    : null;
}

function optionIn(answer: GivenAnswer | undefined): number | null {
  if (answer === undefined || !("options" in answer)) return null;
  const number = Number(answer.options[0]);
  return Number.isInteger(number) ? number - 1 : null;
}

import type { Behest, GivenAnswer, RecipientState } from "../typescript/mod.ts";

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

/** CM-9: asks and waits. After its time the question is cancelled. Rejects when the connection ends for good. */
export async function askPerson({ client }: Behest, asked: Asked): Promise<Answered> {
  const { to, question, labels, timeoutMs, body, categories } = asked;
  const { command: { id } } = await client.request("command.send", {
    audience: { kind: "user", to: [to] },
    kind: "choice",
    title: question,
    data: { options: labels.map((label, at) => ({ id: String(at + 1), label })) },
    expiresAt: new Date(Date.now() + timeoutMs).toISOString(),
    ...(body === undefined ? {} : { body }),
    ...(categories === undefined ? {} : { categories }),
  });
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

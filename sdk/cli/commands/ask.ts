import { type Arguments, duration, exits, text, texts, UsageError } from "../arguments.ts";
import { asking, contextOf } from "../context.ts";
import { askPerson } from "../questions.ts";

export const options = {
  to: { type: "string" },
  choice: { type: "string" },
  body: { type: "string" },
  category: { type: "string", multiple: true },
  timeout: { type: "string" },
} as const;

/**
 * Codes of `ask`: 0 for the first option, 11 for the second, 12 for the third and so on; then what else became of the question.
 */
const askExits = { second: 11, declined: 40, timedOut: 41, ended: 42 } as const;

/** `ask QUESTION --choice yes,no`: asks a person, waits, and prints what they chose. */
export async function run(args: Arguments): Promise<number> {
  const { values, positionals: [question, ...more] } = args;
  if (question === undefined || more.length > 0) {
    throw new UsageError('Give one question: behest ask "Deploy?" --choice yes,no');
  }
  const labels = (text(values, "choice") ?? "yes,no").split(",").map((label) => label.trim()).filter(Boolean);
  if (labels.length < 2 || labels.length > 20) {
    throw new UsageError("--choice takes 2 to 20 options, separated by commas.");
  }
  const timeoutMs = duration(text(values, "timeout") ?? "10m");
  const context = await contextOf(args);
  await using behest = await asking(context);
  behest.client.connect();
  const { user } = await behest.client.whenOnline();
  const to = text(values, "to") ?? user.username;
  const [body, categories] = [text(values, "body"), texts(values, "category")];
  const { id, chosen, state } = await askPerson(behest, {
    to,
    question,
    labels,
    timeoutMs,
    ...(body === undefined ? {} : { body }),
    ...(categories.length === 0 ? {} : { categories }),
  });
  const label = chosen === null ? null : labels[chosen] ?? null;
  context.output.result({ id, to, state, chosen: label }, label ?? state);
  if (chosen !== null) return chosen === 0 ? exits.ok : askExits.second + chosen - 1;
  if (state === "declined") return askExits.declined;
  return state === "timed out" ? askExits.timedOut : askExits.ended;
}

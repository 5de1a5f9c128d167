import { type Command, type CommandPage, RequestError, type SealedCommand } from "../../typescript/mod.ts";
import { type Arguments, exits, text } from "../arguments.ts";
import { contextOf, historyOf, loggedIn } from "../context.ts";
import type { HistoryFile } from "../history_file.ts";

export const options = { search: { type: "string", short: "q" }, limit: { type: "string" } } as const;

/** `history`: the last two weeks, from this machine; what the server has more of is added to it first, if it can be reached. */
export async function run(args: Arguments): Promise<number> {
  const context = await contextOf(args);
  const history = await historyOf(context);
  const limit = Math.max(1, Number(text(args.values, "limit") ?? 50) || 50);
  await refresh(args, history).catch((error: unknown) => {
    if (!(error instanceof RequestError)) throw error;
    context.output.say(`${error.message} This is what is kept on this machine.`);
  });
  const search = fold(text(args.values, "search") ?? "");
  const found = history.entries.filter(({ command }) => fold(wordsOf(command)).includes(search));
  for (const { command, state, at } of found.slice(0, limit)) {
    context.output.result(
      { command, state, at: new Date(at).toISOString() },
      `${command.createdAt}  ${state.padEnd(9)}  ${command.from.username}: ${titleOf(command)}`,
    );
  }
  return exits.ok;
}

async function refresh(args: Arguments, history: HistoryFile): Promise<void> {
  const context = await contextOf(args);
  await using behest = await loggedIn(context);
  const known = new Map(history.entries.map(({ command, state }) => [command.id, state]));
  const pages = 10;
  for (let page = 0, before: string | null = null; page < pages && (page === 0 || before !== null); page++) {
    const query: string = before === null ? "" : `&before=${before}`;
    const response = await behest.rest.call(`/api/v1/commands?box=inbox&limit=200${query}`);
    const { items, next } = await response.json() as CommandPage;
    for (const { command, state } of items) {
      if (state !== undefined && known.get(command.id) !== state.state) {
        await history.add(command, state.state);
      }
    }
    before = next;
  }
}

function titleOf(command: Command | SealedCommand): string {
  return "sealed" in command ? "(sealed)" : command.title ?? command.body ?? command.kind;
}

function wordsOf(command: Command | SealedCommand): string {
  return "sealed" in command
    ? command.from.username
    : `${command.title} ${command.body} ${command.from.username}`;
}

function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

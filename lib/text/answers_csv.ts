import { asksOf } from "../protocol/asks_of.ts";
import type { Command, CommandDetail, RecipientState } from "../protocol/mod.ts";
import { optionText } from "./asking.ts";

type Cell = string | number | boolean;

/**
 * CM-9: the answers to a command as its sender has them, as CSV (RFC 4180). One line for each recipient; where no names are known, as
 * of a broadcast to everyone, one for each option. Null: the command asks for no answer.
 */
export function answersCsv({ command, recipients, answers }: CommandDetail): string | null {
  if ("sealed" in command || answers === undefined) return null;
  const lines: Cell[][] = recipients !== undefined
    ? [
      ["username", "name", "state", "at", ...columnsOf(command).map(({ head }) => head)],
      ...recipients.map((one) => lineOf(command, one)),
    ]
    : [
      ["question", "option", "answers"],
      ...answers.questions.flatMap(({ label = "", options }) =>
        options.map((option): Cell[] => [label, option.label ?? option.id, option.count])
      ),
      ["", "", answers.answers],
    ];
  return lines.map(csvLine).join("");
}

/** A line of CSV. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(",")}\r\n`;
}

interface Column {
  head: string;
  valueOf(answer: RecipientState["answer"]): Cell;
}

function columnsOf(command: Command): Column[] {
  const asks = asksOf(command);
  switch (asks?.kind) {
    case "choice":
      return asks.options.map(({ id, label }) => ({
        head: label,
        valueOf: (answer) => answer !== undefined && "options" in answer ? answer.options.includes(id) : "",
      }));
    case "form":
      return asks.fields.map((field) => ({
        head: field.label,
        valueOf: (answer) => {
          if (answer === undefined || !("fields" in answer)) return "";
          if (!Object.hasOwn(answer.fields, field.id)) return "";
          const value = answer.fields[field.id]!;
          return field.type === "choice" ? optionText(field.options, value) : value;
        },
      }));
    case "timer":
      return (["startedAt", "endedAt"] as const).map((head) => ({
        head,
        valueOf: (answer) => answer !== undefined && "startedAt" in answer ? answer[head] : "",
      }));
    case undefined:
      return [];
    default:
      return asks satisfies never;
  }
}

function lineOf(
  command: Command,
  { username, displayName, state, updatedAt, answer }: RecipientState,
): Cell[] {
  return [
    username,
    displayName,
    state,
    updatedAt,
    ...columnsOf(command).map(({ valueOf }) => valueOf(answer)),
  ];
}

/**
 * People's texts never become a formula of the program that opens the file. In many countries, as in Germany, that begins a cell
 * behind each semicolon, and then no quotation marks of ours hold a cell together.
 */
function cellText(cell: Cell): string {
  if (typeof cell !== "string") return String(cell);
  const safe = cell.replace(/^(?=[=+\-@\t\r])/, "'").replaceAll(/([;\t\r\n]["\s]*)(?=[=+\-@])/g, "$1'");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

import type { z } from "zod";
import { type Message, type MessageValue, say } from "./message.ts";
import type { MessageKey } from "./messages/mod.ts";

type Issue = z.core.$ZodIssue;

/** The text of an issue whose schema gave no key of its own. */
export const unnamed = "";

/** What an issue says of its field: the schema's own key, else a key by the issue's code. The validator's words never leave. */
export function reasonOf(issue: Issue): Message {
  if (issue.message !== unnamed) return ownReason(issue);
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "field.missing" : typeReason(issue.expected);
    case "too_small":
      return smallReason(issue);
    case "too_big":
      return bigReason(issue);
    case "invalid_format":
      return "field.format";
    case "invalid_value":
      return issue.input === undefined ? "field.missing" : oneOf(issue.values);
    case "invalid_key":
      return issue.issues[0] === undefined ? "field.invalid" : reasonOf(issue.issues[0]);
    case "invalid_union":
      return issue.discriminator === undefined ? "field.invalid" : "field.choice";
    case "unrecognized_keys":
      return "field.unknown";
    case "invalid_element":
    case "not_multiple_of":
    case "custom":
      return "field.invalid";
    default:
      return issue satisfies never;
  }
}

/** The schemas' own texts are keys (`because`). */
function ownReason(issue: Issue): Message {
  const key = issue.message as MessageKey;
  const values: Record<string, MessageValue> = issue.code === "custom" ? issue.params ?? {} : {};
  return { key, values };
}

function typeReason(expected: string): Message {
  switch (expected) {
    case "string":
      return "field.text";
    case "number":
      return "field.number";
    case "int":
      return "field.whole";
    case "boolean":
      return "field.yesNo";
    case "array":
      return "field.list";
    case "object":
    case "record":
      return "field.object";
    default:
      return "field.invalid";
  }
}

function smallReason({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): Message {
  const count = Number(minimum);
  if (origin === "string") return count === 1 ? "field.empty" : say("field.short", { count });
  if (origin === "array") return count === 1 ? "field.empty" : say("field.few", { count });
  return inclusive === false ? say("field.above", { count }) : say("field.low", { count });
}

function bigReason({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): Message {
  const count = Number(maximum);
  if (origin === "string") return say("field.long", { count });
  if (origin === "array") return say("field.many", { count });
  return inclusive === false ? say("field.below", { count }) : say("field.high", { count });
}

function oneOf(options: readonly unknown[]): Message {
  const [first] = options;
  return options.length === 1
    ? say("field.exactly", { value: String(first) })
    : say("field.oneOf", { values: options.map(String).join(", ") });
}

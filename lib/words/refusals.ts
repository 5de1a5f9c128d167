import { english, rendered } from "../protocol/english.ts";
import type { Message } from "../protocol/message.ts";
import type { MessageKey } from "../protocol/messages/mod.ts";
import type { Template } from "../protocol/templates.ts";
import { accounts } from "./de/refusals_accounts.ts";
import { chat } from "./de/refusals_chat.ts";
import { commands } from "./de/refusals_commands.ts";
import { fields } from "./de/refusals_fields.ts";
import { files } from "./de/refusals_files.ts";
import { incidents } from "./de/refusals_incidents.ts";
import { people } from "./de/refusals_people.ts";
import { requests } from "./de/refusals_requests.ts";
import { scanners } from "./de/refusals_scanners.ts";

// Pure, so that a script which takes a function of this room with it leaves the tables behind.
export const german: Readonly<Record<MessageKey, Template>> = {
  ...accounts,
  ...chat,
  ...commands,
  ...fields,
  ...files,
  ...incidents,
  ...people,
  ...requests,
  ...scanners,
};

/** A refusal's message, or that of one of its fields, in the reader's language. */
export function renderMessage(language: "en" | "de", message: Message): string {
  switch (language) {
    case "en":
      return english(message);
    case "de":
      return rendered("de", german, message);
    default:
      return language satisfies never;
  }
}

/**
 * What refusals and fields say, as English templates by key: for programs, and the shape of every other language. A message is
 * told by its key and values (`../message.ts`) and becomes text at the edge. Only who renders imports this, so that the
 * browser's scripts do not carry it.
 */
import type { Template } from "../templates.ts";
import { accountMessages } from "./accounts.ts";
import { chatMessages } from "./chat.ts";
import { commandMessages } from "./commands.ts";
import { fieldMessages } from "./fields.ts";
import { fileMessages } from "./files.ts";
import { incidentMessages } from "./incidents.ts";
import { peopleMessages } from "./people.ts";
import { requestMessages } from "./requests.ts";
import { scannerMessages } from "./scanners.ts";

export const messages = {
  ...accountMessages,
  ...chatMessages,
  ...commandMessages,
  ...fieldMessages,
  ...fileMessages,
  ...incidentMessages,
  ...peopleMessages,
  ...requestMessages,
  ...scannerMessages,
} as const;

export type Messages = typeof messages;
export type MessageKey = keyof Messages;

/** The same keys in another language. */
export type Translated<T> = Readonly<Record<keyof T, Template>>;

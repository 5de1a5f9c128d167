import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { type Behest, type Command, type Methods, RequestError } from "../../typescript/mod.ts";
import { type Arguments, exits, text, texts, UsageError } from "../arguments.ts";
import { type Context, contextOf, loggedIn } from "../context.ts";
import { everything } from "../terminal.ts";

export const options = {
  to: { type: "string", multiple: true },
  group: { type: "string" },
  kind: { type: "string" },
  body: { type: "string" },
  href: { type: "string" },
  category: { type: "string", multiple: true },
  file: { type: "string", multiple: true },
  due: { type: "string" },
  at: { type: "string" },
  expires: { type: "string" },
  requires: { type: "string" },
  key: { type: "string" },
} as const;

type Draft = Methods["command.send"]["params"];

/** `send TITLE`: sends a command and prints its id. */
export async function run(args: Arguments): Promise<number> {
  const { values, positionals: [title, ...more] } = args;
  if (title === undefined || more.length > 0) {
    throw new UsageError('Give one title: behest send --to NAME "Title"');
  }
  const [audience, times] = [audienceOf(values), timesOf(values)];
  const context = await contextOf(args);
  await using behest = await loggedIn(context);
  const attachments: string[] = [];
  for (const path of texts(values, "file")) {
    attachments.push((await behest.files.put(await openAsBlob(path), { name: basename(path) })).id);
  }
  const body = text(values, "body");
  const href = text(values, "href");
  const draft: Draft = {
    audience,
    kind: text(values, "kind") ?? (href === undefined ? "message" : "link"),
    title,
    ...(body === undefined ? {} : { body: body === "-" ? await everything() : body }),
    ...(href === undefined ? {} : { data: { href } }),
    ...(texts(values, "category").length === 0 ? {} : { categories: texts(values, "category") }),
    ...(attachments.length === 0 ? {} : { attachments }),
    ...times,
    ...(text(values, "requires") === undefined ? {} : { requires: text(values, "requires") as "none" }),
    key: text(values, "key") ?? crypto.randomUUID(),
  };
  const command = await sent(context, behest, draft);
  context.output.result({ command }, `Sent ${command.id}.`);
  return exits.ok;
}

/** Sends, and again with the same key when the answer was lost (CM-1). */
async function sent({ output }: Context, { rest }: Behest, draft: Draft): Promise<Command> {
  for (let tries = 1;; tries++) {
    try {
      const response = await rest.call("/api/v1/commands", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(draft),
      });
      return (await response.json() as Methods["command.send"]["result"]).command;
    } catch (error) {
      const lost = error instanceof RequestError && ["offline", "unavailable"].includes(error.kind);
      if (!lost || tries >= 3) throw error;
      output.say(`${error.message} Trying again.`);
      await new Promise((resolve) => setTimeout(resolve, tries * 1000));
    }
  }
}

export function audienceOf(values: Arguments["values"]): Draft["audience"] {
  const [to, group] = [texts(values, "to"), text(values, "group")];
  if (group !== undefined && to.length > 0) throw new UsageError("Use --to or --group, not both.");
  if (group !== undefined) return { kind: "group", group };
  if (to.length === 0) throw new UsageError("To whom? Use --to NAME or --group NAME.");
  return { kind: "user", to };
}

const timeOptions = { due: "dueAt", at: "deliverAt", expires: "expiresAt" } as const;

/** RFC 3339, or a time that the machine's own zone completes. */
function timesOf(values: Arguments["values"]): Pick<Draft, "dueAt" | "deliverAt" | "expiresAt"> {
  const times: Pick<Draft, "dueAt" | "deliverAt" | "expiresAt"> = {};
  for (const [option, field] of Object.entries(timeOptions)) {
    const written = text(values, option);
    if (written === undefined) continue;
    const time = new Date(written);
    if (Number.isNaN(time.getTime())) {
      throw new UsageError(`--${option}: "${written}" is no time. Write 2026-12-24T18:00.`);
    }
    times[field] = time.toISOString();
  }
  return times;
}

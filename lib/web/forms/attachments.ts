import type { Context } from "fresh";
import type { PersonState } from "../define.ts";
import {
  type Absence,
  type DeliveredCommand,
  type FileObject,
  id as fileId,
  limits,
  Refusal,
} from "../../protocol/mod.ts";

/** How many of a person's newest files a form offers; all of them are on their page. */
const offered = 10;

/** What a form needs to let a person choose from their own files; `chosen` are in it, however old. */
export async function attachChoice(
  ctx: Context<PersonState>,
  chosen: readonly string[] = [],
): Promise<{ files: FileObject[]; chosen: string[]; maxBytes: number }> {
  const { files, config } = ctx.state.services;
  const caller = ctx.state.caller;
  const list = await files.list(caller, { limit: offered });
  const found = new Map(list.files.map((file) => [file.id, file]));
  const older = [...new Set(chosen)].slice(0, limits.attachments)
    .filter((one) => !found.has(one) && fileId.safeParse(one).success);
  for (const file of await Promise.all(older.map((one) => files.get(caller, one)))) {
    if (!(file instanceof Refusal)) found.set(file.id, file);
  }
  const usable = [...found.values()].filter(({ state }) => state === "clean" || state === "scanning");
  return {
    files: usable,
    chosen: chosen.filter((one) => usable.some((file) => file.id === one)),
    maxBytes: config.uploadMaxBytes,
  };
}

interface Carrier {
  command?: DeliveredCommand;
  attachments?: readonly { fileId: string }[];
  state?: { proof?: readonly { fileId: string }[] | undefined } | undefined;
  recipients?: { proof: readonly { fileId: string }[] }[] | undefined;
  timeline?: { proof?: readonly { fileId: string }[] | undefined }[];
}

/** Of the files that commands and answers to them carry: those that the person cannot have now, and why. */
export async function absentFiles(
  ctx: Context<PersonState>,
  carriers: readonly Carrier[],
): Promise<Record<string, Absence>> {
  const { files } = ctx.state.services;
  const caller = ctx.state.caller;
  const ids = new Set(
    carriers.flatMap(({ command, attachments = [], state, recipients = [], timeline = [] }) =>
      [
        ...(command === undefined || "sealed" in command ? [] : command.attachments),
        ...attachments,
        ...state?.proof ?? [],
        ...[...recipients, ...timeline].flatMap(({ proof = [] }) => proof),
      ].map((file) => file.fileId)
    ),
  );
  const found = await Promise.all(
    [...ids].map(async (id) => [id, absenceOf(await files.get(caller, id))] as const),
  );
  return Object.fromEntries(found.filter((entry): entry is [string, Absence] => entry[1] !== null));
}

/** Null for a file that can be had, and for one of which nothing is known just now. */
function absenceOf(file: FileObject | Refusal): Absence | null {
  if (!(file instanceof Refusal)) {
    return file.state === "clean" ? null : file.state === "scanning" ? "scanning" : "unclean";
  }
  return file.kind === "not_found" ? "gone" : file.kind === "not_clean" ? "unclean" : null;
}

import process from "node:process";
import { join } from "node:path";
import { Behest, type BehestOptions, FileOutbox, FileSeen } from "../typescript/node.ts";

import { type Arguments, text } from "./arguments.ts";
import { HistoryFile } from "./history_file.ts";
import { Profile } from "./profile.ts";
import { Output } from "./terminal.ts";

/** What a command works with. */
export interface Context {
  profile: Profile;
  server: string;
  output: Output;
}

export async function contextOf({ values }: Arguments): Promise<Context> {
  const profile = await Profile.open();
  return {
    profile,
    server: profile.server(text(values, "server")),
    output: new Output(values.json === true),
  };
}

/** REST calls and files; its connection is not opened. */
export async function loggedIn({ profile, server }: Context): Promise<Behest> {
  return new Behest({ server, ...await profile.login(server) });
}

/** A connection that is handed nothing: for requests beside `listen`. */
export async function asking(context: Context, options: Partial<BehestOptions> = {}): Promise<Behest> {
  const { profile, server } = context;
  return new Behest({
    server,
    ...await profile.login(server),
    device: `${profile.device}-${process.pid}`,
    accept: ["x-none"],
    ...options,
  });
}

/** The connection of this machine's device, with what it keeps over a restart. */
export async function listening(context: Context, options: Partial<BehestOptions> = {}): Promise<Behest> {
  const { profile, server } = context;
  const folder = await profile.folder(server);
  return new Behest({
    server,
    ...await profile.login(server),
    device: profile.device,
    store: await FileSeen.open(join(folder, "seen")),
    outbox: await FileOutbox.open(join(folder, "outbox")),
    ...options,
  });
}

/** What no server has answered yet: the next run sends it. */
export async function outboxOf({ profile, server }: Context): Promise<FileOutbox> {
  return await FileOutbox.open(join(await profile.folder(server), "outbox"));
}

export async function historyOf({ profile, server }: Context): Promise<HistoryFile> {
  return await HistoryFile.open(join(await profile.folder(server), "history"));
}

import { logIn, RequestError } from "../../typescript/mod.ts";
import { type Arguments, exits, text, UsageError } from "../arguments.ts";
import { loggedIn } from "../context.ts";
import { Profile, serverAddress } from "../profile.ts";
import { ask, askSecret, Output } from "../terminal.ts";

export const options = {
  user: { type: "string", short: "u" },
  stay: { type: "boolean" },
} as const;

/** `login [SERVER]`: asks for a password and keeps the session, in the keychain where there is one. */
export async function run({ values, positionals }: Arguments): Promise<number> {
  const profile = await Profile.open();
  const output = new Output(values.json === true);
  const [named] = positionals;
  const server = named === undefined ? profile.server(text(values, "server")) : serverAddress(named);
  const username = text(values, "user") ?? await ask("Username: ");
  const password = await askSecret("Password: ");
  if (password === "") throw new UsageError("There was no password.");
  const wish = { username, password, stay: values.stay === true };
  const kept = await logIn(server, wish).catch(async (error: unknown) => {
    const needsCode = error instanceof RequestError && error.fields?.code !== undefined;
    if (!needsCode) throw error;
    return await logIn(server, { ...wish, code: await ask("Code: ") });
  });
  const { store, kept: place } = await profile.store(server);
  await store.write(kept);
  await profile.use(server);
  const stays = kept.renewal !== undefined;
  output.result(
    { server, username, expiresAt: kept.renewal?.expiresAt ?? kept.expiresAt, stays, kept: place },
    `Logged in to ${server} as ${username}. The session is in the ${
      place === "file" ? "configuration" : "keychain"
    }.`,
  );
  return exits.ok;
}

/** `logout`: ends the session on the server and forgets it here. */
export async function logout({ values }: Arguments): Promise<number> {
  const profile = await Profile.open();
  const server = profile.server(text(values, "server"));
  const output = new Output(values.json === true);
  const behest = await loggedIn({ profile, server, output });
  await behest.rest.call("/api/v1/auth/logout", { method: "POST" }).catch((error: unknown) => {
    // A session that is over already is what was asked for.
    if (!(error instanceof RequestError) || error.kind !== "unauthorized") throw error;
  });
  await (await profile.store(server)).store.write(null);
  output.result({ server }, `Logged out of ${server}.`);
  return exits.ok;
}

import { sendOver } from "./built_app.ts";
import { base, type Send, withoutWords } from "./page_forms.ts";
import { fakePassword, type FakeServices, fakeServices } from "./services.ts";

export { as, base, form, messagesOf, type Send } from "./page_forms.ts";

/** The app over fake services, without a network: its answers as they are. */
export async function wholeSite(fake: FakeServices): Promise<Send> {
  const send = await sendOver(fake.services);
  return async (path, init) => await send(new Request(base + path, init));
}

/** The same for tests of what a page shows. */
export async function site(fake: FakeServices): Promise<Send> {
  const send = await wholeSite(fake);
  return async (path, init) => await withoutWords(await send(path, init));
}

export async function withPages(
  run: (send: Send, fake: FakeServices) => Promise<void>,
  fake: FakeServices = fakeServices(),
): Promise<void> {
  await run(await site(fake), fake);
}

export const annsLogin = { username: "ann", password: fakePassword };

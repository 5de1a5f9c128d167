import { type AppOptions, AppRig } from "./app_rig.ts";
import { until } from "./until.ts";

/** Ann's files over HTTP. */
export async function annsFiles(options: AppOptions = {}) {
  const app = await AppRig.start(options);
  const { send } = app;
  const bearer = app.bearerOf("ann");
  const filesOf = async (who: string) => (await app.services.files.list(await app.caller(who), {})).files;
  return {
    app,
    send,
    bearer,
    post: (path: string, body: BodyInit | null, headers: Record<string, string> = {}) =>
      send(path, { method: "POST", body, headers: { ...bearer, ...headers } }),
    get: (id: string, headers: Record<string, string> = {}, method = "GET", behind = "") =>
      send(`/api/v1/files/${id}/content${behind}`, { method, headers: { ...bearer, ...headers } }),
    /** Newest first. */
    files: () => filesOf("ann"),
    bobsFiles: () => filesOf("bob"),
    /** What is downloaded of her newest file with this name, once it was checked. */
    text: async (name: string): Promise<string> =>
      new TextDecoder().decode(
        await until(async () => {
          const file = (await filesOf("ann")).find((one) => one.name === name);
          const answer = await send(`/api/v1/files/${file?.id}/content`, { headers: bearer });
          if (answer.status === 200) return await answer.bytes();
          await answer.body?.cancel();
          return null;
        }, `the checked file ${name}`),
      ),
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

import type { Incident } from "../../lib/protocol/mod.ts";
import type { CsamFinding } from "../../lib/scanning/mod.ts";
import { must } from "./accounts_rig.ts";
import type { AppRig } from "./app_rig.ts";
import { hashOf } from "./files_rig.ts";
import { until } from "./until.ts";

let numbers = 0;

/** Bytes that a matching service knows, uploaded by these people before they were checked: their incident, once it is sealed. */
export async function matchedBytes(app: AppRig, owners: readonly string[]): Promise<Incident> {
  const answers = Promise.withResolvers<CsamFinding>();
  const { virus, csam } = app;
  const { script } = virus;
  virus.script = () => "clean";
  csam.match = () => answers.promise;
  const content = `\xff\xd8\xff matched ${numbers++}`;
  const bytes = Uint8Array.from(content, (letter) => letter.charCodeAt(0));
  for (const who of owners) await app.file(who, { name: "x.png", content: bytes, state: "scanning" });
  answers.resolve({
    verdict: "match",
    scanner: "shield",
    version: "1",
    answer: "known since 2019",
    match: { classification: "csam", matchType: "near", reference: null },
  });
  const root = await app.caller("root");
  const incident = await until(async () => {
    await app.open.runDueJobs();
    const { incidents } = must(await app.services.incidents.list(root, { limit: 1 }));
    const [last] = incidents;
    return last?.evidence === "sealed" && last.sha256 === hashOf(bytes) ? last : null;
  }, "a sealed incident");
  virus.script = script;
  // Its own again.
  delete (csam as { match?: unknown }).match;
  return incident;
}

import type { AuditPageEntry } from "../protocol/mod.ts";
import { csvLine } from "./answers_csv.ts";

/** MO-3: audit entries as CSV (RFC 4180), a line at a time. */
export async function* auditCsv(entries: AsyncIterable<AuditPageEntry>): AsyncGenerator<string> {
  yield csvLine(["at", "actor", "action", "subject", "address", "reason", "detail", "hash"]);
  for await (const { at, actor, action, subject, address, reason, detail, hash } of entries) {
    yield csvLine([at, actor, action, subject ?? "", address, reason ?? "", JSON.stringify(detail), hash]);
  }
}

/** Things as a JSON list, one a line. */
export async function* jsonList(things: AsyncIterable<unknown>): AsyncGenerator<string> {
  let before = "[\n";
  for await (const thing of things) {
    yield before + JSON.stringify(thing);
    before = ",\n";
  }
  yield before === "[\n" ? "[]\n" : "\n]\n";
}

import type { UserRecord } from "../../accounts/mod.ts";
import type { FileRecord } from "../../files/ports.ts";
import type {
  IncidentRecord,
  IncidentUpload,
  RefusedUpload,
  Suspensions,
} from "../../scanning/evidence_ports.ts";
import { getEntries, getValues } from "./get_many.ts";
import { holdWrites, joined, type Part, suspendWrites } from "./incidents_suspensions.ts";
import { keys } from "./keys.ts";
import type { KvEntry, KvKey, KvPort, KvSelector } from "./port.ts";

/** Uploads in one commit: each checks its owner and two holds, and a commit can check a hundred keys. */
const uploadsAtOnce = 25;
/** Attempts of one account that an incident keeps; a later one replaces the last. */
const attemptsKept = 50;
/** References compared with an incident, or holds ended, in one step. */
const lookedAtOnce = 100;

/**
 * Returns the writes for files that refer to the bytes and are not listed in the incident yet: they list the files, suspend
 * their owners and hold both.
 */
export async function newUploads(
  kv: KvPort,
  incident: Pick<IncidentRecord, "id" | "sha256">,
  nowMs: number,
): Promise<Part & Suspensions & { count: number }> {
  const fileIds = await unnamedFiles(kv, incident);
  const files = (await getValues<FileRecord>(kv, fileIds.map(keys.file))).filter((file) => file !== null);
  const ownerIds = [...new Set(files.map(({ ownerId }) => ownerId))];
  const owners = (await getEntries<UserRecord>(kv, ownerIds.map(keys.user)))
    .filter((entry): entry is KvEntry<UserRecord> => entry.value !== null);
  const users = new Map(owners.map(({ value }) => [value.id, value]));
  const suspended = await suspendWrites(kv, owners, incident.id, nowMs);
  const holding = [
    ...ownerIds.map((id) => keys.hold("user", id)),
    ...files.map(({ id }) => keys.hold("file", id)),
  ];
  const held = await holdWrites(kv, holding, incident.id);
  const sets = files.map((file) => ({
    key: keys.incidentUpload(incident.id, file.id),
    value: uploadOf(file, users.get(file.ownerId)),
  }));
  return { ...suspended, ...joined(suspended, held, { sets }), count: files.length };
}

/** Lists the keys of the legal holds on an incident's uploads, in batches. */
export async function* holdsOf(kv: KvPort, incidentId: string): AsyncIterable<KvKey[]> {
  let some = new Map<string, KvKey>();
  const prefix = keys.incidentUploads(incidentId);
  for await (const { value } of kv.list<IncidentUpload>({ prefix })) {
    some.set(`user ${value.userId}`, keys.hold("user", value.userId));
    if (value.fileId !== null) some.set(`file ${value.fileId}`, keys.hold("file", value.fileId));
    if (some.size < lookedAtOnce / 2) continue;
    yield [...some.values()];
    some = new Map();
  }
  if (some.size > 0) yield [...some.values()];
}

/** Returns the record of an attempt to upload refused bytes. */
export function attemptOf({ name, from }: RefusedUpload, user: UserRecord, atMs: number): IncidentUpload {
  const { id, username, displayName } = user;
  return {
    fileId: null,
    name,
    userId: id,
    username,
    displayName,
    atMs,
    address: from.address,
    port: from.port,
  };
}

/** Key of the attempt with this number. */
export function attemptKey(incidentId: string, attempts: number): KvKey {
  return keys.incidentUpload(incidentId, String(Math.min(attempts, attemptsKept)).padStart(4, "0"));
}

async function unnamedFiles(
  kv: KvPort,
  { id, sha256 }: Pick<IncidentRecord, "id" | "sha256">,
): Promise<string[]> {
  const unnamed: string[] = [];
  let after: string | null = null;
  while (unnamed.length < uploadsAtOnce) {
    const prefix = keys.refsOf(sha256);
    const selector: KvSelector = after === null ? { prefix } : { prefix, start: [...prefix, `${after}\0`] };
    const refs: string[] = [];
    for await (const { key } of kv.list(selector, { limit: lookedAtOnce })) refs.push(key[2] as string);
    const named = await getValues(kv, refs.map((fileId) => keys.incidentUpload(id, fileId)));
    unnamed.push(...refs.filter((_, at) => named[at] === null));
    if (refs.length < lookedAtOnce) break;
    after = refs.at(-1)!;
  }
  return unnamed.slice(0, uploadsAtOnce);
}

function uploadOf(file: FileRecord, owner: UserRecord | undefined): IncidentUpload {
  return {
    fileId: file.id,
    name: file.name,
    userId: file.ownerId,
    username: owner?.username ?? "",
    displayName: owner?.displayName ?? "",
    atMs: file.createdMs,
    address: file.from.address,
    port: file.from.port,
  };
}

import { createHash } from "node:crypto";
import type { Config } from "../../lib/config/mod.ts";
import { type Caller, type Clock, type Ids, iso } from "../../lib/platform/mod.ts";
import {
  type AdminFile,
  type FileObject,
  type Incident,
  Refusal,
  type ScanStatus,
} from "../../lib/protocol/mod.ts";
import type { UploadView } from "../../lib/files/mod.ts";
import type { Services } from "../../lib/web/services.ts";
import { bodyOf } from "./body.ts";
import { fakeIncidents } from "./incident_services.ts";
import { told } from "./told.ts";

/** What file pages and routes set up and look at. */
export interface FakeFileWorld {
  /** Everybody's, newest first. */
  files: FileObject[];
  /** File id to username; a file without an entry is anybody's who asks. */
  fileOwners: Map<string, string>;
  /** By file id. A clean file without an entry is empty. */
  contents: Map<string, Uint8Array<ArrayBuffer>>;
  uploads: Map<string, FakeUpload>;
  /** The state that a file has right after its upload. */
  uploadedState: FileObject["state"];
  adminFiles: AdminFile[];
  incidents: Incident[];
  scanStatus: ScanStatus;
}

export interface FakeUpload {
  owner: string;
  state: UploadView;
  bytes: Uint8Array<ArrayBuffer>;
}

export type FakedFileServices = Pick<Services, "files" | "adminFiles" | "incidents" | "scanning">;
type Refuse = (method: string, params: unknown) => Refusal | undefined;

export function emptyFileWorld(): FakeFileWorld {
  const scanner = (name: string) => ({ scanner: name, version: "1", ok: true, reason: null, real: false });
  return {
    files: [],
    fileOwners: new Map(),
    contents: new Map(),
    uploads: new Map(),
    uploadedState: "scanning",
    adminFiles: [],
    incidents: [],
    scanStatus: { virus: scanner("eicar"), csam: scanner("hash-list"), backlog: 0 },
  };
}

/** Files, their moderation, incidents and the scanners' state in memory. A test may have any call refused by its name. */
export function fakeFileServices(
  world: FakeFileWorld,
  config: Pick<Config, "uploadMaxBytes" | "quotaBytes">,
  clock: Clock,
  ids: Ids,
  refusal: Refuse,
): FakedFileServices {
  return {
    files: fakeFiles(world, config, clock, ids, refusal),
    adminFiles: fakeAdminFiles(world, clock, refusal),
    incidents: fakeIncidents(world, clock, refusal),
    scanning: { status: () => Promise.resolve(world.scanStatus) },
  };
}

/** Puts a file into the world: ann's, clean and with this content unless said otherwise. */
export function addFile(
  world: FakeFileWorld,
  clock: Clock,
  ids: Ids,
  over: Partial<FileObject> = {},
  content: string | Uint8Array<ArrayBuffer> = "hello",
  owner = "ann",
): FileObject {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const file: FileObject = {
    id: ids.next(),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    name: "a file.txt",
    size: bytes.length,
    type: "application/octet-stream",
    state: "clean",
    createdAt: iso(clock.now()),
    expiresAt: iso(clock.now() + dayMs),
    ...over,
  };
  world.files.unshift(file);
  world.fileOwners.set(file.id, owner);
  world.contents.set(file.id, bytes);
  return file;
}

const dayMs = 24 * 3600_000;
const noFile = () => new Refusal("not_found", "file.missing");
const noUpload = () => new Refusal("not_found", "upload.missing");

function fakeFiles(
  world: FakeFileWorld,
  { uploadMaxBytes, quotaBytes }: Pick<Config, "uploadMaxBytes" | "quotaBytes">,
  clock: Clock,
  ids: Ids,
  refusal: Refuse,
): Services["files"] {
  const isOf = ({ username }: Caller, id: string) => (world.fileOwners.get(id) ?? username) === username;
  const find = (caller: Caller, id: string) =>
    world.files.find((file) => file.id === id && isOf(caller, id)) ?? noFile();
  const used = (caller: Caller) =>
    world.files.filter(({ id }) => isOf(caller, id)).reduce((sum, { size }) => sum + size, 0);
  const tooLarge = (caller: Caller, size: number) => {
    if (size > uploadMaxBytes) {
      return new Refusal("too_large", told(`A file is at most ${uploadMaxBytes} bytes.`));
    }
    if (used(caller) + size > quotaBytes) {
      return new Refusal("too_large", told("Your files are full. Remove one first."));
    }
    return undefined;
  };
  const make = (caller: Caller, name: string, bytes: Uint8Array<ArrayBuffer>) =>
    addFile(world, clock, ids, { name, state: world.uploadedState }, bytes, caller.username);
  const findUpload = (caller: Caller, id: string) => {
    const upload = world.uploads.get(id);
    return upload?.owner === caller.username ? upload : undefined;
  };

  return {
    async upload(caller, from, named, body) {
      const refused = refusal("file.upload", { ...named, from }) ?? tooLarge(caller, named.size ?? 0);
      if (refused !== undefined) return refused;
      const bytes = await bodyOf(body, uploadMaxBytes);
      if (bytes instanceof Refusal) return bytes;
      if (named.size !== null && named.size !== bytes.length) {
        return new Refusal("invalid_params", told(`${bytes.length} bytes came in place of ${named.size}.`));
      }
      return tooLarge(caller, bytes.length) ?? make(caller, named.name, bytes);
    },
    list(caller, query) {
      const mine = world.files.filter(({ id }) =>
        isOf(caller, id) && (query.before === undefined || id < query.before)
      );
      const files = mine.slice(0, query.limit ?? 50);
      return Promise.resolve({ files, next: files.length < mine.length ? files.at(-1)?.id ?? null : null });
    },
    get: (caller, id) => Promise.resolve(refusal("file.get", { id }) ?? find(caller, id)),
    content(caller, id) {
      const file = refusal("file.content", { id }) ?? find(caller, id);
      if (file instanceof Refusal) return Promise.resolve(file);
      if (file.state !== "clean") {
        return Promise.resolve(new Refusal("not_clean", told("It is not checked yet.")));
      }
      const bytes = world.contents.get(id) ?? new Uint8Array();
      return Promise.resolve({
        file,
        open: (range) =>
          Promise.resolve(
            new Blob([range === undefined ? bytes : bytes.subarray(range.first, range.last + 1)]).stream(),
          ),
      });
    },
    remove(caller, id) {
      const file = refusal("file.remove", { id }) ?? find(caller, id);
      if (file instanceof Refusal) return Promise.resolve(file);
      world.files.splice(world.files.indexOf(file), 1);
      return Promise.resolve(true);
    },
    usage: (caller) => Promise.resolve({ used: used(caller), quota: quotaBytes }),
    begin(caller, from, named) {
      const refused = refusal("upload.begin", { ...named, from }) ?? tooLarge(caller, named.size);
      if (refused !== undefined) return Promise.resolve(refused);
      const state: UploadView = {
        ...named,
        id: ids.next(),
        offset: 0,
        expiresAt: iso(clock.now() + dayMs),
        fileId: null,
      };
      const upload = { owner: caller.username, state, bytes: new Uint8Array() };
      if (named.size === 0) state.fileId = make(caller, named.name, upload.bytes).id;
      world.uploads.set(state.id, upload);
      return Promise.resolve({ ...state });
    },
    uploadState: (caller, id) =>
      Promise.resolve(refusal("upload.state", { id }) ?? findUpload(caller, id)?.state ?? noUpload()),
    async append(caller, id, at, body) {
      const refused = refusal("upload.append", { id, ...at });
      const upload = findUpload(caller, id);
      if (refused !== undefined || upload === undefined) return refused ?? noUpload();
      const { state } = upload;
      if (at.offset !== state.offset) return new Refusal("conflict", told(`Go on at ${state.offset}.`));
      const bytes = await bodyOf(body, state.size - state.offset);
      if (bytes instanceof Refusal) return bytes;
      for (const name of ["sha1", "sha256"] as const) {
        const said = at[name];
        const is = createHash(name).update(bytes).digest();
        if (said !== undefined && !is.equals(said)) {
          return new Refusal("invalid_params", told("The checksum does not fit."), {
            fields: { checksum: told("differs") },
          });
        }
      }
      upload.bytes = await new Blob([upload.bytes, bytes]).bytes();
      state.offset = upload.bytes.length;
      if (state.offset === state.size) state.fileId = make(caller, state.name, upload.bytes).id;
      return { ...state };
    },
    abandon(caller, id) {
      const refused = refusal("upload.abandon", { id });
      if (refused !== undefined || findUpload(caller, id) === undefined) {
        return Promise.resolve(refused ?? noUpload());
      }
      world.uploads.delete(id);
      return Promise.resolve(true);
    },
  };
}

function fakeAdminFiles(world: FakeFileWorld, clock: Clock, refusal: Refuse): Services["adminFiles"] {
  const staffOnly = (caller: Caller) => caller.role === "member" ? noFile() : undefined;
  const find = (sha256: string) => world.adminFiles.find((file) => file.sha256 === sha256);
  return {
    list(caller, query) {
      const refused = refusal("adminFile.list", query) ?? staffOnly(caller);
      if (refused !== undefined) return Promise.resolve(refused);
      const found = world.adminFiles.filter(({ state, sha256 }) =>
        (query.state === undefined || state === query.state) &&
        (query.after === undefined || sha256 > query.after)
      ).sort((a, b) => a.sha256 < b.sha256 ? -1 : 1);
      const files = found.slice(0, query.limit ?? 50);
      const next = files.length < found.length ? files.at(-1)?.sha256 ?? null : null;
      return Promise.resolve({ files, next });
    },
    get: (caller, sha256) =>
      Promise.resolve(
        refusal("adminFile.get", { sha256 }) ?? staffOnly(caller) ?? find(sha256) ?? noFile(),
      ),
    decide(caller, sha256, decision) {
      const refused = refusal("adminFile.decide", { sha256, ...decision }) ?? staffOnly(caller);
      const file = find(sha256);
      if (refused !== undefined || file === undefined) return Promise.resolve(refused ?? noFile());
      if (file.state !== "held") {
        return Promise.resolve(new Refusal("conflict", told("This file is not held.")));
      }
      file.state = decision.release ? "clean" : "rejected";
      file.verdicts.unshift({
        check: "moderator",
        verdict: decision.release ? "clean" : "infected",
        scanner: caller.username,
        version: "",
        answer: decision.reason,
        at: iso(clock.now()),
      });
      return Promise.resolve(file);
    },
  };
}

import type { Context } from "fresh";
import type { PersonState, State } from "../define.ts";
import type { Caller } from "../../platform/mod.ts";
import { type Answer, id as uploadId, Refusal, say } from "../../protocol/mod.ts";
import { problem, problemAs } from "../problems.ts";
import { nameIn } from "../rest.ts";
import {
  checksums,
  hasPart,
  lengthOf,
  nameOf,
  type Part,
  partOf,
  wholeNumber,
  wrong,
} from "./tus_headers.ts";
import { rawBody, takeBody, uploadOrigin } from "./upload.ts";
import type { UploadView } from "../../files/mod.ts";

/** FI-2: tus 1.0.0 (https://tus.io/protocols/resumable-upload) over the service of files; docs/adr/0006 says why by hand. */
const version = "1.0.0";
const extensions = "creation,creation-with-upload,termination,expiration,checksum";
const place = "/api/v1/uploads";

/** What the server can do, for anybody who asks. */
export function tusOptions(ctx: Context<State>, methods: string): Response {
  return new Response(null, {
    status: 204,
    headers: {
      "allow": methods,
      "tus-resumable": version,
      "tus-version": version,
      "tus-extension": extensions,
      "tus-max-size": String(ctx.state.services.config.uploadMaxBytes),
      "tus-checksum-algorithm": Object.keys(checksums).join(","),
    },
  });
}

/** What every answer has, refusals too. */
export const tusHeaders: Readonly<Record<string, string>> = { "tus-resumable": version };

/** Whether a route speaks tus. */
export function isTus(route: string | null): boolean {
  return route === place || route?.startsWith(`${place}/`) === true;
}

/** Guards a call: of this version. */
async function asUploader(
  ctx: Context<PersonState>,
  call: (caller: Caller) => Promise<Response>,
): Promise<Response> {
  const response = ctx.req.headers.get("tus-resumable") === version
    ? await call(ctx.state.caller)
    : problemAs(412, "Precondition failed", wrong(say("tus.version", { version })), {
      "tus-version": version,
    });
  response.headers.set("tus-resumable", version);
  return response;
}

/** Begins an upload, with the first part of it or all where the body has one. */
export function tusCreate(ctx: Context<PersonState>): Promise<Response> {
  return asUploader(ctx, async (caller) => {
    const { headers } = ctx.req;
    const { files } = ctx.state.services;
    const size = lengthOf(headers);
    if (size instanceof Refusal) return problem(size);
    const name = nameOf(headers.get("upload-metadata") ?? "");
    if (name instanceof Refusal) return problem(name);
    const part = hasPart(headers) ? partOf(headers) : null;
    if (part instanceof Response) return part;

    const begun = await files.begin(caller, uploadOrigin(ctx), { name, size });
    if (begun instanceof Refusal) return problem(begun);
    const state = part === null || begun.fileId !== null
      ? begun
      : await append(ctx, caller, begun.id, { ...part, offset: 0 });
    if (state instanceof Refusal) {
      // Nobody was told where it is, so nobody could go on with it.
      await files.abandon(caller, begun.id);
      return refusedPart(state);
    }
    return new Response(null, {
      status: 201,
      headers: { ...progress(state), location: `${place}/${state.id}` },
    });
  });
}

/** How far an upload is. */
export function tusHead(ctx: Context<PersonState>): Promise<Response> {
  return asUploader(ctx, async (caller) => {
    const state = await ctx.state.services.files.uploadState(caller, idIn(ctx));
    if (state instanceof Refusal) return problem(state);
    return new Response(null, {
      headers: {
        ...progress(state),
        "cache-control": "no-store",
        "upload-length": String(state.size),
        // Of what was said at the beginning the name alone was kept.
        "upload-metadata": `filename ${new TextEncoder().encode(state.name).toBase64()}`,
      },
    });
  });
}

/** The next part of an upload. */
export function tusPatch(ctx: Context<PersonState>): Promise<Response> {
  return asUploader(ctx, async (caller) => {
    const { headers } = ctx.req;
    const part = partOf(headers);
    if (part instanceof Response) return part;
    const offset = wholeNumber(headers.get("upload-offset"));
    if (offset === null) return problem(wrong("tus.offset"));
    const state = await append(ctx, caller, idIn(ctx), { ...part, offset });
    return state instanceof Refusal
      ? refusedPart(state)
      : new Response(null, { status: 204, headers: progress(state) });
  });
}

/** Ends an upload before it is whole. */
export function tusDelete(ctx: Context<PersonState>): Promise<Response> {
  return asUploader(ctx, async (caller) => {
    const ended = await ctx.state.services.files.abandon(caller, idIn(ctx));
    return ended instanceof Refusal ? problem(ended) : new Response(null, { status: 204 });
  });
}

/**
 * For clients whose surroundings know GET and POST only: the method that the header names. Of a POST alone, since a page of
 * another site may make browsers send the others.
 */
export function tusPost(ctx: Context<PersonState>): Promise<Response> {
  switch (ctx.req.headers.get("x-http-method-override")?.toUpperCase()) {
    case "PATCH":
      return tusPatch(ctx);
    case "DELETE":
      return tusDelete(ctx);
    case "HEAD":
      return tusHead(ctx);
  }
  return asUploader(ctx, () =>
    Promise.resolve(
      problem(new Refusal("method_not_allowed", "tus.method")),
    ));
}

function idIn(ctx: Context<PersonState>): string {
  return nameIn(ctx, "id", uploadId);
}

function append(
  ctx: Context<PersonState>,
  caller: Caller,
  id: string,
  at: Part & { offset: number },
): Answer<UploadView> {
  const { files } = ctx.state.services;
  return takeBody(rawBody(ctx.req), (stream) => files.append(caller, id, at, stream));
}

/** What every answer tells of an upload; the file's id once it is there. */
function progress({ offset, expiresAt, fileId }: UploadView): Record<string, string> {
  return {
    "upload-offset": String(offset),
    ...(fileId === null
      ? { "upload-expires": new Date(expiresAt).toUTCString() }
      : { "behest-file-id": fileId }),
  };
}

/** 460 is tus' own status for bytes that do not fit their checksum. */
function refusedPart(refusal: Refusal): Response {
  const isChecksum = Object.hasOwn(refusal.detail.fields ?? {}, "checksum");
  return isChecksum ? problemAs(460, "Checksum mismatch", refusal) : problem(refusal);
}

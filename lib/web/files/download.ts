import type { Context } from "fresh";
import { contentHeaders, unchanged, wanted } from "./content_headers.ts";
import type { PersonState } from "../define.ts";
import { id as fileId, type Message, Refusal, say } from "../../protocol/mod.ts";
import { problem, problemAs } from "../problems.ts";
import { nameIn } from "../rest.ts";

/** FI-5: a file's bytes, all or a range of them, for those whom a reference lets have them. */
export async function sendContent(ctx: Context<PersonState>): Promise<Response> {
  const { services, caller } = ctx.state;
  const content = await services.files.content(caller, nameIn(ctx, "id", fileId));
  if (content instanceof Refusal) return problem(content);
  const { method, headers: asked } = ctx.req;
  const { file } = content;
  const headers = contentHeaders(file);
  const want = wanted(method, asked, `"${file.sha256}"`, file.size);
  switch (want.kind) {
    case "whole":
      return new Response(method === "HEAD" ? null : await content.open(), { headers });
    case "part": {
      const { first, last } = want;
      headers.set("content-length", String(last - first + 1));
      headers.set("content-range", `bytes ${first}-${last}/${file.size}`);
      return new Response(await content.open({ first, last }), { status: 206, headers });
    }
    case "unchanged":
      return unchanged(headers);
    case "changed":
      return refused(412, "Precondition failed", "range.changed");
    case "no_such_range":
      return refused(
        416,
        "Range not satisfiable",
        say("range.outside", { count: file.size }),
        { "content-range": `bytes */${file.size}`, "accept-ranges": "bytes" },
      );
    default:
      return want satisfies never;
  }
}

function refused(
  status: number,
  title: string,
  message: Message,
  headers: Record<string, string> = {},
): Response {
  return problemAs(status, title, new Refusal("invalid_params", message), headers);
}

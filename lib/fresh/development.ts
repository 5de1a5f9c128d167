/** What a development build adds to an app: pages that load themselves again, and errors shown in the browser. */
import { type ComponentChild, h } from "preact";
import { renderToString } from "preact-render-to-string";
import { HttpError } from "./error.ts";

/** Gives one event, the name of the process, and stays open for as long as the process runs. */
const ALIVE_PATH = "/_frsh/alive";
/** The script that loads the page again when another process answers. */
export const RELOAD_PATH = "/_frsh/reload.js";

const reloadScript = `let known;
const alive = new EventSource(${JSON.stringify(ALIVE_PATH)});
alive.onmessage = ({ data }) => {
  if (known !== undefined && known !== data) location.reload();
  known = data;
};
`;

/** Time after which a page asks again when nobody answers, in milliseconds. */
const retryMs = 1_000;

/** An answer with what was thrown on the way to it, if anything was. */
export interface Answered {
  response: Response;
  error: unknown;
}

type Info = Deno.ServeHandlerInfo;

/** Wraps an app's handler. `root` is the project's folder, whose files are named in errors. */
export function developing(
  answer: (req: Request, info?: Info) => Promise<Answered>,
  root: string,
): (req: Request, info?: Info) => Promise<Response> {
  const instance = crypto.randomUUID();
  return async (req, info) => {
    const { pathname } = new URL(req.url);
    if (pathname === ALIVE_PATH) return aliveResponse(instance);
    if (pathname === RELOAD_PATH) {
      return new Response(reloadScript, { headers: { "content-type": "text/javascript; charset=UTF-8" } });
    }
    const { response, error } = await answer(req, info);
    const isFault = error !== null && !(error instanceof HttpError && error.status < 500);
    if (!isFault || !req.headers.get("accept")?.includes("text/html")) return response;
    await response.body?.cancel();
    return errorResponse(error, root);
  };
}

/** Ends when the process is told to: a server that waits for its open answers would not end by itself. */
function aliveResponse(instance: string): Response {
  const signals = ["SIGINT", "SIGTERM"] as const;
  let stop = () => {};
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      stop = () => {
        for (const signal of signals) Deno.removeSignalListener(signal, end);
      };
      const end = () => {
        stop();
        controller.close();
      };
      for (const signal of signals) Deno.addSignalListener(signal, end);
      controller.enqueue(new TextEncoder().encode(`retry: ${retryMs}\ndata: ${instance}\n\n`));
    },
    cancel: () => stop(),
  });
  return new Response(stream, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}

interface Place {
  /** Below the project's folder. */
  file: string;
  line: number;
  column: number;
}

/** The first place in the project's own files that a stack or a message names. */
export function placeOf(text: string, root: string): Place | null {
  const framework = decodeURIComponent(new URL(".", import.meta.url).pathname);
  // Stacks name files by their URL, the bundler by their path without its first slash.
  for (
    const [, name = "", line, column] of text.matchAll(
      /(?:^|[\s("'])(?:file:\/\/)?\/?([^\s"'(][^\s"']*?):(\d+):(\d+)/gm,
    )
  ) {
    const path = `/${readable(name)}`;
    if (!path.startsWith(`${root}/`) || path.startsWith(framework)) continue;
    return { file: path.slice(root.length + 1), line: Number(line), column: Number(column) };
  }
  return null;
}

function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Lines around a place, the one itself with its column marked; empty where the file cannot be read. */
async function frameOf({ file, line, column }: Place, root: string): Promise<string> {
  let lines: string[];
  try {
    lines = (await Deno.readTextFile(`${root}/${file}`)).split("\n");
  } catch {
    return "";
  }
  const first = Math.max(1, line - 3);
  return lines.slice(first - 1, line + 3).flatMap((text, i) => {
    const at = first + i;
    const row = `${at === line ? ">" : " "} ${String(at).padStart(5)} | ${text}`;
    return at === line ? [row, `${" ".repeat(8)}| ${" ".repeat(column - 1)}^`] : [row];
  }).join("\n");
}

async function errorResponse(error: unknown, root: string): Promise<Response> {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const place = placeOf(stack ?? message, root);
  const frame = place === null ? "" : await frameOf(place, root);
  const nonce = crypto.randomUUID().replaceAll("-", "");
  const part = (show: boolean, element: ComponentChild) => show ? element : null;
  const html = renderToString(
    h(
      "html",
      { lang: "en" },
      h(
        "head",
        null,
        h("meta", { charset: "utf-8" }),
        h("meta", { name: "viewport", content: "width=device-width" }),
        h("title", null, `${name}: ${message.split("\n")[0]}`),
        h("style", { nonce, dangerouslySetInnerHTML: { __html: style } }),
      ),
      h(
        "body",
        null,
        h("h1", null, name),
        h("pre", { class: "message" }, message),
        part(place !== null, h("p", { class: "place" }, `${place?.file}:${place?.line}:${place?.column}`)),
        part(frame !== "", h("pre", { class: "frame" }, frame)),
        part(stack !== undefined && stack !== message, h("pre", null, stack)),
        h("p", null, "The page reloads when a source file changes."),
        h("script", { type: "module", src: RELOAD_PATH, nonce }),
      ),
    ),
  );
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; ` +
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
  return new Response(`<!DOCTYPE html>${html}`, {
    status: 500,
    headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
  });
}

const style =
  `body { font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }
h1 { color: #b3261e; font-size: 1.25rem; margin: 0; }
pre { overflow-x: auto; }
.message { font-size: 1.1rem; white-space: pre-wrap; }
.place { font-weight: bold; }
.frame { background: #1d1b20; border-radius: 0.5rem; color: #fff; padding: 1rem; }
@media (prefers-color-scheme: dark) { body { background: #141218; color: #e6e0e9; } h1 { color: #f2b8b5; } }
`;

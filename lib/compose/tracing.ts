import type { Tracing } from "../platform/tracing.ts";

/** Traces where Deno's own switch is on (OP-4). Else their library is not even loaded. */
export async function openTracing(): Promise<Tracing | null> {
  const on = Deno.env.get("OTEL_DENO");
  if (on === undefined || on === "" || on === "0" || on === "false") return null;
  const tracing = await import("../adapters/tracing/mod.ts");
  return tracing.openTracing();
}

import type { Lean } from "./lean.ts";

export const natsStreamName = "bench";

/** Requests to a NATS server, one after the other. Throws when one is refused. */
export async function natsAsk(
  lean: Lean,
  addr: string,
  requests: readonly { subject: string; body: unknown }[],
): Promise<void> {
  await lean.ask({ do: "open", set: "asking", kind: "nats", addr, names: ["asking"], atOnce: 1 });
  await lean.ask({
    do: "ask",
    set: "asking",
    topics: requests.map(({ subject }) => subject),
    names: requests.map(({ body }) => JSON.stringify(body)),
  });
  await lean.ask({ do: "close", set: "asking" });
}

/** A stream on disk that takes everything that is sent to `to.…`. */
export async function natsStream(lean: Lean, addr: string): Promise<void> {
  await natsAsk(lean, addr, [{
    subject: `$JS.API.STREAM.CREATE.${natsStreamName}`,
    body: { name: natsStreamName, subjects: ["to.>"], storage: "file", retention: "limits", num_replicas: 1 },
  }]);
}

import assert from "node:assert/strict";
import { BehestClient } from "../../lib/client/mod.ts";
import { logIn, ServerProcess } from "../fakes/server_process.ts";
import { until } from "../fakes/until.ts";

interface TracedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: { key: string; value: { stringValue?: string } }[];
}

/** A collector of traces (OTLP over HTTP, JSON) on this computer. */
class Collector implements AsyncDisposable {
  readonly spans: TracedSpan[] = [];
  text = "";
  readonly #server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body = await request.text();
    this.text += body;
    for (const { scopeSpans } of JSON.parse(body).resourceSpans ?? []) {
      for (const { spans } of scopeSpans) this.spans.push(...spans);
    }
    return Response.json({});
  });

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.shutdown();
  }
}

Deno.test("OP-4: with Deno's switch a command is one trace from its call over its commit to the device, without people and words", async () => {
  await using collector = new Collector();
  const dir = await Deno.makeTempDir({ prefix: "behest-traces-" });
  try {
    await using server = await ServerProcess.start({
      BEHEST_DATA_DIR: dir,
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_BSP_SCHEDULE_DELAY: "50",
      OTEL_DENO_CONSOLE: "ignore",
    });
    const password = await server.demoPassword();
    const connected = async (username: string) => {
      const token = await logIn(server.origin, username, password);
      const url = `${server.origin.replace("http", "ws")}/api/ws`;
      const client = new BehestClient({ url, token, device: "phone" });
      client.connect();
      await until(() => client.request("category.list", {}).catch(() => null), "a connection");
      return { token, client };
    };
    const [ann, bob] = [await connected("demo-ann"), await connected("demo-bob")];
    const { command } = await ann.client.request("command.send", {
      key: "one",
      kind: "message",
      title: "a secret title",
      audience: { kind: "user", to: ["demo-bob"] },
    });
    const stepOf = (name: string) =>
      collector.spans.find((span) =>
        span.name === name &&
        span.attributes.some(({ key, value }) => key === "command" && value.stringValue === command.id)
      );
    const delivered = await until(() => stepOf("command.delivered"), "the delivery's span");
    const commit = await until(() => stepOf("command.commit"), "the commit's span");
    const call = await until(
      () => collector.spans.find(({ spanId }) => spanId === commit.parentSpanId),
      "the call's span",
    );
    assert.equal(call.name, "command.send");
    assert.ok(!call.parentSpanId, "each call begins a trace");
    assert.equal(delivered.parentSpanId, commit.spanId);
    assert.deepEqual([commit.traceId, delivered.traceId], [call.traceId, call.traceId]);
    await until(() => collector.spans.some(({ name }) => name.startsWith("GET")), "a span of a request");
    for (const secret of ["secret title", "demo-ann", "demo-bob", password]) {
      assert.ok(!collector.text.includes(secret), secret);
    }
    // Deno's own spans of requests have more: docs/operations.md, "Traces".
    const own = collector.spans.filter(({ name }) => /^[a-z_]+\.[a-z_]+$/i.test(name));
    const told = new Set(own.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
    assert.deepEqual([...told].toSorted(), ["command", "connection"]);
    ann.client.close();
    bob.client.close();
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

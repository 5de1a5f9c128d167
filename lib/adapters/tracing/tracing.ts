import { type Context, ROOT_CONTEXT, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { type Log, type LogFields, storyEvents } from "../../platform/mod.ts";
import type { Tracing } from "../../platform/tracing.ts";

/** Commands whose later steps still find their trace; older ones begin one of their own. */
const remembered = 10_000;

/** Null while nobody collects traces: then nothing is done for them. */
export function openTracing(): Tracing | null {
  const tracer = trace.getTracer("behest");
  const probe = tracer.startSpan("behest.start");
  probe.end();
  return probe.isRecording() ? new CommandTracing() : null;
}

class CommandTracing implements Tracing {
  readonly #tracer = trace.getTracer("behest");
  /** Where a command was sent, by its id. */
  readonly #sent = new Map<string, Context>();

  async call<T>(method: string, run: () => Promise<T>): Promise<T> {
    // A connection may last for days: each call is a trace of its own.
    return await this.#tracer.startActiveSpan(method, { root: true }, async (span) => {
      try {
        return await run();
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  }

  log(log: Log): Log {
    return {
      debug: (event, fields) => log.debug(event, fields),
      warn: (event, fields) => log.warn(event, fields),
      error: (event, fields) => log.error(event, fields),
      info: (event, fields) => {
        this.#heard(event, fields);
        log.info(event, fields);
      },
      with: (fields) => this.log(log.with(fields)),
    };
  }

  /** The lines that tell a command's story are the steps of its trace. */
  #heard(event: string, fields: LogFields = {}): void {
    const { command, commands, storedMs, connection, connections } = fields;
    if (event === storyEvents.sent && typeof command === "string") {
      const now = Date.now();
      const span = this.#tracer.startSpan("command.commit", {
        startTime: now - (typeof storedMs === "number" ? storedMs : 0),
        attributes: { command },
      });
      span.end(now);
      this.#remember(command, span);
    } else if (event === storyEvents.delivered || event === storyEvents.acknowledged) {
      const ids = Array.isArray(commands) ? commands as readonly string[] : [command];
      for (const id of ids) {
        if (typeof id !== "string") continue;
        const attributes = {
          command: id,
          ...(typeof connection === "string" ? { connection } : {}),
          ...(typeof connections === "number" ? { connections } : {}),
        };
        this.#tracer.startSpan(event, { attributes }, this.#sent.get(id) ?? ROOT_CONTEXT).end();
      }
    }
  }

  #remember(command: string, span: Span): void {
    this.#sent.set(command, trace.setSpan(ROOT_CONTEXT, span));
    if (this.#sent.size <= remembered) return;
    for (const oldest of this.#sent.keys()) {
      this.#sent.delete(oldest);
      break;
    }
  }
}

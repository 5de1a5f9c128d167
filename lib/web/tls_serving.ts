import { type Certificate, type CertificateFiles, readCertificate } from "../platform/certificate.ts";
import type { Clock, Log } from "../platform/mod.ts";

interface Listening {
  hostname: string;
  port: number;
  handler: Deno.ServeHandler<Deno.NetAddr>;
  onError: (error: unknown) => Response;
}

/** How often the files are looked at. */
const lookMs = 60_000;
/** From when on the log warns, once a day. */
const soonMs = 14 * 86_400_000;

/**
 * Serves https itself (OP-10), and goes over to a new certificate while it runs: a second listener on the same port takes what comes
 * from then on, and the first one ends what it began. Sockets are closed by that with 1001, and connect again.
 */
export class TlsServing {
  readonly #listening: Listening;
  readonly #ended: Promise<void>[] = [];
  #server: Deno.HttpServer<Deno.NetAddr>;
  #certificate: Certificate;
  #timer: Disposable | undefined;
  #warnedAt = -Infinity;
  #over = false;

  constructor(listening: Listening, certificate: Certificate) {
    this.#certificate = certificate;
    // Ports that are shared for renewals would be shared with another server too: this throws where one has it already.
    Deno.listen({ hostname: listening.hostname, port: listening.port }).close();
    this.#server = served(listening, certificate);
    // Of any free port, the next one takes the same.
    this.#listening = { ...listening, port: this.#server.addr.port };
  }

  get port(): number {
    return this.#listening.port;
  }

  renew(certificate: Certificate): void {
    const before = this.#server;
    this.#server = served(this.#listening, certificate);
    this.#certificate = certificate;
    this.#ended.push(before.shutdown());
  }

  /** Looks at the files from time to time, and serves with what is new in them. */
  watch(files: CertificateFiles, clock: Clock, log: Log): void {
    if (this.#over) return;
    this.#timer = clock.after(lookMs, () => {
      void this.look(files, clock, log).finally(() => this.watch(files, clock, log));
    });
  }

  async look(files: CertificateFiles, clock: Clock, log: Log): Promise<void> {
    try {
      const found = await readCertificate(files);
      if (found.cert !== this.#certificate.cert || found.key !== this.#certificate.key) {
        this.renew(found);
        log.info("tls.renewed", { endsAt: new Date(found.endsAtMs).toISOString() });
      }
    } catch (error) {
      log.warn("tls.unusable", { reason: error instanceof Error ? error.message : String(error) });
    }
    const { endsAtMs } = this.#certificate;
    if (endsAtMs - clock.now() < soonMs && clock.now() - this.#warnedAt > 86_400_000) {
      this.#warnedAt = clock.now();
      log.warn("tls.ends_soon", { endsAt: new Date(endsAtMs).toISOString() });
    }
  }

  async shutdown(): Promise<void> {
    this.#over = true;
    this.#timer?.[Symbol.dispose]();
    await Promise.all([...this.#ended, this.#server.shutdown()]);
  }
}

function served(
  { hostname, port, onError, handler }: Listening,
  { cert, key }: Certificate,
): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname, port, cert, key, reusePort: true, onError, onListen: () => {} }, handler);
}

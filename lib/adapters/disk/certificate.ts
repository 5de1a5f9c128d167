import { type CertificateFiles, readCertificate } from "../../platform/certificate.ts";
import type { Clock } from "../../platform/mod.ts";
import type { HealthPort } from "../../platform/health.ts";
import { type Message, say } from "../../protocol/mod.ts";

/** Checks that the certificate in the files can serve now, and says when it ends. */
export function certificateHealth(files: CertificateFiles, clock: Clock): HealthPort<Message> {
  return {
    name: "certificate",
    async check() {
      try {
        const { endsAtMs } = await readCertificate(files);
        return endsAtMs > clock.now()
          ? null
          : say("health.certificateOver", { at: new Date(endsAtMs).toISOString() });
      } catch (error) {
        return say("health.certificate", { text: error instanceof Error ? error.message : String(error) });
      }
    },
    async endsAt() {
      const { endsAtMs } = await readCertificate(files);
      return new Date(endsAtMs).toISOString();
    },
  };
}

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

/** From when on an operator should know of the end: what renews certificates does it earlier. */
const soonMs = 14 * 86_400_000;

/** Warns in the last two weeks of the certificate. One that cannot be read, or has ended, fails the check above. */
export function certificateEnds(files: CertificateFiles, clock: Clock): HealthPort<Message> {
  return {
    name: "certificate_ends",
    async check() {
      const found = await readCertificate(files).catch(() => null);
      const leftMs = found === null ? Infinity : found.endsAtMs - clock.now();
      if (leftMs <= 0 || leftMs > soonMs) return null;
      return say("health.certificateEnds", { at: new Date(found!.endsAtMs).toISOString() });
    },
  };
}

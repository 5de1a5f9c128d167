import { type Config, logFileOf } from "../lib/config/mod.ts";
import { type OpenLog, openLog } from "../lib/platform/logging.ts";

/** A log in a file, for pages that show it: with lines of every level, and then what the seeding itself writes. */
export async function seededLog(config: Config): Promise<OpenLog> {
  await Deno.mkdir(`${config.dataDir}/logs`, { recursive: true, mode: 0o700 });
  const log = openLog({ path: logFileOf(config), level: "info", now: () => Date.now(), console: null });
  log.info("server.started", { origin: "http://127.0.0.1:8000", mode: config.mode });
  const [connection, sha256] = ["01KB7Q2MZ84ZD2B7C9F1K55XA0", "9f86d081884c7d65".repeat(4)];
  log.warn("socket.closed", { connection, device: "phone", code: 4408, reason: "no frame for 60,004 ms" });
  log.error("scan.failed", { sha256, attempts: 2, error: new Error("clamd gave no answer within 30 s") });
  return log;
}

/** The log's last hour as of a busy server, with a few warnings and two minutes of errors. */
export function seededHour(log: OpenLog): ReturnType<OpenLog["lastHour"]> {
  return log.lastHour().map(({ beganMs, lines, warnings, errors }, at) => {
    const more = { warnings: at % 7 === 0 ? 2 : 0, errors: at === 25 || at === 26 ? 6 : 0 };
    const wave = Math.round(30 + 12 * Math.sin(at / 9) + at / 3);
    return {
      beganMs,
      lines: lines + wave + more.warnings + more.errors,
      warnings: warnings + more.warnings,
      errors: errors + more.errors,
    };
  });
}

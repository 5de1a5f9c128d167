import { iso } from "../platform/mod.ts";
import { limits, type NotificationParams, type OwnSanction, type User } from "../protocol/mod.ts";
import { notificationText } from "./frames.ts";
import type { ConnectionOpening, ConnectionPorts } from "./ports.ts";

/** WS-3: the text of the first frame that the server sends. */
export function readyText(
  connection: string,
  opening: ConnectionOpening,
  ports: ConnectionPorts,
  { user, sanctions, stopped }: { user: User; sanctions: OwnSanction[]; stopped: boolean },
  resumed: { cursor: string | null; pending: number },
): string {
  const { settings, clock } = ports;
  const params: NotificationParams<"session.ready"> = {
    protocol: 1,
    user,
    device: opening.device,
    connection,
    heartbeat: { intervalMs: settings.heartbeatMs, misses: limits.heartbeatMisses },
    serverTime: iso(clock.now()),
    sessionExpiresAt: opening.caller.sessionExpiresAt,
    cursor: resumed.cursor,
    pending: resumed.pending,
    stopped,
    ...(sanctions.length === 0 ? {} : { sanctions }),
    limits: {
      frameBytes: limits.frameInBytes,
      title: limits.title,
      body: limits.body,
      dataBytes: limits.dataBytes,
      categories: limits.categories,
      attachments: limits.attachments,
      recipients: limits.recipients,
      window: opening.window,
      requestsPerSecond: settings.rateRequests,
      sendsPerMinute: opening.caller.role === "admin" ? 0 : settings.rateSends,
      retentionDays: settings.retentionDays,
      uploadBytes: settings.uploadMaxBytes,
    },
  };
  return notificationText("session.ready", params);
}

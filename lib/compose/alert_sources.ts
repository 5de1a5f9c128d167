import type { Chat } from "../chat/mod.ts";
import type { AlertVerdict as Decided, ChatAlert, CommandAlert, CommandRoom } from "../commands/mod.ts";
import type { Notices } from "../notices/mod.ts";
import { limits, pushLimits } from "../protocol/mod.ts";
import {
  type Alert,
  type AlertSources,
  type PushPeople,
  refKey,
  topicOf,
  topicOfNotice,
} from "../push/mod.ts";

export interface AlertParts {
  commands: Pick<CommandRoom, "alerts">;
  chat: Pick<Chat, "log">;
  notices: Pick<Notices, "unreadAfter" | "unreadOf">;
  holds: PushPeople["holds"];
}

/** What the rooms know of what a person can be told, in the words of push. */
export function alertSources({ commands, chat, notices, holds }: AlertParts): AlertSources {
  const ofNotices = async (userId: string, found: Awaited<ReturnType<Notices["unreadOf"]>>) => {
    const hold = found.length === 0 ? null : await holds(userId);
    const decided: Decided = hold === null ? { verdict: "tell" } : { verdict: "hold", untilMs: hold.untilMs };
    return found.flatMap(({ id, atMs, from, notice }) =>
      alertOf(decided, {
        what: "notice" as const,
        id,
        topic: topicOfNotice(notice.kind),
        from,
        group: null,
        expiresMs: atMs + limits.noticesKeptDays * 24 * 3600_000,
        commandId: null,
        actions: [],
        options: [],
      })
    );
  };
  return {
    async news(userId, marks) {
      const [page, unread] = await Promise.all([
        commands.alerts.after(userId, marks.log, pushLimits.pushRead),
        notices.unreadAfter(userId, marks.notice),
      ]);
      const found = page.alerts.flatMap(({ cursor, command, chat }) => {
        const alerts = command !== undefined
          ? ofCommand(command, "command")
          : chat !== undefined
          ? ofTalk(chat)
          : [];
        return alerts.map((alert) => ({ place: cursor, alert }));
      });
      const told = await ofNotices(userId, unread);
      return {
        log: { alerts: found, upTo: page.upTo, more: page.more },
        notices: {
          alerts: told.map((alert) => ({ place: alert.id, alert })),
          upTo: unread.at(-1)?.id ?? null,
        },
      };
    },

    async now(userId, refs) {
      const idsOf = (wanted: Alert["what"]) => refs.flatMap(({ what, id }) => what === wanted ? [id] : []);
      const [waiting, due, talks, unread] = await Promise.all([
        commands.alerts.of(userId, idsOf("command")),
        commands.alerts.deadlines(userId, idsOf("deadline")),
        chat.log.unreadIn(userId, idsOf("chat")),
        notices.unreadOf(userId, idsOf("notice")),
      ]);
      const alerts = [
        ...[...waiting.values()].flatMap((alert) => ofCommand(alert, "command")),
        ...[...due.values()].flatMap((alert) => ofCommand(alert, "deadline")),
        ...[...talks.values()].flatMap(ofTalk),
        ...await ofNotices(userId, unread),
      ];
      return new Map(alerts.map((alert) => [refKey(alert), alert]));
    },
  };
}

function ofCommand(alert: CommandAlert & Decided, what: "command" | "deadline"): Alert[] {
  const { commandId, kind, from, group, expiresMs, actions, options } = alert;
  const topic = what === "deadline" ? what : topicOf(kind);
  const about = { what, id: commandId, topic, from, group, expiresMs, commandId };
  return alertOf(alert, { ...about, actions, options });
}

function ofTalk(alert: ChatAlert & Decided): Alert[] {
  const { talkId, from, expiresMs } = alert;
  return alertOf(alert, {
    what: "chat" as const,
    id: talkId,
    topic: "chat" as const,
    from,
    group: null,
    expiresMs,
    commandId: null,
    actions: [],
    options: [],
  });
}

/** Without what the person cannot be told of. */
function alertOf(
  decided: Decided,
  about: Omit<Alert, "verdict" | "untilMs">,
): Alert[] {
  switch (decided.verdict) {
    case "tell":
      return [{ ...about, verdict: "tell" }];
    case "hold":
      return [{ ...about, verdict: "hold", untilMs: decided.untilMs }];
    case "over":
      return [];
    default:
      return decided satisfies never;
  }
}

import type { NoticeKind, PushChoices, PushChoicesChange, PushLevel, PushTopic } from "../protocol/mod.ts";
import { pushLevels } from "../protocol/mod.ts";
import type { Alert } from "./ports.ts";

/** Before the person chose: what asks for something rings, what others did with it is quiet, and no number is shown. */
const firstChoices: PushChoices = {
  topics: {
    message: "normal",
    task: "normal",
    media: "normal",
    link: "normal",
    choice: "normal",
    form: "normal",
    timer: "normal",
    other: "normal",
    deadline: "urgent",
    chat: "normal",
    review: "normal",
    answer: "quiet",
    invitation: "normal",
    account: "normal",
  },
  contacts: {},
  groups: {},
  says: "kind",
  buttons: ["accept", "stop", "later", "decline"],
  options: false,
  again: { minutes: 5, times: 12 },
};

/** As they were stored; what an earlier version did not ask is as it is at first. */
export function choicesOf(stored: Partial<PushChoices> | null): PushChoices {
  return { ...firstChoices, ...stored };
}

/** The level of something: that of its sender, else of its group, else of its topic. */
export function levelOf(
  { topics, contacts, groups }: PushChoices,
  { from, group, topic }: Pick<Alert, "from" | "group" | "topic">,
): PushLevel {
  if (from !== null && Object.hasOwn(contacts, from)) return contacts[from]!;
  if (group !== null && Object.hasOwn(groups, group)) return groups[group]!;
  return topics[topic];
}

/** The louder one. */
export function louder(one: PushLevel, other: PushLevel): PushLevel {
  return pushLevels.indexOf(one) >= pushLevels.indexOf(other) ? one : other;
}

/** The choices after a change. */
export function withChange(choices: PushChoices, { topics, ...rest }: PushChoicesChange): PushChoices {
  const given = Object.entries({ ...rest }).filter(([, value]) => value !== undefined);
  const named = Object.entries(topics ?? {}).filter(([, level]) => level !== undefined);
  return {
    ...choices,
    ...Object.fromEntries(given) as Partial<PushChoices>,
    topics: { ...choices.topics, ...Object.fromEntries(named) as Partial<Record<PushTopic, PushLevel>> },
  };
}

/** The topic of a command's kind. */
export function topicOf(kind: string): PushTopic {
  switch (kind) {
    case "message":
    case "task":
    case "media":
    case "link":
    case "choice":
    case "form":
    case "timer":
      return kind;
    default:
      return "other";
  }
}

/** The topic of a notice's kind (UI-11). */
export function topicOfNotice(kind: NoticeKind): PushTopic {
  switch (kind) {
    case "command_submitted":
    case "command_returned":
    case "command_approved":
      return "review";
    case "command_accepted":
    case "command_declined":
    case "command_completed":
      return "answer";
    case "contact_requested":
    case "contact_accepted":
    case "group_invited":
      return "invitation";
    case "sanction_imposed":
    case "sanction_lifted":
    case "report_decided":
    case "appeal_decided":
    case "file_rejected":
    case "login_link":
    case "login_link_used":
      return "account";
    default:
      return kind satisfies never;
  }
}

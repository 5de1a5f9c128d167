import type { NewNotice } from "../protocol/mod.ts";
import type { NoticeRecord } from "./ports.ts";

/** A list with one more notice. */
interface Folded {
  notices: NoticeRecord[];
  added: NoticeRecord;
  /** The id of an earlier notice that it stands for too. */
  replaced: string | undefined;
}

/**
 * Adds a notice to the list of a day. One about the same thing takes the place of the earlier one, so that a command to a hundred
 * people fills no list: it is new and unread again, and counts the others. Pure.
 */
export function withNotice(list: readonly NoticeRecord[], record: NoticeRecord): Folded {
  const same = sameAs(record.notice);
  const earlier = list.find(({ notice }) => sameAs(notice) === same);
  if (earlier === undefined) return { notices: [...list, record], added: record, replaced: undefined };
  const isOther = "by" in record.notice && "by" in earlier.notice && record.notice.by !== earlier.notice.by;
  const added = { ...record, others: earlier.others + (isOther ? 1 : 0) };
  return { notices: [...list.filter((one) => one !== earlier), added], added, replaced: earlier.id };
}

/** What makes two notices of a day one. */
function sameAs(notice: NewNotice): string {
  switch (notice.kind) {
    case "command_accepted":
    case "command_declined":
    case "command_submitted":
    case "command_completed":
    case "command_approved":
    case "command_returned":
      return `${notice.kind} ${notice.command}`;
    case "contact_requested":
    case "contact_accepted":
      return `${notice.kind} ${notice.by}`;
    case "group_invited":
      return `${notice.kind} ${notice.group}`;
    case "login_link":
    case "login_link_used":
      return notice.kind;
    case "report_decided":
      return `${notice.kind} ${notice.report}`;
    case "file_rejected":
      return `${notice.kind} ${notice.file}`;
    case "sanction_imposed":
    case "sanction_lifted":
    case "appeal_decided":
      return `${notice.kind} ${notice.sanction}`;
    default:
      return notice satisfies never;
  }
}

import type { Notice } from "../lib/protocol/notices.ts";
import { noticePath, noticeText } from "../lib/text/notices.ts";
import { Avatar } from "./Avatar.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import { When } from "./When.tsx";
import { useLanguage, useWords } from "./words.tsx";

/** What a kind of notice is drawn with, and its colour. */
const looks: Readonly<Record<Notice["kind"], readonly [IconName, "warn" | "bad" | ""]>> = {
  command_accepted: ["check", ""],
  command_declined: ["x", ""],
  command_submitted: ["sent", ""],
  command_completed: ["checks", ""],
  command_approved: ["checks", ""],
  command_returned: ["undo", ""],
  contact_requested: ["plus", ""],
  contact_accepted: ["user", ""],
  group_invited: ["users", ""],
  sanction_imposed: ["alert", "warn"],
  sanction_lifted: ["okay", ""],
  report_decided: ["scale", ""],
  appeal_decided: ["scale", ""],
  file_rejected: ["files", "bad"],
  login_link: ["shield", "warn"],
  login_link_used: ["shield", "warn"],
};

interface NoticeListProps {
  notices: readonly Notice[];
  /** The people of whom the reader may see a picture. */
  pictured: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  now: number;
}

/** Notices, newest first, each a way to what it is about (UI-11). */
export function NoticeList({ notices, pictured, now }: NoticeListProps) {
  const words = useWords("notices");
  const language = useLanguage();
  return (
    <ul class="notices">
      {notices.map((notice) => (
        <li key={notice.id} class={notice.read ? undefined : "unread"}>
          <Picture notice={notice} pictured={pictured} />
          <a class="what private" href={noticePath(notice)} dir="auto">
            {noticeText(words, language, notice)}
          </a>
          <span class="when">
            <When value={notice.at} now={now} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Picture({ notice, pictured }: { notice: Notice; pictured: ReadonlySet<string> }) {
  const [icon, tone] = looks[notice.kind];
  if (!("by" in notice)) {
    return (
      <span class={tone === "" ? "kind" : `kind kind-${tone}`}>
        <Icon name={icon} />
      </span>
    );
  }
  return (
    <span class="kind">
      <Avatar
        username={notice.by.username}
        name={notice.by.displayName}
        picture={pictured.has(notice.by.username)}
        size={36}
      />
      <span class="kind-badge">
        <Icon name={icon} size="s" />
      </span>
    </span>
  );
}

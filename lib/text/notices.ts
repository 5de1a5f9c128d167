import type { Notice } from "../protocol/notices.ts";
import type { Language, Words } from "../words/mod.ts";
import { fill, plural } from "../words/shape.ts";

type NoticeWords = Words["notices"];

/** A notice as a sentence, with names and titles as they are written. */
export function noticeText(words: NoticeWords, language: Language, notice: Notice): string {
  const { kind } = notice;
  // Some kinds have a sentence for one outcome, and one for the others.
  const special = "outcome" in notice ? notice.outcome : "sanction" in notice ? notice.sanction : "";
  const text = (words as unknown as Readonly<Record<string, string | undefined>>)[`${kind}_${special}`] ??
    words[kind];
  let who = "by" in notice ? notice.by.displayName : "";
  if ("others" in notice && notice.others > 0) {
    who = plural(language, words.others, notice.others, { name: who });
  }
  const untitled = "others" in notice ? words.untitled : words.untitledOf;
  const title = "title" in notice ? notice.title ?? untitled : "name" in notice ? notice.name : "";
  return fill(text, { who, title });
}

/** The page that a notice is about. */
export function noticePath(notice: Notice): string {
  if ("command" in notice) return `/${"others" in notice ? "sent" : "history"}/${notice.command}`;
  if (notice.kind === "login_link") return "/sessions";
  if (notice.kind === "login_link_used") return "/two-factor";
  if ("by" in notice) return "/contacts";
  if ("group" in notice) return "/groups";
  return "file" in notice ? "/files" : "/account";
}

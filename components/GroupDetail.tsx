import type { AdminGroup } from "../lib/protocol/mod.ts";
import { GroupSettings } from "./GroupForms.tsx";
import { GroupMembers } from "./GroupMembers.tsx";
import { PageHead } from "./PageHead.tsx";

interface GroupDetailProps {
  group: AdminGroup;
  typed: { username: string; role: string; title: string | null };
  problem: { message: string; fields: Record<string, string> } | null;
  notice: string | undefined;
  /** The list that the group is in. */
  up: { href: string; name: string };
  /** The reader's own name where they cannot take themselves out; "" where they can. */
  self: string;
}

/** One group and its members, for those who may change them. */
export function GroupDetail({ group, typed, problem, notice, up, self }: GroupDetailProps) {
  return (
    <>
      <PageHead title={group.title} up={up} notice={notice} problem={problem} />
      <GroupMembers
        group={group}
        path={`${up.href}/${group.name}`}
        self={self}
        typed={typed}
        errors={problem?.fields ?? {}}
      />
      <GroupSettings
        group={group}
        path={`${up.href}/${group.name}`}
        title={typed.title ?? group.title}
        errors={problem?.fields ?? {}}
      />
    </>
  );
}

import { GroupDetail } from "../../../../components/GroupDetail.tsx";
import { useWords } from "../../../../components/words.tsx";
import { definePerson } from "../../../../lib/web/define.ts";
import { groupPage, memberNotice } from "../../../../lib/web/forms/groups.ts";

/** A group as administrators see it: they may take out anybody, themselves too. */
export const handler = definePerson.handlers(groupPage("/admin/groups"));

export default definePerson.page<typeof handler>(function AdminGroup({ data, url }) {
  const words = useWords("groups");
  return (
    <GroupDetail
      {...data}
      notice={memberNotice(words, url.searchParams.get("notice"))}
      up={{ href: "/admin/groups", name: words.all }}
      self=""
    />
  );
});

import { GroupDetail } from "../../../components/GroupDetail.tsx";
import { useWords } from "../../../components/words.tsx";
import { definePerson } from "../../../lib/web/define.ts";
import { groupPage, memberNotice } from "../../../lib/web/forms/groups.ts";

/** A group for those who may change it; for everybody else there is no such page. */
export const handler = definePerson.handlers(groupPage("/groups"));

export default definePerson.page<typeof handler>(function GroupPage({ data, state, url }) {
  const words = useWords("groups");
  return (
    <GroupDetail
      {...data}
      notice={memberNotice(words, url.searchParams.get("notice"))}
      up={{ href: "/groups", name: words.yours }}
      self={state.caller.username}
    />
  );
});

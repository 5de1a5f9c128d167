import { definePerson } from "../../../../../../lib/web/define.ts";
import { sendContent } from "../../../../../../lib/web/files/download.ts";

/** The same under a name, which is for people who read addresses: nothing looks at it. */
export const handler = definePerson.api({ GET: sendContent, HEAD: sendContent });

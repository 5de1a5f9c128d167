import { define } from "../../../../../../lib/define.ts";
import { sendContent } from "../../../../../../lib/rest_content.ts";

/** The same under a name, which is for people who read addresses: nothing looks at it. */
export const handler = define.handlers({ GET: sendContent, HEAD: sendContent });

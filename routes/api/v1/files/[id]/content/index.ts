import { define } from "../../../../../../lib/define.ts";
import { sendContent } from "../../../../../../lib/rest_content.ts";

export const handler = define.handlers({ GET: sendContent, HEAD: sendContent });

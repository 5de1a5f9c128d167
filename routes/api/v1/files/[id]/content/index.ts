import { define } from "../../../../../../lib/web/define.ts";
import { sendContent } from "../../../../../../lib/web/files/download.ts";

export const handler = define.handlers({ GET: sendContent, HEAD: sendContent });

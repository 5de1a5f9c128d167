import { definePerson } from "../../../../../../lib/web/define.ts";
import { sendContent } from "../../../../../../lib/web/files/download.ts";

export const handler = definePerson.api({ GET: sendContent, HEAD: sendContent });

import type { Context } from "fresh";
import { themes } from "../../text/mod.ts";
import { languageCookie, themeCookie } from "../browser_settings.ts";
import type { State } from "../define.ts";
import { localPath, seeOther } from "../pages.ts";
import { overTls } from "../session.ts";
import { Refusal } from "../../protocol/mod.ts";
import { type Language, languageOf } from "../../words/mod.ts";
import { readForm } from "./form.ts";

/** What a look form chose. `language` null: none that there is. */
export interface Look {
  language: Language | null;
  /** The way back, with the browser's cookies set. */
  response: Response;
}

/** Reads the form of `components/LookForm.tsx`. What cannot be read changes nothing. */
export async function readLook(ctx: Context<State>, back: string): Promise<Look> {
  const form = await readForm(ctx.req);
  if (form instanceof Refusal) return { language: null, response: seeOther(back) };
  const secure = overTls(ctx);
  const theme = themes.find((one) => one === form.get("theme")) ?? null;
  const language = languageOf(form.get("language") ?? "");
  const response = seeOther(localPath(form.get("back") ?? back));
  response.headers.append("set-cookie", themeCookie(theme, secure));
  if (language !== null) response.headers.append("set-cookie", languageCookie(language, secure));
  return { language, response };
}

import { type Context, page } from "fresh";
import { checked, fold, Refusal, username } from "../../protocol/mod.ts";
import { effectText } from "../../text/mod.ts";
import { wordsOf } from "../../words/mod.ts";
import type { PersonState } from "../define.ts";
import { refusedPage, seeOther } from "../pages.ts";
import { problemOf, readForm } from "./form.ts";

/** Rows of one page. */
const shownAtOnce = 25;

/** What was just done, from the address: whose name it was, and what it means for the last week. */
export interface Done {
  action: "block" | "unblock";
  name: string;
  effect: string | null;
}

async function shown(ctx: Context<PersonState>) {
  const { blockedUsers } = await ctx.state.services.preferences.get(ctx.state.caller);
  const query = ctx.url.searchParams;
  const q = (query.get("q") ?? "").trim().replace(/^@/, "").slice(0, 100);
  // Names have no accents, but people type them as they say them.
  const found = blockedUsers.filter((name) => name.includes(fold(q))).toSorted();
  const after = query.get("after") ?? "";
  const from = after === "" ? 0 : found.findIndex((name) => name > after);
  const names = from === -1 ? [] : found.slice(from, from + shownAtOnce);
  const isLast = from === -1 || from + shownAtOnce >= found.length;
  return {
    q,
    count: blockedUsers.length,
    names,
    isFirst: from === 0,
    next: isLast ? null : names.at(-1)!,
    done: await doneIn(ctx, blockedUsers),
  };
}

/** Only what is so: a link says nothing that did not happen. */
async function doneIn(ctx: Context<PersonState>, blockedUsers: readonly string[]): Promise<Done | null> {
  const query = ctx.url.searchParams;
  const action = query.get("notice");
  const name = username.safeParse(query.get("name"));
  if (!name.success || (action !== "block" && action !== "unblock")) return null;
  if (blockedUsers.includes(name.data) !== (action === "block")) return null;
  return { action, name: name.data, effect: action === "block" ? await effectOf(ctx, name.data) : null };
}

/** CO-10: of somebody who was blocked, only what had reached the person before is counted. */
async function effectOf(ctx: Context<PersonState>, name: string): Promise<string> {
  const { services: { preferences, commands }, caller, language } = ctx.state;
  const now = await preferences.get(caller);
  const before = { ...now, blockedUsers: now.blockedUsers.filter((one) => one !== name) };
  const effect = await commands.weekEffect(caller, { preferences: before });
  return effectText(wordsOf(language).week, language, effect);
}

/** The people whom the reader blocks (CO-1): found, blocked and unblocked one by one. */
export const blockedPage = {
  GET: async (ctx: Context<PersonState>) => page({ ...await shown(ctx), typed: "", problem: null }),
  async POST(ctx: Context<PersonState>) {
    const form = await readForm(ctx.req);
    const typed = form instanceof Refusal ? "" : form.get("username")?.trim() ?? "";
    const action = form instanceof Refusal ? "" : form.get("action") ?? "";
    const name = typed.replace(/^@/, "");
    const done = form instanceof Refusal ? form : await act(ctx, action, name);
    if (!(done instanceof Refusal)) {
      return seeOther(`/preferences/blocked?${new URLSearchParams({ notice: action, name: done })}`);
    }
    const problem = problemOf(done, ctx.state.language);
    return page({ ...await shown(ctx), typed, problem }, refusedPage(done));
  },
};

/** The name that was blocked or unblocked, as the server writes it. */
async function act(ctx: Context<PersonState>, action: string, typed: string): Promise<string | Refusal> {
  if (action !== "block" && action !== "unblock") return new Refusal("invalid_params", "form.buttons");
  const name = checked(username, typed, "username");
  if (name instanceof Refusal) return name;
  const { preferences } = ctx.state.services;
  const done = await preferences.block(ctx.state.caller, { username: name, on: action === "block" });
  return done instanceof Refusal ? done : name;
}

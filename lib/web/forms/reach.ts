import { type Context, page } from "fresh";
import {
  checked,
  type GrantSource,
  methods,
  Refusal,
  slug as slugSchema,
  username as usernameSchema,
} from "../../protocol/mod.ts";
import { offeredKinds, type Outcome, type ReachTable } from "../../text/mod.ts";
import { shownCategories } from "../categories.ts";
import type { PersonState } from "../define.ts";
import { refusedPage, seeOther, zoneOf } from "../pages.ts";
import { filled, problemOf, readForm, timeField } from "./form.ts";
import { ceilingOf } from "./grants.ts";

/** Where a command might come from, as the page's address says it. */
type From = GrantSource | "contact" | "stranger" | "everyone";

/** `user:NAME`, `group:NAME`, or a word; anything else is any contact. */
function fromOf(text: string | null): From {
  const [, what, name] = /^(user|group):(.+)$/.exec(text ?? "") ?? [];
  if (what === "user" && usernameSchema.safeParse(name).success) return { user: name! };
  if (what === "group" && slugSchema.safeParse(name).success) return { group: name! };
  return text === "stranger" || text === "everyone" ? text : "contact";
}

/** What becomes now of commands of each category and kind from one source. */
export async function reachOf(
  ctx: Context<PersonState>,
  from: From,
  categories: readonly { slug: string; title: string }[],
): Promise<ReachTable> {
  const { grants, clock } = ctx.state.services;
  const asked = categories.flatMap(({ slug }) => offeredKinds.map((kind) => ({ kind, categories: [slug] })));
  const outcomes = await grants.outcomes(ctx.state.caller, { from, atMs: clock.now() }, asked);
  return categories.map(({ slug, title }, at) => ({
    slug,
    title,
    outcomes: outcomes.slice(at * offeredKinds.length, (at + 1) * offeredKinds.length).map(outcomeOf),
  }));
}

async function shown(ctx: Context<PersonState>) {
  const { grants, groups, preferences } = ctx.state.services;
  const { caller } = ctx.state;
  const query = ctx.url.searchParams;
  const [list, joined, offered, own, zone, changes] = await Promise.all([
    grants.list(caller),
    groups.list(caller),
    shownCategories(ctx),
    preferences.get(caller),
    zoneOf(ctx),
    grants.changes(caller),
  ]);
  const slugs = offered.map(({ slug }) => slug);
  const from = fromOf(query.get("from"));
  return {
    from,
    table: await reachOf(ctx, from, offered),
    grants: list.grants,
    groups: joined.groups,
    categories: offered,
    limits: own.limits ?? null,
    changes,
    tried: await tried(ctx, slugs, zone),
  };
}

/** What "Try it" asks; null when it was not asked. */
async function tried(ctx: Context<PersonState>, slugs: readonly string[], zone: string) {
  const query = ctx.url.searchParams;
  const sender = filled(query, "sender")?.replace(/^@/, "").toLowerCase();
  if (sender === undefined) return null;
  const { grants, clock } = ctx.state.services;
  const from = fromOf(sender.includes(":") ? sender : `user:${sender}`);
  const at = Date.parse(timeField(query, "at", zone) ?? "");
  const kind = query.get("kind") ?? "message";
  const categories = query.getAll("category").filter((slug) => slugs.includes(slug));
  const [outcome] = await grants.outcomes(
    ctx.state.caller,
    { from, atMs: Number.isNaN(at) ? clock.now() : at },
    [{ kind, categories: categories.length === 0 ? ["general"] : categories }],
  );
  return { sender, kind, categories, at: query.get("at") ?? "", outcome: outcomeOf(outcome!) };
}

/** Without what else a decision has. */
function outcomeOf({ verdict, sealed, rule, untilMs, by }: Outcome): Outcome {
  return { verdict, sealed, rule, untilMs, by };
}

/** "What can reach me?" and the form of the ceiling on it (CO-12). */
export const reachPage = {
  GET: async (ctx: Context<PersonState>) => page({ ...await shown(ctx), problem: null }),
  async POST(ctx: Context<PersonState>) {
    const form = await readForm(ctx.req);
    const change = form instanceof Refusal
      ? form
      : checked(methods["preferences.set"].params, ceilingOf(form));
    const done = change instanceof Refusal
      ? change
      : await ctx.state.services.preferences.set(ctx.state.caller, change);
    if (!(done instanceof Refusal)) return seeOther("/preferences/reach?notice=saved");
    const problem = problemOf(done, ctx.state.language, {
      "limits.kinds": "kinds",
      "limits.perDay": "perDay",
      "limits.open": "open",
    });
    return page({ ...await shown(ctx), problem }, refusedPage(done));
  },
};

import { type Context, HttpError, page } from "fresh";
import { checked, type Grant, grantIdOf, type GrantSource, methods, Refusal } from "../../protocol/mod.ts";
import { shownCategories } from "../categories.ts";
import type { PersonState } from "../define.ts";
import { refusedPage, seeOther, zoneOf } from "../pages.ts";
import { problemOf, readForm } from "./form.ts";
import { grantChangeOf } from "./grants.ts";

/** Which form field shows a problem of which rule. */
const grantNames: Record<string, string> = { hours: "hours", until: "until", kinds: "kinds", to: "to" };

/** A page of rules for one source, and the forms on it (CO-12). `path` is its own. */
export function grantPage(
  sourceOf: (ctx: Context<PersonState>) => GrantSource,
  pathOf: (source: GrantSource) => string,
) {
  const shown = async (ctx: Context<PersonState>, source: GrantSource) => {
    const { grants, contacts, groups } = ctx.state.services;
    const { caller } = ctx.state;
    const [list, offered, people, joined] = await Promise.all([
      grants.list(caller),
      shownCategories(ctx),
      contacts.list(caller),
      groups.list(caller),
    ]);
    const grant = list.grants.find(({ id }) => id === grantIdOf(source));
    const contact = "user" in source
      ? people.contacts.find(({ username }) => username === source.user)
      : undefined;
    const group = "group" in source ? joined.groups.find(({ name }) => name === source.group) : undefined;
    if ("group" in source && grant === undefined && group === undefined) throw new HttpError(404);
    return { source, grant, contact, group, categories: offered };
  };
  return {
    async GET(ctx: Context<PersonState>) {
      const data = await shown(ctx, sourceOf(ctx));
      return page({ ...data, proposed: proposed(data.grant, ctx.url.searchParams), problem: null });
    },
    async POST(ctx: Context<PersonState>) {
      const source = sourceOf(ctx);
      const data = await shown(ctx, source);
      const form = await readForm(ctx.req);
      const action = form instanceof Refusal ? "" : form.get("action") ?? "";
      const done = form instanceof Refusal ? form : await act(ctx, { ...data, action, form });
      if (!(done instanceof Refusal)) {
        // A group that the person left has no page without a grant.
        const gone = "group" in source && data.group === undefined && action !== "pause";
        return seeOther(gone ? "/preferences/reach" : `${pathOf(source)}?notice=${action}`);
      }
      const problem = problemOf(done, ctx.state.language, grantNames);
      return page({ ...data, proposed: data.grant ?? {}, problem }, refusedPage(done));
    },
  };
}

interface Acting {
  source: GrantSource;
  grant: Grant | undefined;
  categories: readonly { slug: string }[];
  action: string;
  form: URLSearchParams;
}

async function act(
  ctx: Context<PersonState>,
  { source, grant, categories, action, form }: Acting,
): Promise<unknown | Refusal> {
  const { grants, clock } = ctx.state.services;
  const { caller } = ctx.state;
  const set = async (change: Record<string, unknown>) => {
    const params = checked(methods["grant.set"].params, change);
    return params instanceof Refusal ? params : await grants.set(caller, params);
  };
  switch (action) {
    case "pause":
      return await set({ to: source, paused: true });
    case "resume":
      return await set({ to: source, paused: false });
    case "end":
      return await grants.end(caller, { id: grantIdOf(source) });
    case "save": {
      const slugs = categories.map(({ slug }) => slug);
      const about = { zone: await zoneOf(ctx), now: clock.now(), slugs };
      return await set(grantChangeOf(form, source, grant, about));
    }
    default:
      return new Refusal("invalid_params", "form.buttons");
  }
}

/** What a link on a command proposes beyond the grant in force: `more` allows categories for a week, `less` seldom lets them come. */
function proposed(grant: Grant | undefined, query: URLSearchParams): Partial<Grant> {
  const slugs = (name: string) => (query.get(name) ?? "").split(",").filter((slug) => slug !== "");
  const [more, less] = [slugs("more"), slugs("less")];
  if (more.length === 0 && less.length === 0) return grant ?? {};
  const choices = [
    ...more.map((slug) => [slug, "allow"] as const),
    ...less.map((slug) => [slug, "ask"] as const),
  ];
  return {
    ...grant,
    categories: { ...grant?.categories, ...Object.fromEntries(choices) },
    ...(less.length > 0 ? { perDay: Math.min(grant?.perDay ?? 1, 1) } : {}),
  };
}

/** Only these words, never text from the address. */
export function grantNotice(
  words: { saved: string; paused: string; resumed: string; ended: string },
  notice: string | null,
): string | undefined {
  switch (notice) {
    case "save":
      return words.saved;
    case "pause":
      return words.paused;
    case "resume":
      return words.resumed;
    case "end":
      return words.ended;
    default:
      return undefined;
  }
}

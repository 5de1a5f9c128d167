import type { Context } from "fresh";
import type { PersonState } from "../define.ts";
import { filled } from "./form.ts";
import { type AdminCategory, categoryBody, categoryChange, checked, Refusal } from "../../protocol/mod.ts";

/** A category as it was typed. */
export interface TypedCategory {
  slug: string;
  title: string;
  description: string;
}

export const noCategory: TypedCategory = { slug: "", title: "", description: "" };

export function typedCategory(form: URLSearchParams): TypedCategory {
  return {
    slug: form.get("slug")?.trim() ?? "",
    title: form.get("title")?.trim() ?? "",
    description: form.get("description")?.replaceAll("\r\n", "\n").trim() ?? "",
  };
}

/** What the buttons of the categories' page ask for (BR-5). */
export async function changeCategories(
  ctx: Context<PersonState>,
  form: URLSearchParams,
): Promise<"add" | "moved" | "retire" | "restore" | Refusal> {
  const { categories } = ctx.state.services;
  const caller = ctx.state.caller;
  const action = form.get("action") ?? "";
  const slug = filled(form, "slug") ?? "";
  switch (action) {
    case "add": {
      const body = checked(categoryBody, typedCategory(form));
      const done = body instanceof Refusal ? body : await categories.add(caller, body);
      return done instanceof Refusal ? done : action;
    }
    case "up":
    case "down":
      return await move(ctx, slug, action === "up" ? -1 : 1);
    case "retire":
    case "restore": {
      const done = await categories.change(caller, slug, { retired: action === "retire" });
      return done instanceof Refusal ? done : action;
    }
    default:
      return new Refusal("invalid_params", "form.buttons");
  }
}

/** Changes places with the neighbour. Only those are written whose number changes. */
async function move(ctx: Context<PersonState>, slug: string, by: -1 | 1): Promise<"moved" | Refusal> {
  const { categories } = ctx.state.services;
  const caller = ctx.state.caller;
  const all = await categories.all(caller);
  if (all instanceof Refusal) return all;
  const row = inOrder(all);
  const from = row.findIndex((one) => one.slug === slug);
  const one = row[from];
  const other = row[from + by];
  if (one === undefined) return new Refusal("not_found", "category.missing");
  if (other === undefined) return "moved";
  row[from] = other;
  row[from + by] = one;
  for (const [order, category] of row.entries()) {
    if (category.order === order) continue;
    const done = await categories.change(caller, category.slug, { order });
    if (done instanceof Refusal) return done;
  }
  return "moved";
}

export function inOrder(all: readonly AdminCategory[]): AdminCategory[] {
  return all.toSorted((a, b) => a.order - b.order || (a.slug < b.slug ? -1 : 1));
}

/** The title, the description and the place of one category. */
export function changeOf(form: URLSearchParams) {
  const { title, description } = typedCategory(form);
  return checked(categoryChange, { title, description, order: Number(filled(form, "order") ?? Number.NaN) });
}

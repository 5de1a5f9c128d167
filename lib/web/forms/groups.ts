import { type Context, page } from "fresh";
import type { PersonState } from "../define.ts";
import { filled, type FormProblem, problemOf, readForm } from "./form.ts";
import { noPage, refusedPage, seeOther } from "../pages.ts";
import {
  type AdminGroup,
  checked,
  groupBody,
  groupChange,
  memberBody,
  Refusal,
  username as usernameSchema,
} from "../../protocol/mod.ts";
import type { Language, Words } from "../../words/mod.ts";

/** What was typed to invite somebody, to show it again when it was refused. */
export interface TypedMember {
  username: string;
  role: string;
  /** A title that was refused; null shows the group's own. */
  title: string | null;
}

const noMember: TypedMember = { username: "", role: "member", title: null };

/** What was typed to create a group. */
export const noGroup = { name: "", title: "" };

/** Creates a group from a form. */
export async function newGroup(
  ctx: Context<PersonState>,
  form: URLSearchParams | Refusal,
): Promise<{ typed: typeof noGroup; made: AdminGroup | Refusal }> {
  if (form instanceof Refusal) return { typed: noGroup, made: form };
  const typed = { name: form.get("name")?.trim() ?? "", title: form.get("title")?.trim() ?? "" };
  const body = checked(groupBody, typed);
  const { groups } = ctx.state.services;
  return { typed, made: body instanceof Refusal ? body : await groups.create(ctx.state.caller, body) };
}

function typedMember(form: URLSearchParams): TypedMember {
  return { username: form.get("username") ?? "", role: form.get("role") ?? "member", title: null };
}

/** Handlers of a group's page below `list`: who may not change the group finds no such page. */
export function groupPage(list: "/groups" | "/admin/groups") {
  return {
    async GET(ctx: Context<PersonState>) {
      return page({ group: await groupOf(ctx), typed: noMember, problem: null as FormProblem | null });
    },
    async POST(ctx: Context<PersonState>) {
      const { name } = await groupOf(ctx);
      const form = await readForm(ctx.req);
      const done = form instanceof Refusal ? form : await changeMembers(ctx, name, form);
      if (done === "end") return seeOther(`${list}?notice=ended`);
      if (!(done instanceof Refusal)) return seeOther(`${list}/${name}?notice=${done}`);
      const typed = form instanceof Refusal ? noMember : typedAgain(form);
      const problem = memberProblem(done, form, ctx.state.language);
      return page({ group: await groupOf(ctx), typed, problem }, refusedPage(done));
    },
  };
}

async function groupOf(ctx: Context<PersonState>) {
  const group = await ctx.state.services.groups.get(ctx.state.caller, ctx.params.name ?? "");
  if (group instanceof Refusal) throw noPage(group);
  return group;
}

/** What a refused form shows again. */
function typedAgain(form: URLSearchParams): TypedMember {
  switch (form.get("action")) {
    case "invite":
      return typedMember(form);
    case "rename":
      return { ...noMember, title: form.get("title") ?? "" };
    default:
      return noMember;
  }
}

/**
 * What the forms ask of a group: `rename` and `end` change the group itself, `invite` and `role` set somebody, `remove` takes
 * them out.
 */
async function changeMembers(
  ctx: Context<PersonState>,
  name: string,
  form: URLSearchParams,
): Promise<"rename" | "end" | "invite" | "role" | "remove" | Refusal> {
  const { groups } = ctx.state.services;
  const caller = ctx.state.caller;
  const action = form.get("action") ?? "";
  if (action === "rename") {
    const body = checked(groupChange, { title: form.get("title")?.trim() ?? "" });
    const done = body instanceof Refusal ? body : await groups.rename(caller, name, body);
    return done instanceof Refusal ? done : action;
  }
  if (action === "end") {
    const done = await groups.end(caller, name);
    return done instanceof Refusal ? done : action;
  }
  const typed = filled(form, "username")?.replace(/^@/, "") ?? "";
  const username = checked(usernameSchema, typed, "username");
  if (username instanceof Refusal) return username;
  switch (action) {
    case "invite":
    case "role": {
      const body = checked(memberBody, { role: form.get("role") ?? "" });
      const done = body instanceof Refusal ? body : await groups.setMember(caller, name, username, body);
      return done instanceof Refusal ? done : action;
    }
    case "remove": {
      const done = await groups.removeMember(caller, name, username);
      return done instanceof Refusal ? done : action;
    }
    default:
      return new Refusal("invalid_params", "form.buttons");
  }
}

/** A refused change: beside the field of the invitation, or above when it was about a member of the list. */
function memberProblem(
  refusal: Refusal,
  form: URLSearchParams | Refusal,
  language: Language,
): FormProblem {
  const problem = problemOf(refusal, language);
  const atField = form instanceof Refusal || ["invite", "rename"].includes(form.get("action") ?? "");
  return atField ? problem : { ...problem, fields: {} };
}

/** What a redirect to a group's page may have to say; only these words, never text from the address. */
export function memberNotice(words: Words["groups"], notice: string | null): string | undefined {
  switch (notice) {
    case "created":
      return words.doneCreated;
    case "invite":
      return words.doneInvite;
    case "role":
      return words.doneRole;
    case "remove":
      return words.doneRemove;
    case "rename":
      return words.doneRename;
    default:
      return undefined;
  }
}

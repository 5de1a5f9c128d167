import type { Context } from "fresh";
import {
  type Absence,
  chatDraft,
  type ChatMessage,
  type ChatPage,
  checked,
  limits,
  methods,
  type Preferences,
  Refusal,
} from "../../protocol/mod.ts";
import type { PersonState } from "../define.ts";
import { absentFiles } from "./attachments.ts";

/** The talk that an address names. */
export interface TalkAddress {
  with: string;
  thread?: string;
}

export function talkAddress(ctx: Context<PersonState>): TalkAddress {
  const thread = ctx.url.searchParams.get("thread");
  return { with: ctx.params.username ?? "", ...(thread === null ? {} : { thread }) };
}

/** A page of a talk; `before` in the address is where the page begins. */
export async function talkPage(ctx: Context<PersonState>): Promise<ChatPage | Refusal> {
  const before = ctx.url.searchParams.get("before");
  const params = checked(methods["chat.list"].params, {
    ...talkAddress(ctx),
    ...(before === null ? {} : { before }),
  });
  return params instanceof Refusal ? params : await ctx.state.services.chat.list(ctx.state.caller, params);
}

/** What a button of the talk's page does. */
export async function actInTalk(
  ctx: Context<PersonState>,
  action: string,
  form: URLSearchParams,
): Promise<unknown | Refusal> {
  const { chat, preferences } = ctx.state.services;
  const { caller } = ctx.state;
  const { with: to, thread } = talkAddress(ctx);
  switch (action) {
    case "send": {
      const draft = checked(chatDraft, {
        key: crypto.randomUUID(),
        to,
        ...(thread === undefined ? {} : { thread }),
        // Browsers end the lines of a form with both.
        body: (form.get("body") ?? "").replaceAll("\r\n", "\n"),
        attachments: form.getAll("attachments").slice(0, limits.attachments + 1),
      });
      return draft instanceof Refusal ? draft : await chat.send(caller, draft);
    }
    case "retract": {
      const params = checked(methods["chat.retract"].params, { id: form.get("id") ?? "" });
      return params instanceof Refusal ? params : await chat.retract(caller, params);
    }
    case "read": {
      const params = checked(methods["chat.read"].params, {
        ...talkAddress(ctx),
        upTo: form.get("upTo") ?? "",
      });
      return params instanceof Refusal ? params : await chat.read(caller, params);
    }
    case "share": {
      const change: Partial<Preferences> = {
        shareRead: form.get("shareRead") === "yes",
        shareWriting: form.get("shareWriting") === "yes",
      };
      return await preferences.set(caller, change);
    }
    default:
      return new Refusal("invalid_params", "form.buttons");
  }
}

/** The files of messages that cannot be had now, and why. */
export function absentOf(
  ctx: Context<PersonState>,
  messages: readonly ChatMessage[],
): Promise<Record<string, Absence>> {
  return absentFiles(ctx, messages.map(({ attachments }) => ({ attachments })));
}

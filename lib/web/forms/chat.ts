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
import { isOpen } from "../../protocol/closed_states.ts";
import { chatReactions, isReaction } from "../../protocol/reactions.ts";
import type { OpenBetween } from "../../text/mod.ts";
import type { PersonState } from "../define.ts";
import { absentFiles } from "./attachments.ts";

/** Messages before and after one that a search found. */
const aroundFound = 25;
/** Open commands from each side that the page of a talk shows. */
const openEach = 3;

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
  const at = ctx.url.searchParams.get("at");
  if (at !== null) return await pageAround(ctx, at);
  const before = ctx.url.searchParams.get("before");
  const params = checked(methods["chat.list"].params, {
    ...talkAddress(ctx),
    ...(before === null ? {} : { before }),
  });
  return params instanceof Refusal ? params : await ctx.state.services.chat.list(ctx.state.caller, params);
}

/** The page with a message that a search found, and those around it. */
async function pageAround(ctx: Context<PersonState>, at: string): Promise<ChatPage | Refusal> {
  const { chat } = ctx.state.services;
  const { caller } = ctx.state;
  const params = checked(methods["chat.list"].params, { ...talkAddress(ctx), before: at, limit: 1 });
  if (params instanceof Refusal) return params;
  // Only what is before a message of this talk is its page.
  const page = await chat.list(caller, params);
  if (page instanceof Refusal) return page;
  const messages = await chat.around(caller, at, aroundFound);
  if (messages instanceof Refusal) return messages;
  return { ...page, messages: messages.filter((one) => !isReaction(one)), next: messages[0]?.id ?? null };
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
        ...(form.get("about") ? { about: form.get("about") } : {}),
      });
      return draft instanceof Refusal ? draft : await chat.send(caller, draft);
    }
    case chatReactions.find((one) => one === action): {
      const draft = checked(chatDraft, {
        key: crypto.randomUUID(),
        to,
        ...(thread === undefined ? {} : { thread }),
        about: form.get("id") ?? "",
        reaction: action,
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
      const params = checked(methods["chat.notify"].params, {
        ...talkAddress(ctx),
        notify: form.get("notify") || null,
      });
      const chosen = params instanceof Refusal ? params : await chat.notify(caller, params);
      return chosen instanceof Refusal ? chosen : await preferences.set(caller, change);
    }
    default:
      return new Refusal("invalid_params", "form.buttons");
  }
}

/** What the talk on a command's own page needs; null where the person has none of it. */
export async function threadBeside(ctx: Context<PersonState>, other: string, commandId: string) {
  const { chat, clock } = ctx.state.services;
  const { caller } = ctx.state;
  const page = await chat.list(caller, { with: other, thread: commandId });
  if (page instanceof Refusal) return null;
  return {
    me: caller.username,
    page,
    absent: await absentOf(ctx, page.messages),
    retractFrom: new Date(clock.now() - limits.retractMs).toISOString(),
  };
}

/** The open commands between the reader and another person; first those to the reader, by their deadline. */
export async function openBetween(ctx: Context<PersonState>, other: string): Promise<OpenBetween[]> {
  const { commands } = ctx.state.services;
  const { caller } = ctx.state;
  const some = { view: "all", limit: openEach } as const;
  const [got, sent] = await Promise.all([
    commands.inboxList(caller, { ...some, from: other }),
    commands.list(caller, { ...some, box: "outbox", to: other }),
  ]);
  return [
    ...got.items.map((item) => ({ item, state: item.state?.state ?? "delivered", own: false })),
    ...sent.items.flatMap((item) => {
      const state = item.recipients?.find(({ username }) => username === other)?.state;
      return state === undefined || !isOpen(state) ? [] : [{ item, state, own: true }];
    }),
  ];
}

/** The files of messages that cannot be had now, and why. */
export function absentOf(
  ctx: Context<PersonState>,
  messages: readonly ChatMessage[],
): Promise<Record<string, Absence>> {
  return absentFiles(ctx, messages.map(({ attachments }) => ({ attachments })));
}

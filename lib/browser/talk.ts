import { type ReadonlySignal, type Signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { RequestError, type SharedConnection } from "../client/mod.ts";
import type { ChatMessage, ChatPage, ChatReaction } from "../protocol/chat.ts";
import { clientLimits as limits } from "../protocol/client_limits.ts";
import { isReaction } from "../protocol/reactions.ts";
import { pageConnection, pageStore } from "./connection.ts";
import { useConnection } from "./use_connection.ts";

/** A message that the server has not answered yet. */
export interface Unsent {
  key: string;
  body: string;
  attachments: string[];
  /** The message that it quotes. */
  about?: string;
  /** Why it was not taken; null: it is on its way, or waits for a connection. */
  error: unknown;
}

/** Which talk, as requests name it. */
export interface TalkPlace {
  with: string;
  thread: string | null;
}

export interface LiveTalk {
  messages: Signal<readonly ChatMessage[]>;
  unsent: ReadonlySignal<readonly Unsent[]>;
  /** The other side is writing. */
  writes: Signal<boolean>;
  theirReadUpTo: Signal<string | null>;
  online: Signal<boolean>;
  /** The last message that arrived while the page was open. */
  arrived: Signal<ChatMessage | null>;
  /** `about`: the message that it quotes. */
  send(body: string, attachments: string[], about?: string): Promise<void>;
  react(id: string, reaction: ChatReaction): Promise<void>;
  again(key: string): void;
  retract(id: string): Promise<void>;
  /** The person typed something. */
  typed(): void;
}

/** How long "is writing" stays after the last news of it. */
/** How long after a message the list of talks is drawn anew: several come together. */
const listAfterMs = 300;
const writingShownMs = limits.chatWritingMs + 2000;

/** One talk over the page's connection: what arrives, what is sent, what was read. */
export function useTalk(
  place: TalkPlace,
  me: string,
  page: Pick<ChatPage, "messages" | "readUpTo" | "theirReadUpTo">,
  shares: { writing: boolean },
): LiveTalk {
  const messages = useSignal<readonly ChatMessage[]>(page.messages);
  const own = useSignal<readonly Unsent[]>([]);
  const queued = useSignal<readonly Unsent[]>([]);
  const writes = useSignal(false);
  const theirReadUpTo = useSignal(page.theirReadUpTo ?? null);
  const online = useSignal(true);
  const arrived = useSignal<ChatMessage | null>(null);
  const read = useRef(page.readUpTo);
  const writing = useRef<{ timer?: ReturnType<typeof setTimeout>; toldAt: number }>({ toldAt: 0 });
  const where = { with: place.with, ...(place.thread === null ? {} : { thread: place.thread }) };
  const unsent = useComputed(() => {
    const keys = new Set(own.value.map(({ key }) => key));
    return [...queued.value.filter(({ key }) => !keys.has(key)), ...own.value];
  });

  const isHere = (message: ChatMessage) =>
    message.thread === place.thread &&
    (message.from.username === me ? message.to : message.from.username) === place.with;
  const take = (message: ChatMessage) => messages.value = withMessage(messages.value, message);

  const markRead = () => {
    if (document.visibilityState !== "visible") return;
    const last = messages.value.findLast((one) => one.from.username !== me && !isReaction(one));
    if (last === undefined || (read.current !== null && last.id <= read.current)) return;
    read.current = last.id;
    // The next message marks it again.
    void pageConnection().request("chat.read", { ...where, upTo: last.id }).catch(() => undefined);
  };

  const readQueue = (client: SharedConnection) => {
    queued.value = client.pending.flatMap(({ method, params }) =>
      method === "chat.send" && params.to === place.with && (params.thread ?? null) === place.thread &&
        params.reaction === undefined
        ? [{
          key: String(params.key),
          body: String(params.body ?? ""),
          attachments: (params.attachments as string[] | undefined) ?? [],
          error: null,
        }]
        : []
    );
  };

  useConnection((client) => {
    const fill = async () => {
      const { messages: found, theirReadUpTo: theirs } = await client.request("chat.list", where);
      for (const message of found) take(message);
      theirReadUpTo.value = theirs ?? null;
      markRead();
    };
    const fromStore = async () => {
      const kept = await (await pageStore())?.messages(
        place.thread === null ? place.with : `${place.with} ${place.thread}`,
      );
      const oldest = messages.value[0]?.id ?? "";
      // The page has its newest part; what is older is behind the link.
      for (const message of kept ?? []) if (message.id > oldest) take(message);
    };
    let listing: ReturnType<typeof setTimeout> | undefined;
    /** Draws the list of talks beside this one anew. */
    const listSoon = () => {
      clearTimeout(listing);
      listing = setTimeout(async () => (await import("./live_parts.ts")).redrawParts(), listAfterMs);
    };
    void fromStore().catch(() => undefined);
    readQueue(client);
    online.value = client.state.kind === "online" || client.state.kind === "idle";
    document.addEventListener("visibilitychange", markRead);
    return [
      () => document.removeEventListener("visibilitychange", markRead),
      () => clearTimeout(listing),
      client.on("connection", ({ kind }) => online.value = kind === "online"),
      client.on("ready", () => void fill().catch(() => undefined)),
      client.on("outbox", () => readQueue(client)),
      client.on("message", ({ message }) => {
        listSoon();
        if (!isHere(message)) return;
        const isNew = !messages.value.some(({ id }) => id === message.id);
        take(message);
        if (message.from.username === me || !isNew || isReaction(message)) return;
        writes.value = false;
        arrived.value = message;
        markRead();
      }),
      client.on("notification", (note) => {
        if (note.method !== "chat.changed") return;
        const changed = note.params;
        if (changed.with !== place.with || changed.thread !== place.thread) return;
        if (changed.theirReadUpTo !== undefined) theirReadUpTo.value = changed.theirReadUpTo;
        if (changed.readUpTo !== undefined) read.current = changed.readUpTo;
        if (changed.writing !== true) return;
        writes.value = true;
        clearTimeout(writing.current.timer);
        writing.current.timer = setTimeout(() => writes.value = false, writingShownMs);
      }),
    ];
  });
  useEffect(markRead, []);

  const change = (key: string, to: Partial<Unsent> | null) => {
    own.value = own.value.flatMap((one) => one.key !== key ? [one] : to === null ? [] : [{ ...one, ...to }]);
  };
  const to = { to: place.with, ...(place.thread === null ? {} : { thread: place.thread }) };
  const deliver = async ({ key, body, attachments, about }: Unsent) => {
    const files = attachments.length === 0 ? {} : { attachments };
    try {
      const params = { key, ...to, body, ...files, ...(about === undefined ? {} : { about }) };
      const { message } = await pageConnection().request("chat.send", params);
      change(key, null);
      take(message);
    } catch (error) {
      // The page goes; what was kept is sent by the next one.
      if (error instanceof RequestError && error.kind === "closed") return;
      change(key, { error });
      throw error;
    }
  };

  return {
    messages,
    unsent,
    writes,
    theirReadUpTo,
    online,
    arrived,
    send(body, attachments, about) {
      const quote = about === undefined ? {} : { about };
      const one: Unsent = { key: crypto.randomUUID(), body, attachments, ...quote, error: null };
      own.value = [...own.value, one];
      return deliver(one);
    },
    again(key) {
      const one = own.value.find((unsentOne) => unsentOne.key === key);
      if (one === undefined) return;
      change(key, { error: null });
      void deliver(one).catch(() => undefined);
    },
    async react(about, reaction) {
      const { message } = await pageConnection().request("chat.send", { ...to, about, reaction });
      take(message);
    },
    async retract(id) {
      const { message } = await pageConnection().request("chat.retract", { id });
      take(message);
    },
    typed() {
      const now = Date.now();
      if (!shares.writing || !online.value || now < writing.current.toldAt + limits.chatWritingMs) return;
      writing.current.toldAt = now;
      void pageConnection().request("chat.writing", where).catch(() => undefined);
    },
  };
}

/** The messages with one added, or replaced; ids sort by time. */
function withMessage(messages: readonly ChatMessage[], message: ChatMessage): ChatMessage[] {
  const others = messages.filter(({ id }) => id !== message.id);
  const at = others.findLastIndex(({ id }) => id < message.id);
  return others.toSpliced(at + 1, 0, message);
}

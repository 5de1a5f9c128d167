import type { People } from "../accounts/mod.ts";
import { kvOperatorStore, type Store } from "../adapters/kv/mod.ts";
import { fetchWebhooks } from "../adapters/webhooks/mod.ts";
import type { CommandRoom } from "../commands/mod.ts";
import type { Config } from "../config/mod.ts";
import { type OperatorFindings, type OperatorNews, OperatorWatch } from "../moderation/mod.ts";
import { type Caller, type Clock, type Ids, iso, type Log } from "../platform/mod.ts";
import { commandDraft, isFromServer, Refusal, serverSender } from "../protocol/mod.ts";
import { operatorText } from "../text/mod.ts";
import { signedHeaders } from "../webhooks/mod.ts";
import { defaultLanguage, languageOf } from "../words/mod.ts";
import type { Services } from "../web/mod.ts";

export interface OperatorParts {
  config: Pick<Config, "operatorWebhook">;
  store: Store;
  people: Pick<People, "byIds">;
  administrators(): Promise<string[]>;
  profiles: Pick<Services["profiles"], "language">;
  commands: Pick<CommandRoom, "sender" | "transitions">;
  health: Pick<Services["health"], "ready">;
  incidents: Pick<Services["incidents"], "list">;
  clock: Clock;
  ids: Ids;
  log: Log;
}

/** A program that does not answer holds up what is told after it. */
const answerMs = 10_000;
/** Incidents that a look reads, the newest first; the queue has all. */
const incidentsRead = 50;
/** What is over says little later on, and must not fill the inbox of somebody who is away (DL-7). */
const overKeptMs = 24 * 3600_000;

/** The server as the caller of its own services. */
const server: Caller = {
  userId: serverSender.id,
  username: serverSender.username,
  displayName: serverSender.displayName,
  role: "admin",
  rights: { broadcast: false },
  sessionId: serverSender.id,
  device: "server",
  address: "",
  requestId: "operator",
};

/** Wires what administrators are told of with their inbox and a webhook (OP-4). */
export function openOperatorWatch(parts: OperatorParts): OperatorWatch {
  const { config: { operatorWebhook }, store, clock, ids, log } = parts;
  return new OperatorWatch({
    problems: () => problemsOf(parts),
    store: kvOperatorStore(store),
    tellers: {
      inbox: (news, earlier) => toInboxes(parts, news, earlier),
      webhook: operatorWebhook === null ? null : (news) => post(operatorWebhook, clock, news),
    },
    clock,
    ids,
    log,
  });
}

async function problemsOf({ health, incidents }: OperatorParts): Promise<OperatorFindings> {
  const [{ checks, warnings }, open] = await Promise.all([
    health.ready(),
    incidents.list(server, { state: "open", limit: incidentsRead }),
  ]);
  const failed = [...checks, ...warnings].filter(({ ok }) => !ok);
  // The server may list them; a refusal is a bug, and no sign that they are over.
  if (open instanceof Refusal) throw new Error("The incidents could not be listed.");
  const { next } = open;
  return {
    problems: [
      ...failed.map(({ name, reason }) => ({ cause: name, reason })),
      ...open.incidents.map(({ id }) => ({ cause: incidentCause(id), reason: null })),
    ],
    // Older ones were not read; ids sort by time.
    mayBeThere: (cause) =>
      next !== null && cause.startsWith(incidentCause("")) && cause < incidentCause(next),
  };
}

function incidentCause(id: string): string {
  return `incident:${id}`;
}

/**
 * One command for each administrator, so that one whose inbox is full keeps it from nobody else. The keys are those of the news, so a
 * second try sends none twice.
 */
async function toInboxes(
  { people, administrators, profiles, commands, log }: OperatorParts,
  news: OperatorNews,
  earlier: readonly string[],
): Promise<{ commands: string[]; all: boolean }> {
  for (const id of earlier) await commands.transitions.cancel(server, { id });
  const sent: string[] = [];
  let all = true;
  for (const one of (await people.byIds(await administrators())).values()) {
    if (isFromServer(one)) continue;
    const { id: userId, username } = one;
    const chosen = await profiles.language({ ...server, userId });
    const draft = commandDraft.parse({
      key: `${news.id}:${userId}`,
      kind: "message",
      audience: { kind: "user", to: [username] },
      ...operatorText(languageOf(chosen ?? "") ?? defaultLanguage, news),
      ...(news.overMs === null ? {} : { expiresAt: iso(news.overMs + overKeptMs) }),
    });
    const answer = await commands.sender.send(server, draft);
    // An earlier try sent it, in the language that they had chosen then.
    if (answer instanceof Refusal && answer.kind === "conflict") continue;
    if (answer instanceof Refusal) {
      log.warn("operator.not_sent", { cause: news.cause, userId, reason: answer.kind });
      all = false;
    } else sent.push(answer.command.id);
  }
  return { commands: sent, all };
}

/** Posts it by Standard Webhooks. The address comes from the configuration only, and no redirect is followed. */
async function post(
  { url, secret }: NonNullable<Config["operatorWebhook"]>,
  clock: Clock,
  news: OperatorNews,
): Promise<boolean> {
  const { id, cause, sinceMs, overMs } = news;
  const body = JSON.stringify({
    type: overMs === null ? "operator.problem" : "operator.over",
    timestamp: iso(overMs ?? sinceMs),
    data: { cause, ...operatorText("en", news), since: iso(sinceMs) },
  });
  const tooLong = new AbortController();
  using _timer = clock.after(answerMs, () => tooLong.abort());
  const headers = signedHeaders(id, body, secret, clock.now());
  const { status } = await fetchWebhooks.post(url, { headers, body }, tooLong.signal);
  return status !== null && status >= 200 && status < 300;
}

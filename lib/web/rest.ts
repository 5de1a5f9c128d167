import type { Context, Middleware } from "fresh";
import type { z } from "zod";
import { deviceTokenHeader, originOf } from "./authentication.ts";
import type { PersonState, State } from "./define.ts";
import { answer, answerAs, done, problem } from "./problems.ts";
import type { Clock } from "../platform/mod.ts";
import { type Answer, checked, Refusal } from "../protocol/mod.ts";
import { readBytes } from "./body.ts";
import type { LoggedIn, Origin, Services } from "./services.ts";

/** The JSON body that a schema describes. Reads no more than a REST body may hold; names each wrong field. */
async function readJson<S extends z.ZodType>(
  req: Request,
  schema: S,
  clock: Clock,
): Answer<z.output<S>> {
  const type = req.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    return new Refusal("invalid_params", "body.json");
  }
  const text = await readText(req, clock);
  if (text instanceof Refusal) return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new Refusal("invalid_params", "body.notJson");
  }
  return checked(schema, value, "body");
}

async function readText(req: Request, clock: Clock): Answer<string> {
  const bytes = await readBytes(req, clock);
  if (bytes instanceof Refusal) return bytes;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new Refusal("invalid_params", "body.notUtf8");
  }
}

/** What a call reads from its request, and how it answers. */
interface Asks<Body extends z.ZodType, Query extends z.ZodType, Path extends string> {
  /** The JSON body; nothing is read without it. */
  body?: Body;
  /** The query's parameters. */
  query?: Query;
  /** Names in the path, each as its schema writes it. One that is not written so comes as "": nothing has that name. */
  path?: Record<Path, z.ZodType<string>>;
  /** The name under which the answer holds the value; without it the value is the answer. */
  as?: string;
  /** Of an answer with a value; 200 unless said otherwise. */
  status?: number;
}

/** What a call's function gets. */
export interface Asked<S extends State, Body, Query, Path extends string> {
  ctx: Context<S>;
  services: Services;
  origin: Origin;
  body: Body;
  query: Query;
  path: Record<Path, string>;
}

/** A value for the body, `true` or nothing for 204, a refusal for a problem, or a response as it is. */
type Outcome = object | true | void | Refusal | Response;

/**
 * A call of somebody whom the middleware let in: reads what `asks` names, runs, and answers JSON, 204 or a problem. What is
 * wrong with the request is answered before anything runs.
 */
export function call<
  Body extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Path extends string = never,
>(
  asks: Asks<Body, Query, Path>,
  run: (
    asked: Asked<PersonState, z.output<Body>, z.output<Query>, Path> & Pick<PersonState, "caller">,
  ) => Outcome | Promise<Outcome>,
): Middleware<PersonState> {
  return asking(asks, (ctx) => answered(ctx, asks, (asked) => run({ ...asked, caller: ctx.state.caller })));
}

/** The same for a call that anybody may make. */
export function openCall<Body extends z.ZodType = z.ZodUndefined, Query extends z.ZodType = z.ZodUndefined>(
  asks: Asks<Body, Query, never>,
  run: (asked: Asked<State, z.output<Body>, z.output<Query>, never>) => Outcome | Promise<Outcome>,
): Middleware<State> {
  return asking(asks, (ctx) => answered(ctx, asks, run));
}

/** Schemas of what a call reads; `lib/reference/` describes the same ones (OP-5). */
export interface Asking {
  readonly body?: z.ZodType | undefined;
  readonly query?: z.ZodType | undefined;
}

/** The middleware, with what it asks for beside it. */
function asking<S extends State>({ body, query }: Asking, middleware: Middleware<S>): Middleware<S> & Asking {
  return Object.assign(middleware, { body, query });
}

/** The answer of a login (AU-3). The device's token is beside it, in a header. */
export function loggedIn(login: LoggedIn | Refusal): Response {
  if (login instanceof Refusal) return problem(login);
  const { deviceToken, misused: _, ...body } = login;
  const response = answer(body);
  for (const [name, value] of Object.entries(deviceTokenHeader(deviceToken))) {
    response.headers.set(name, value);
  }
  return response;
}

async function answered<
  S extends State,
  Body extends z.ZodType,
  Query extends z.ZodType,
  Path extends string,
>(
  ctx: Context<S>,
  asks: Asks<Body, Query, Path>,
  run: (asked: Asked<S, z.output<Body>, z.output<Query>, Path>) => Outcome | Promise<Outcome>,
): Promise<Response> {
  const query = asks.query === undefined
    ? undefined
    : checked(asks.query, Object.fromEntries(ctx.url.searchParams), "query");
  if (query instanceof Refusal) return problem(query);
  const body = asks.body === undefined
    ? undefined
    : await readJson(ctx.req, asks.body, ctx.state.services.clock);
  if (body instanceof Refusal) return problem(body);
  const outcome = await run({
    ctx,
    services: ctx.state.services,
    origin: originOf(ctx),
    // Without a schema the types say `undefined`, which is what is here.
    body: body as z.output<Body>,
    query: query as z.output<Query>,
    path: namesIn(ctx, asks.path),
  });
  if (outcome instanceof Response) return outcome;
  if (outcome === undefined || outcome === true) return done(outcome);
  return asks.as === undefined ? answer(outcome, asks.status) : answerAs(asks.as, outcome, asks.status);
}

function namesIn<Path extends string>(
  ctx: Context<State>,
  schemas: Record<Path, z.ZodType<string>> | undefined,
): Record<Path, string> {
  const names = Object.entries<z.ZodType<string>>(schemas ?? {})
    .map(([part, schema]) => [part, nameIn(ctx, part, schema)]);
  return Object.fromEntries(names);
}

/** A name in the path as its schema writes it, or "": then nothing has it. */
export function nameIn(ctx: Context<State>, part: string, schema: z.ZodType<string>): string {
  const name = schema.safeParse(ctx.params[part]);
  return name.success ? name.data : "";
}

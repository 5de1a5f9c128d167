import { z } from "zod";
import {
  closeCodes,
  fold,
  methods,
  notifications,
  refusalCodes,
  type RefusalKind,
  refusalTable,
} from "../protocol/mod.ts";
import { type LimitRow, limitRows } from "./contract_limits.ts";
import { methodMeanings, notificationMeanings } from "./meanings.ts";
import type { Operation } from "./operation.ts";
import { once } from "./once.ts";
import { operations } from "./operations.ts";
import { type RuleSection, ruleSections } from "./rules.ts";
import { namedTypes, typeText } from "./type_text.ts";

/** A method, notification or call, with what it takes and gives as types. */
export interface ReferenceEntry {
  name: string;
  says: string;
  /** What stands before a type, like `params`, and the type. */
  types: readonly { label: string; text: string }[];
}

/** Everything that `/docs` shows. */
export interface Reference {
  methods: readonly ReferenceEntry[];
  notifications: readonly ReferenceEntry[];
  calls: readonly ReferenceEntry[];
  types: readonly { name: string; text: string }[];
  errors: readonly { kind: string; code: number; status: number; title: string }[];
  closes: readonly { code: number; reason: string; then: string }[];
  /** What the shapes cannot say: whole sections. */
  rules: readonly RuleSection[];
  limits: readonly LimitRow[];
}

/** The reference, or those parts of it whose name or meaning has the words of `query`. */
export function referenceFor(query: string): Reference {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const fits = (...texts: string[]) => {
    const text = fold(texts.join(" "));
    return words.every((word) => text.includes(word));
  };
  const found = (entries: readonly ReferenceEntry[]) => entries.filter(({ name, says }) => fits(name, says));
  return {
    methods: found(methodEntries()),
    notifications: found(notificationEntries()),
    calls: found(callEntries()),
    types: typeEntries().filter(({ name }) => fits(name)),
    errors: errorEntries.filter(({ kind, title }) => fits(kind, title)),
    closes: closeEntries.filter(({ code, reason }) => fits(String(code), reason)),
    rules: ruleSections.filter(({ title, rules }) => fits(title, ...rules)),
    limits: limitEntries().filter(({ name }) => fits(name)),
  };
}

const methodEntries = once(() =>
  Object.entries(methods).map(([name, { params, result }]): ReferenceEntry => ({
    name,
    says: methodMeanings[name as keyof typeof methods],
    types: [
      { label: "params", text: typeText(params, "input", name) },
      { label: "result", text: typeText(result, "output", name) },
    ],
  }))
);

const notificationEntries = once(() =>
  Object.entries(notifications).map(([name, params]): ReferenceEntry => ({
    name,
    says: notificationMeanings[name as keyof typeof notifications],
    types: [{ label: "params", text: typeText(params, "output", name) }],
  }))
);

const callEntries = once(() =>
  Object.entries(operations).map(([name, operation]): ReferenceEntry => ({
    name: name.replace(" ", " /api/v1"),
    says: operation.says,
    types: typesOf(name, operation),
  }))
);

function typesOf(
  name: string,
  { query, body, takes = [], gives, status }: Operation,
): ReferenceEntry["types"] {
  const answer = gives === undefined
    ? `${status ?? 204}`
    : `${status ?? 200} ${gives instanceof z.ZodType ? typeText(gives, "output", name) : gives.type}`;
  return [
    ...query === undefined ? [] : [{ label: "query", text: typeText(query, "input", name) }],
    ...body === undefined ? [] : [{ label: "body", text: typeText(body, "input", name) }],
    ...takes.map(({ type, says }) => ({ label: "body", text: `${type}: ${says}` })),
    { label: "answer", text: answer },
  ];
}

const typeEntries = once(namedTypes);

const errorEntries = Object.entries(refusalCodes).map(([kind, code]) => ({
  kind,
  code,
  ...refusalTable[kind as RefusalKind],
}));

const closeEntries = Object.values(closeCodes).map(({ code, reason, then }) => ({ code, reason, then }));

const limitEntries = once(limitRows);

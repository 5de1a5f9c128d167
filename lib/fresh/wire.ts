/** How the properties of islands travel to the browser: a flat JSON table of nodes that point at one another. */

/** Stands for JSX that the server rendered; `id` finds it in the page. */
export class SlotRef {
  constructor(readonly id: number) {}
}

interface SignalLike {
  value: unknown;
  peek(): unknown;
}

/** Makes signals in the browser; the server never decodes. */
export interface SignalMaker {
  signal(value: unknown): SignalLike;
  computed(value: () => unknown): SignalLike;
}

const SIGNAL_BRAND = Symbol.for("preact-signals");

export function isSignal(value: object): value is SignalLike {
  return (value as { brand?: unknown }).brand === SIGNAL_BRAND;
}

function isReadonly(signal: SignalLike): boolean {
  for (let proto: object | null = signal; proto !== null; proto = Object.getPrototypeOf(proto)) {
    const property = Object.getOwnPropertyDescriptor(proto, "value");
    if (property !== undefined) return property.set === undefined && !property.writable;
  }
  return true;
}

const TEMPORAL_TYPES = [
  "Instant",
  "ZonedDateTime",
  "PlainDate",
  "PlainTime",
  "PlainDateTime",
  "PlainYearMonth",
  "PlainMonthDay",
  "Duration",
] as const;

type TemporalClass = { new (...args: never[]): object; from(text: string): unknown };

function temporal(): Record<string, TemporalClass | undefined> {
  return (globalThis as unknown as { Temporal?: Record<string, TemporalClass> }).Temporal ?? {};
}

/** A JSON value by itself, or a tag with what belongs to it; numbers in lists point at other nodes. */
type Node = string | number | boolean | null | [tag: string, ...rest: unknown[]];

/** Marks a hole in an array. */
const HOLE = -1;

/** Throws for functions, symbols, class instances and JSX below the top level, saying where it stands. */
export function encode(root: unknown): string {
  const nodes: Node[] = [];
  const known = new Map<unknown, number>();
  const queue: { value: unknown; at: number; path: string }[] = [];

  const point = (value: unknown, path: string): number => {
    // Equal strings and the same objects are sent once; -0 and NaN would not survive as keys.
    const canShare = typeof value === "string" || (typeof value === "object" && value !== null);
    const seen = canShare ? known.get(value) : undefined;
    if (seen !== undefined) return seen;
    const at = nodes.push(null) - 1;
    if (canShare) known.set(value, at);
    queue.push({ value, at, path });
    return at;
  };

  point(root, "props");
  // A queue and not recursion: data of any depth goes through.
  for (let item = queue.pop(); item !== undefined; item = queue.pop()) {
    nodes[item.at] = nodeOf(item.value, item.path, point);
  }
  return JSON.stringify(nodes);
}

function nodeOf(value: unknown, path: string, point: (value: unknown, path: string) => number): Node {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : ["number", Object.is(value, -0) ? "-0" : String(value)];
    case "undefined":
      return ["undefined"];
    case "bigint":
      return ["bigint", String(value)];
    case "function":
    case "symbol":
      throw new TypeError(`Islands cannot be given a ${typeof value} (${path})`);
    case "object":
      return value === null ? null : objectNode(value, path, point);
    default:
      throw new TypeError(`Islands cannot be given a ${typeof value} (${path})`);
  }
}

function objectNode(value: object, path: string, point: (value: unknown, path: string) => number): Node {
  if (isSignal(value)) {
    return [isReadonly(value) ? "computed" : "signal", point(value.peek(), `${path}.value`)];
  }
  if (value instanceof SlotRef) return ["slot", value.id];
  if (Array.isArray(value)) {
    const items: number[] = [];
    for (let i = 0; i < value.length; i++) items.push(i in value ? point(value[i], `${path}[${i}]`) : HOLE);
    return ["array", items];
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) {
      throw new RangeError(`Islands cannot be given an invalid Date (${path})`);
    }
    return ["date", value.getTime()];
  }
  if (value instanceof URL) return ["url", value.href];
  if (value instanceof RegExp) return ["regexp", value.source, value.flags];
  if (value instanceof Uint8Array) return ["bytes", value.toBase64()];
  if (value instanceof Set) return ["set", [...value].map((item) => point(item, `${path}.*`))];
  if (value instanceof Map) {
    return ["map", [...value].map(([key, item]) => [point(key, `${path}.*`), point(item, `${path}.*`)])];
  }
  for (const name of TEMPORAL_TYPES) {
    const type = temporal()[name];
    if (type !== undefined && value instanceof type) return ["temporal", name, String(value)];
  }
  const proto = Object.getPrototypeOf(value);
  if (proto !== Object.prototype && proto !== null) {
    throw new TypeError(
      `Islands cannot be given an instance of ${value.constructor?.name ?? "a class"} (${path})`,
    );
  }
  if ("__v" in value && value.constructor === undefined) {
    throw new TypeError(`JSX for an island must be a property of its own (${path})`);
  }
  return ["object", Object.entries(value).map(([key, item]) => [key, point(item, `${path}.${key}`)])];
}

/** The opposite of `encode`; same objects and signals come back as the same. */
export function decode(text: string, make: SignalMaker): unknown {
  const nodes = JSON.parse(text) as Node[];
  // Two passes so that cycles find the other end already made.
  const values = nodes.map((node) => (Array.isArray(node) ? shell(node, make) : node));
  for (const [index, node] of nodes.entries()) {
    if (Array.isArray(node)) fill(values[index], node, (at) => values[at]);
  }
  return values[0];
}

function shell([tag, first, second]: [tag: string, ...rest: unknown[]], make: SignalMaker): unknown {
  switch (tag) {
    case "number":
      return Number(first);
    case "undefined":
      return undefined;
    case "bigint":
      return BigInt(first as string);
    case "date":
      return new Date(first as number);
    case "url":
      return new URL(first as string);
    case "regexp":
      return new RegExp(first as string, second as string);
    case "bytes":
      return fromBase64(first as string);
    case "temporal": {
      const type = temporal()[first as string];
      if (type === undefined) throw new TypeError("This browser has no Temporal");
      return type.from(second as string);
    }
    case "slot":
      return new SlotRef(first as number);
    case "array":
      return new Array((first as unknown[]).length);
    case "set":
      return new Set();
    case "map":
      return new Map();
    case "object":
      return {};
    case "signal":
      return make.signal(undefined);
    case "computed": {
      const source = make.signal(undefined);
      const result = make.computed(() => source.value);
      computedSources.set(result, source);
      return result;
    }
    default:
      throw new TypeError(`Unknown kind of island data: ${tag}`);
  }
}

const computedSources = new WeakMap<object, SignalLike>();

function fill(
  target: unknown,
  [tag, list]: [tag: string, ...rest: unknown[]],
  at: (index: number) => unknown,
): void {
  if (tag === "signal") {
    (target as SignalLike).value = at(list as number);
  } else if (tag === "computed") {
    const source = computedSources.get(target as object);
    if (source !== undefined) source.value = at(list as number);
  } else if (tag === "array") {
    for (const [i, index] of (list as number[]).entries()) {
      if (index !== HOLE) (target as unknown[])[i] = at(index);
    }
  } else if (tag === "set") {
    for (const index of list as number[]) (target as Set<unknown>).add(at(index));
  } else if (tag === "map") {
    for (const [key, value] of list as [number, number][]) {
      (target as Map<unknown, unknown>).set(at(key), at(value));
    }
  } else if (tag === "object") {
    for (const [key, index] of list as [string, number][]) {
      // Defined and not assigned: a key named __proto__ stays data.
      Object.defineProperty(target, key, {
        value: at(index),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

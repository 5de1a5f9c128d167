import type { Api, Field, Shape } from "./shapes.ts";

/** Types of the socket for TypeScript, without the validator that the server's own types need. */
export function typescriptApi({ named, methods, notifications }: Api): string {
  return [
    "// Made by `deno task docs` from the AsyncAPI document of the server. Do not edit.",
    "",
    ...named.flatMap(({ name, shape }) => [`export type ${name} = ${text(shape, "")};`, ""]),
    "/** Every method: what it takes and what it answers. */",
    "export interface Methods {",
    ...methods.flatMap(({ name, about, params, result }) => [
      `  /** ${about} */`,
      `  "${name}": {`,
      `    params: ${recordText(params, "    ")};`,
      `    result: ${text(result, "    ")};`,
      "  };",
    ]),
    "}",
    "",
    "/** Every notification of the server. */",
    "export interface Notifications {",
    ...notifications.flatMap(({ name, about, params }) => [
      `  /** ${about} */`,
      `  "${name}": ${text(params, "  ")};`,
    ]),
    "}",
    "",
  ].join("\n");
}

function text(shape: Shape, indent: string): string {
  switch (shape.kind) {
    case "any":
      return "unknown";
    case "string":
    case "number":
    case "boolean":
    case "null":
      return shape.kind;
    case "integer":
      return "number";
    case "texts": {
      const values = shape.values.map((value) => JSON.stringify(value)).join(" | ");
      // Keeps the known texts for completion.
      return shape.open ? `${values} | (string & Record<never, never>)` : values;
    }
    case "literal":
      return JSON.stringify(shape.value);
    case "list": {
      const of = text(shape.of, indent);
      return of.includes("|") ? `(${of})[]` : `${of}[]`;
    }
    case "map":
      return `Record<string, ${text(shape.of, indent)}>`;
    case "record":
      return recordText(shape.fields, indent);
    case "named":
      return shape.name;
    case "union":
      return shape.of.map((one) => text(one, indent)).join(" | ");
    case "nullable":
      return `${text(shape.of, indent)} | null`;
    default:
      return shape satisfies never;
  }
}

function recordText(fields: readonly Field[], indent: string): string {
  if (fields.length === 0) return "Record<string, never>";
  const lines = fields.map(({ name, required, shape }) =>
    `${indent}  ${name}${required ? "" : "?"}: ${text(shape, `${indent}  `)}${
      required ? "" : " | undefined"
    };`
  );
  return `{\n${lines.join("\n")}\n${indent}}`;
}

import { type Api, type Field, pascal, type Shape } from "./shapes.ts";

/** Words that Python keeps for itself, so that they are no names of fields in a class. */
const keywords = new Set([
  "from",
  "class",
  "in",
  "is",
  "not",
  "or",
  "and",
  "if",
  "else",
  "for",
  "pass",
  "with",
]);

/** `sdk/python/src/behest/api.py`: a TypedDict for each object, and a coroutine for each method. */
export function pythonApi({ bounds, closes, closedStates, named, methods, notifications }: Api): string {
  const types = new Types();
  const bodies = named.map(({ name, shape }) => types.declare(name, shape));
  const requests = methods.map(({ name, about, params, result }) => {
    const base = pascal(name);
    const answer = types.text(result, `${base}Result`);
    const call = name.replaceAll(".", "_");
    if (params.length === 0) {
      return [
        `    async def ${call}(self) -> ${answer}:`,
        `        """${about}"""`,
        `        return cast(${quoted(answer)}, await self.request("${name}", {}))`,
      ];
    }
    types.record(`${base}Params`, params, true);
    return [
      `    async def ${call}(self, **params: Unpack[${base}Params]) -> ${answer}:`,
      `        """${about}"""`,
      `        return cast(${quoted(answer)}, await self.request("${name}", dict(params)))`,
    ];
  });
  const told = notifications.map(({ name, params }) => {
    const base = `${pascal(name)}Notification`;
    if (params.kind === "record") types.record(base, params.fields);
    else types.alias(base, params);
    return name;
  });
  return [
    "# Made by `deno task docs` from the AsyncAPI document of the server. Do not edit.",
    '"""Types of the socket, and a coroutine for each of its methods."""',
    "",
    "from __future__ import annotations",
    "",
    "from collections.abc import Mapping",
    "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Unpack, cast",
    "",
    ...bodies.flat(),
    ...types.lines,
    "",
    ...bounds.map(({ name, value }) => `${snake(name)} = ${value}`),
    "",
    "AFTER_CLOSE: Mapping[int, str] = {",
    ...closes.map(({ code, then }) => `    ${code}: "${then}",`),
    "}",
    '"""What a client does after each close code; after all others it reconnects."""',
    "",
    `CLOSED_STATES = frozenset(\n    {\n${
      closedStates.map((state) => `        "${state}",`).join("\n")
    }\n    }\n)`,
    "",
    "METHODS: Mapping[str, str] = {",
    ...methods.map(({ name, offline }) => `    "${name}": "${offline}",`),
    "}",
    '"""What becomes of each request while there is no connection."""',
    "",
    `NOTIFICATIONS = (\n${told.map((name) => `    "${name}",`).join("\n")}\n)`,
    "",
    "",
    "class Requests:",
    '    """A coroutine for each method."""',
    "",
    "    async def request(self, method: str, params: Mapping[str, Any]) -> Any:",
    "        raise NotImplementedError",
    "",
    requests.map((lines) => lines.join("\n")).join("\n\n"),
    "",
  ].join("\n");
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
const quoted = (text: string) => JSON.stringify(text);

class Types {
  readonly lines: string[] = [];

  declare(name: string, shape: Shape): string[] {
    if (shape.kind === "record") this.record(name, shape.fields);
    else this.alias(name, shape);
    return [];
  }

  alias(name: string, shape: Shape): void {
    this.lines.push(`${name}: TypeAlias = ${JSON.stringify(this.text(shape, name))}`, "");
  }

  /** `written`: by a caller, who can put `_` behind a keyword. */
  record(name: string, fields: readonly Field[], written = false): void {
    const lines = fields.map(({ name: field, required, shape }) => {
      const type = this.text(shape, name + pascal(field));
      return { field, type: required ? type : `NotRequired[${type}]` };
    });
    if (!written && lines.some(({ field }) => keywords.has(field))) {
      this.lines.push(
        "",
        `${name} = TypedDict(`,
        `    "${name}",`,
        "    {",
        ...lines.map(({ field, type }) => `        "${field}": ${JSON.stringify(type)},`),
        "    },",
        ")",
        "",
      );
      return;
    }
    this.lines.push(
      "",
      `class ${name}(TypedDict):`,
      ...lines.map(({ field, type }) => `    ${keywords.has(field) ? `${field}_` : field}: ${type}`),
      ...lines.length === 0 ? ["    pass"] : [],
      "",
    );
  }

  text(shape: Shape, name: string): string {
    switch (shape.kind) {
      case "any":
        return "Any";
      case "string":
        return "str";
      case "integer":
        return "int";
      case "number":
        return "float";
      case "boolean":
        return "bool";
      case "null":
        return "None";
      case "texts":
        return shape.open ? "str" : `Literal[${shape.values.map(quoted).join(", ")}]`;
      case "literal":
        return `Literal[${
          typeof shape.value === "boolean" ? shape.value ? "True" : "False" : JSON.stringify(shape.value)
        }]`;
      case "list":
        return `list[${this.text(shape.of, name)}]`;
      case "map":
        return `dict[str, ${this.text(shape.of, name)}]`;
      case "record":
        if (shape.fields.length === 0) return "dict[str, Any]";
        this.record(name, shape.fields);
        return name;
      case "named":
        return shape.name;
      case "union":
        return shape.of.map((one, at) => this.text(one, `${name}${at + 1}`)).join(" | ");
      case "nullable":
        return `${this.text(shape.of, name)} | None`;
      default:
        return shape satisfies never;
    }
  }
}

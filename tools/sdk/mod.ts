/** What `deno task docs` writes below `sdk/`; `tests/tidy_test.ts` fails when a file is older than its source. */
import { goApi } from "./go.ts";
import { pythonApi } from "./python.ts";
import { type Api, readApi } from "./shapes.ts";
import { typescriptApi } from "./typescript.ts";

/** Paths and texts. */
export function sdkFiles(): { path: string; text: string }[] {
  const api = readApi();
  return [
    { path: "sdk/typescript/api.d.ts", text: typescriptApi(api) },
    { path: "sdk/python/src/behest/api.py", text: pythonApi(api) },
    { path: "sdk/go/api.go", text: goApi(api) },
    { path: "sdk/conformance/methods.json", text: methodTable(api) },
  ];
}

/** For a client in another language. */
function methodTable({ methods }: Api): string {
  const table = Object.fromEntries(methods.map(({ name, offline }) => [name, offline]));
  return `${JSON.stringify(table, null, 2)}\n`;
}

if (import.meta.main) {
  for (const { path, text } of sdkFiles()) {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
}

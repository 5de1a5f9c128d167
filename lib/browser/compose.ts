import type { ParamsInput } from "../protocol/methods.ts";

/** What a form for a command says, as its card shows it. */
export interface Draft {
  title: string;
  body: string;
  href: string;
  /** CM-9: the options of a question, or the labels of a form. */
  asks: readonly string[];
  categories: readonly string[];
  /** As the form's fields hold them, with a space in place of the T. */
  dueAt: string;
  deliverAt: string;
  /** For `command.preview`; null while it is for nobody. */
  params: ParamsInput<"command.preview"> | null;
}

/** Reads the form while it is written. The server reads it again when it is sent. */
export function draftFrom(form: FormData): Draft {
  const field = (name: string) => String(form.get(name) ?? "").trim();
  const categories = form.getAll("categories").map(String);
  const time = (name: string) => field(name).replace("T", " ");
  const kind = field("kind") || "message";
  return {
    title: field("title"),
    body: field("body"),
    href: kind === "link" ? field("href") : "",
    asks: kind === "choice"
      ? field("options").split("\n").map((line) => line.trim()).filter(Boolean)
      : kind === "form"
      ? [...form].filter(([name]) => /^field-\d+-label$/.test(name)).map(([, value]) => String(value).trim())
        .filter(Boolean)
      : [],
    categories,
    dueAt: time("dueAt"),
    deliverAt: time("deliverAt"),
    params: paramsOf(field, kind, categories),
  };
}

/** What a kind cannot be counted without. */
const anyData: Readonly<Record<string, object>> = {
  link: { href: "https://example.org/" },
  choice: { options: [{ id: "1", label: "-" }, { id: "2", label: "-" }] },
  form: { fields: [{ id: "1", type: "text", label: "-" }] },
  timer: { seconds: 1 },
};

/** Only what decides whom a command reaches: the text stays here until it is sent. */
function paramsOf(
  field: (name: string) => string,
  kind: string,
  categories: string[],
): ParamsInput<"command.preview"> | null {
  const audience = audienceOf(field);
  if (audience === null) return null;
  return {
    key: "preview",
    audience,
    kind: kind as "message",
    title: "-",
    ...(Object.hasOwn(anyData, kind) ? { data: anyData[kind] as { href: string } } : {}),
    ...(categories.length === 0 ? {} : { categories }),
  };
}

function audienceOf(field: (name: string) => string): ParamsInput<"command.preview">["audience"] | null {
  switch (field("audience") || "user") {
    case "user": {
      const to = field("to").split(/[\s,;]+/).map((name) => name.replace(/^@/, "").toLowerCase()).filter(
        Boolean,
      );
      return to.length === 0 ? null : { kind: "user", to };
    }
    case "group":
      return field("group") === "" ? null : { kind: "group", group: field("group") };
    case "category":
      return field("audienceCategory") === ""
        ? null
        : { kind: "category", category: field("audienceCategory") };
    case "all":
      return { kind: "all" };
    default:
      return null;
  }
}

import { pushActions, pushTopics } from "../../protocol/mod.ts";
import { usual } from "../../text/mod.ts";

/** A change of the choices, as the form says it; not checked yet. */
export function choicesChangeOf(form: URLSearchParams): unknown {
  const topics = Object.fromEntries(
    pushTopics.flatMap((topic) => {
      const level = form.get(`topic-${topic}`);
      return level === null ? [] : [[topic, level]];
    }),
  );
  const buttons = [form.get("first"), form.get("second"), ...pushActions].filter((one) => one !== null);
  return {
    topics,
    contacts: namedIn(form, "contact"),
    groups: namedIn(form, "group"),
    says: form.get("says") ?? "",
    buttons: [...new Set(buttons)],
    options: form.get("options") !== null,
    again: { minutes: Number(form.get("minutes") ?? NaN), times: Number(form.get("times") ?? NaN) },
  };
}

/** `contact-NAME` is the level of one that has its own; `contact` and `contactLevel` add one. */
function namedIn(form: URLSearchParams, what: "contact" | "group"): Record<string, string> {
  const prefix = `${what}-`;
  const kept = [...form].flatMap(([name, level]) =>
    name.startsWith(prefix) && level !== usual ? [[name.slice(prefix.length), level] as const] : []
  );
  const added = form.get(what) ?? "";
  const level = form.get(`${what}Level`) ?? usual;
  return Object.fromEntries(added === "" || level === usual ? kept : [...kept, [added, level]]);
}

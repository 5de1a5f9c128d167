import type { ComponentChildren } from "preact";
import { fill } from "../lib/words/shape.ts";
import { Cell, Row, Table } from "./Table.tsx";
import { useWords } from "./words.tsx";

interface Entry {
  name: string;
  says: string;
  types: readonly { label: string; text: string }[];
}

/** Names become anchors that can be linked to. */
export function anchorOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

/** Findings of a search are open where they are few. */
const openAtMost = 5;

/** Methods or calls, each of which opens to its types. */
export function ApiEntries(
  { id, title, entries, open, tried = () => false }: {
    id: string;
    title: string;
    entries: readonly Entry[];
    open: boolean;
    /** Which of them can be tried. */
    tried?: (name: string) => boolean;
  },
) {
  if (entries.length === 0) return null;
  return (
    <section class="panel" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      <div class="api-entries">
        {entries.map(({ name, says, types }) => (
          <details
            id={anchorOf(name)}
            key={name}
            class="api-entry"
            open={open && entries.length <= openAtMost}
          >
            <summary>
              <code>{name}</code>
              <span class="muted">{says}</span>
            </summary>
            {tried(name) ? <TryLink name={name} /> : null}
            {types.map(({ label, text }) => (
              <pre class="code" tabIndex={0} key={label + text}>
                <b>{label}</b> {text}
              </pre>
            ))}
          </details>
        ))}
      </div>
    </section>
  );
}

function TryLink({ name }: { name: string }) {
  const words = useWords("docs");
  return (
    <p>
      <a
        class="button button-small"
        href={`/docs?try=${encodeURIComponent(name)}#try`}
        aria-label={fill(words.tryOf, { name })}
      >
        {words.try}
      </a>
    </p>
  );
}

/** What the shapes cannot say, in sections that open. In English in every language, as the meanings of calls are. */
export function ApiRules(
  { title, sections, open }: {
    title: string;
    sections: readonly { title: string; rules: readonly string[] }[];
    open: boolean;
  },
) {
  if (sections.length === 0) return null;
  return (
    <section class="panel" id="rules" aria-labelledby="rules-title">
      <h2 id="rules-title">{title}</h2>
      <div class="api-entries" lang="en">
        {sections.map(({ title, rules }) => (
          <details
            id={anchorOf(title)}
            key={title}
            class="api-entry"
            open={open && sections.length <= openAtMost}
          >
            <summary>{title}</summary>
            <ul class="api-rules">
              {rules.map((rule) => <li key={rule}>{withCode(rule)}</li>)}
            </ul>
          </details>
        ))}
      </div>
    </section>
  );
}

/** Words in backquotes are code. */
function withCode(text: string): ComponentChildren {
  return text.split("`").map((part, at) => at % 2 === 0 ? part : <code key={at}>{part}</code>);
}

/** A part of the reference that is a table. */
export function ApiTable(
  { id, title, lead, head, rows, folded = false }: {
    id: string;
    title: string;
    lead?: string;
    head: readonly string[];
    rows: readonly (readonly ComponentChildren[])[];
    folded?: boolean;
  },
) {
  if (rows.length === 0) return null;
  const table = (
    <Table label={title} heads={head}>
      {rows.map((cells, at) => (
        <Row key={at}>
          {cells.map((cell, at) => <Cell key={at}>{cell}</Cell>)}
        </Row>
      ))}
    </Table>
  );
  return (
    <section class="panel" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {lead === undefined ? null : <p>{lead}</p>}
      {folded
        ? (
          <details>
            <summary>{rows.length}</summary>
            {table}
          </details>
        )
        : table}
    </section>
  );
}

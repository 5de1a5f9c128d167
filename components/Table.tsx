import type { ComponentChildren } from "preact";

interface TableProps {
  label: string;
  heads: readonly string[];
  children: ComponentChildren;
}

/** A table of rows. Narrow windows stack its cells; the roles keep it a table for those who hear it. */
export function Table({ label, heads, children }: TableProps) {
  return (
    <table class="table" role="table" aria-label={label}>
      <thead role="rowgroup">
        <tr role="row">
          {heads.map((head) => <th key={head} role="columnheader" scope="col">{head}</th>)}
        </tr>
      </thead>
      <tbody role="rowgroup">{children}</tbody>
    </table>
  );
}

export function Row({ children }: { children: ComponentChildren }) {
  return <tr role="row">{children}</tr>;
}

export function Cell({ children }: { children: ComponentChildren }) {
  return <td role="cell">{children}</td>;
}

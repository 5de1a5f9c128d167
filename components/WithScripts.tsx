import type { ComponentChildren } from "preact";

interface WithScriptsProps {
  /** The island has started in the browser. */
  started: boolean;
  /** What needs the island; before it has started it takes its place and no input. */
  children: ComponentChildren;
  /** What a page without scripts shows in its place. */
  otherwise?: ComponentChildren;
}

/** A part of an island that works only in the browser. The page has it from the start, so that nothing moves when the island starts. */
export function WithScripts({ started, children, otherwise }: WithScriptsProps) {
  return (
    <>
      <div class={started ? undefined : "with-scripts"} inert={!started}>{children}</div>
      {started || otherwise === undefined ? null : <div class="without-scripts">{otherwise}</div>}
    </>
  );
}

import type { ComponentChildren } from "preact";
import { Notice, ProblemNotice } from "./Notice.tsx";

interface PageHeadProps {
  title: ComponentChildren;
  lead?: ComponentChildren;
  /** The list that the page's one thing is in. */
  up?: { href: string; name: string };
  /** What was just done. Not shown beside a problem. */
  notice?: string | undefined;
  problem?: { message: string } | null;
}

/** The head of a page: its title, and what came of the last form. */
export function PageHead({ title, lead, up, notice, problem = null }: PageHeadProps) {
  return (
    <>
      <div class="page-head">
        {up === undefined ? null : (
          <p>
            <a href={up.href}>{up.name}</a>
          </p>
        )}
        <h1>{title}</h1>
        {lead === undefined ? null : <p class="lead">{lead}</p>}
      </div>
      {notice === undefined || problem !== null ? null : <Notice>{notice}</Notice>}
      <ProblemNotice problem={problem} />
    </>
  );
}

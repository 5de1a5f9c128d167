import type { ComponentChildren } from "preact";

interface NoticeProps {
  tone?: "good" | "bad" | "warn";
  children: ComponentChildren;
}

/** A message about what just happened. Bad news is announced at once, the rest when the reader pauses. */
export function Notice({ tone = "good", children }: NoticeProps) {
  const look = tone === "good" ? "notice" : `notice notice-${tone}`;
  return <div class={look} role={tone === "bad" ? "alert" : "status"}>{children}</div>;
}

/** Why a form was refused, above the form; what is wrong with a field stands beside the field. */
export function ProblemNotice({ problem }: { problem: { message: string } | null }) {
  return problem === null ? null : <Notice tone="bad">{problem.message}</Notice>;
}

/** A list with nothing in it says what to do next. */
export function Empty({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

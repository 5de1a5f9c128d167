import type { Category, Command } from "../lib/protocol/mod.ts";
import { Time } from "./Time.tsx";
import { When } from "./When.tsx";
import { useWords } from "./words.tsx";

interface DetailsProps {
  command: Pick<Command, "dueAt" | "expiresAt" | "categories"> & Partial<Pick<Command, "requires">>;
  categories: readonly Category[];
  now: number;
}

/** The facts of a command: its deadline, what it asks for, what it is about, and when it expires. */
export function CommandDetails({ command, categories, now }: DetailsProps) {
  const words = useWords("story");
  const asked = {
    none: null,
    confirmation: words.asksConfirmation,
    proof: words.asksProof,
    review: words.asksReview,
  }[command.requires ?? "none"];
  const titleOf = (slug: string) => categories.find((one) => one.slug === slug)?.title ?? slug;
  return (
    <section class="panel" aria-labelledby="details">
      <h2 id="details">{words.details}</h2>
      <dl class="known">
        {command.dueAt === null ? null : (
          <>
            <dt>{words.due}</dt>
            <dd>
              <Time value={command.dueAt} />{" "}
              <When value={command.dueAt} now={now} past="late" class="soft small" />
            </dd>
          </>
        )}
        {asked === null ? null : (
          <>
            <dt>{words.asksFor}</dt>
            <dd>{asked}</dd>
          </>
        )}
        <dt>{words.about}</dt>
        <dd class="private">{command.categories.map(titleOf).join(", ")}</dd>
        <dt>{words.expires}</dt>
        <dd>
          <Time value={command.expiresAt} />
        </dd>
      </dl>
    </section>
  );
}

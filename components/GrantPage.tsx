import type { ComponentChildren } from "preact";
import { grantParts, type Titles, titlesOf } from "../lib/text/grants.ts";
import type { Category, Contact, Grant } from "../lib/protocol/mod.ts";
import { useCategoryTitles } from "./category_titles.tsx";
import { GrantForm } from "./GrantForm.tsx";
import { Notice } from "./Notice.tsx";
import { PageHead } from "./PageHead.tsx";
import { ReportLink } from "./ReportLink.tsx";
import { Time } from "./Time.tsx";
import { Filled, useLanguage, useWords } from "./words.tsx";

interface GrantPageProps {
  path: string;
  name: string;
  up: { href: string; name: string };
  grant: Grant | undefined;
  proposed: Partial<Grant>;
  contact: Contact | undefined;
  isPerson: boolean;
  /** Neither a contact nor a group: such a source can only be paused. */
  onlyPause: boolean;
  categories: readonly Category[];
  fieldOf: (slug: string) => string;
  notice: string | undefined;
  problem: { message: string; fields: Record<string, string> } | null;
}

/** One contact's or group's page of rules (CO-12): pausing first, then what may come, when and until when. */
export function GrantPage(props: GrantPageProps) {
  const { path, name, up, grant, contact, isPerson, problem } = props;
  const words = useWords("grants");
  const who = <bdi class="private">{name}</bdi>;
  return (
    <>
      <PageHead
        title={<Filled text={words.title} name={who} />}
        lead={isPerson ? <Filled text={words.lead} name={who} /> : words.leadGroup}
        up={up}
        notice={props.notice}
        problem={problem}
      />
      {grant?.paused ? <Notice>{words.isPaused}</Notice> : null}
      {contact === undefined ? null : <TheirGrant contact={contact} titles={titlesOf(props.categories)} />}
      <form class="row" method="post" action={path}>
        <button type="submit" class="button" name="action" value={grant?.paused ? "resume" : "pause"}>
          {grant?.paused ? words.resume : words.pause}
        </button>
        {grant === undefined
          ? null
          : <button type="submit" class="button button-quiet" name="action" value="end">{words.end}</button>}
        <ReportLink
          kind={isPerson ? "user" : "group"}
          id={path.split("/")[2] ?? ""}
          name={name}
          look="button button-quiet"
        />
      </form>
      {props.onlyPause
        ? (
          <p class="hint">
            <Filled text={words.removedContact} name={who} />
          </p>
        )
        : (
          <form class="form" method="post" action={path}>
            <GrantForm
              grant={props.proposed}
              name={name}
              categories={props.categories}
              fieldOf={props.fieldOf}
              isPerson={isPerson}
              errors={problem?.fields ?? {}}
            />
            <div class="savebar">
              <button type="submit" class="button button-main" name="action" value="save">
                {words.save}
              </button>
            </div>
          </form>
        )}
    </>
  );
}

/** What a contact shows of their grant for the reader. */
function TheirGrant({ contact: { displayName, grant }, titles }: { contact: Contact; titles: Titles }) {
  const words = useWords("grants");
  if (grant === undefined) return null;
  return (
    <section class="panel">
      <p>
        <Filled text={words.theyAllow} name={<bdi class="private">{displayName}</bdi>} />{" "}
        <GrantSentence grant={grant} titles={titles} />
      </p>
    </section>
  );
}

interface GrantSentenceProps {
  grant: Partial<Grant> & Pick<Grant, "until">;
  titles?: Titles;
}

export function GrantSentence({ grant, titles }: GrantSentenceProps) {
  const words = useWords("grants");
  const known = useCategoryTitles();
  const parts: ComponentChildren[] = grantParts(words, useLanguage(), grant, titles ?? known);
  if (grant.until !== null) {
    parts.push(<Filled key="until" text={words.untilPart} time={<Time value={grant.until} />} />);
  }
  return (
    <span class="private">
      {parts.map((part, at) => <span key={at}>{at === 0 ? null : " · "}{part}</span>)}
    </span>
  );
}

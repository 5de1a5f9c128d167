import { type Carried, wordsIn } from "../../../lib/web/forms/carried.ts";
import { Door } from "../../../components/Door.tsx";
import { Notice } from "../../../components/Notice.tsx";
import { Title } from "../../../components/Title.tsx";
import { Filled, useWords } from "../../../components/words.tsx";

interface CarriedFormProps {
  path: string;
  carried: Carried;
  /** Who has logged in: it may be somebody else than the writer. */
  username: string;
  /** Where the form was sent to. */
  next: string;
}

/** After a login: the form that arrived without a session, to be sent again or left (UI-10). */
export function CarriedForm({ path, carried, username, next }: CarriedFormProps) {
  const words = useWords("door");
  return (
    <Door path={path} title={words.notSent} lead={words.notSentLead}>
      <Title text={words.notSent} />
      <Notice>
        <Filled text={words.loggedInAs} name={<strong>@{username}</strong>} />
      </Notice>
      {wordsIn(carried).map((text, at) => <p class="body carried" key={at}>{text}</p>)}
      <form class="form" method="post" action={next}>
        {carried.map(([name, value], at) => <input type="hidden" key={at} name={name} value={value} />)}
        <div class="row">
          <button type="submit" class="button button-main">{words.sendNow}</button>
          <a class="button button-quiet" href={next}>{words.leaveIt}</a>
        </div>
      </form>
    </Door>
  );
}

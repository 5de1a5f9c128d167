import type { AdminGroup } from "../lib/protocol/mod.ts";
import { AskFirst } from "./AskFirst.tsx";
import { NameField, TextField } from "./Field.tsx";
import { useWords } from "./words.tsx";

interface GroupSettingsProps {
  group: AdminGroup;
  /** Where the forms are posted to. */
  path: string;
  title: string;
  errors: Record<string, string>;
}

/** The title of a group, and its end (BR-7). */
export function GroupSettings({ group, path, title, errors }: GroupSettingsProps) {
  const words = useWords("groups");
  return (
    <section class="panel" aria-labelledby="group">
      <h2 id="group">{words.group}</h2>
      <form class="form" method="post" action={path}>
        <TextField
          name="title"
          label={words.groupTitle}
          value={title}
          error={errors.title}
          autocomplete="off"
          required
        />
        <div>
          <button type="submit" class="button" name="action" value="rename">{words.rename}</button>
        </div>
      </form>
      <AskFirst ask="group" to={path}>
        <input type="hidden" name="action" value="end" />
        <div class="row">
          <button type="submit" class="button button-quiet" aria-describedby="end-hint">{words.end}</button>
          <span class="soft small" id="end-hint">{words.endHint}</span>
        </div>
      </AskFirst>
      <p class="soft small">{words.name}: {group.name}</p>
    </section>
  );
}

interface NewGroupProps {
  action: string;
  typed: { name: string; title: string };
  errors: Record<string, string>;
}

/** The form that creates a group. */
export function NewGroup({ action, typed, errors }: NewGroupProps) {
  const words = useWords("groups");
  return (
    <section class="panel" aria-labelledby="create">
      <h2 id="create">{words.createTitle}</h2>
      <form class="form" method="post" action={action}>
        <NameField
          name="name"
          label={words.name}
          hint={words.nameHint}
          value={typed.name}
          error={errors.name}
        />
        <TextField
          name="title"
          label={words.groupTitle}
          value={typed.title}
          error={errors.title}
          autocomplete="off"
          required
        />
        <div>
          <button type="submit" class="button button-main" name="action" value="create">
            {words.create}
          </button>
        </div>
      </form>
    </section>
  );
}

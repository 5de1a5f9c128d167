import { AreaField, NameField, SelectField, TextField } from "../../../components/Field.tsx";
import { useWords } from "../../../components/words.tsx";
import { limits } from "../../../lib/protocol/mod.ts";
import { emptyHook, type TypedHook } from "../../../lib/web/forms/access_tokens.ts";

interface HookFormProps {
  /** What was refused; null when nothing was. */
  typed: TypedHook | null;
  errors: Record<string, string>;
}

/** AU-11: makes an address that takes JSON from other programs and sends it by a template. */
export function HookForm({ typed, errors }: HookFormProps) {
  const words = useWords("tokens");
  const { to, kind, name, title, body } = typed ?? emptyHook;
  const fields = typed === null ? {} : errors;
  return (
    <details open={typed !== null}>
      <summary>{words.createHook}</summary>
      <form class="form" method="post" action="/sessions">
        <p class="hint">{words.hookLead}</p>
        <TextField
          name="hookName"
          label={words.name}
          hint={words.hookNameHint}
          error={fields.name}
          maxLength={limits.tokenName}
          value={name}
          required
        />
        <NameField
          name="hookTo"
          label={words.hookTo}
          hint={words.hookToHint}
          error={fields.hookTo}
          value={to}
          required
        />
        <SelectField
          name="hookKind"
          label={words.hookKind}
          value={kind}
          options={[["message", words.hookMessage], ["task", words.hookTask]]}
          class="input-short"
        />
        <TextField
          name="hookTitle"
          label={words.hookTitle}
          hint={words.hookTitleHint}
          error={fields.hookTitle}
          maxLength={limits.hookTemplate}
          value={title}
          required
        />
        <AreaField
          name="hookBody"
          label={words.hookBody}
          hint={words.hookBodyHint}
          error={fields.hookBody}
          value={body}
          rows={3}
        />
        <div>
          <button type="submit" class="button" name="action" value="hook">{words.createHook}</button>
        </div>
      </form>
    </details>
  );
}

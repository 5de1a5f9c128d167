import { useLanguage, useWords } from "./words.tsx";
import { type Language, languages } from "../lib/words/mod.ts";
import { type Theme, themes } from "../lib/text/look.ts";

interface LookFormProps {
  theme: Theme | null;
  /** Path of the page, for the way back. */
  path: string;
  /** Where the form goes: people who are logged in have a language of their own. */
  action: "/look" | "/login/look";
}

/** Chooses light or dark, and the language. Works without scripts, and before a login. */
export function LookForm({ theme, path, action }: LookFormProps) {
  const words = useWords("look");
  const language = useLanguage();
  const names = { light: words.light, dark: words.dark };
  return (
    <form method="post" action={action} class="look">
      <input type="hidden" name="back" value={path} />
      <Choice
        name="theme"
        label={words.theme}
        chosen={theme ?? ""}
        options={[["", words.device], ...themes.map((one) => [one, names[one]] as const)]}
      />
      <Choice name="language" label={words.language} chosen={language} options={languages} />
      <button type="submit" class="button button-s">{words.apply}</button>
    </form>
  );
}

interface ChoiceProps {
  name: "theme" | "language";
  label: string;
  chosen: Theme | Language | "";
  options: readonly (readonly [value: string, name: string])[];
}

function Choice({ name, label, chosen, options }: ChoiceProps) {
  const id = `look-${name}`;
  return (
    <>
      <label for={id}>{label}</label>
      <select class="input" id={id} name={name}>
        {options.map(([value, text]) => (
          <option
            key={value}
            value={value}
            selected={value === chosen}
            lang={name === "language" ? value : undefined}
          >
            {text}
          </option>
        ))}
      </select>
    </>
  );
}

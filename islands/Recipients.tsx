import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Avatar } from "../components/Avatar.tsx";
import { FieldError } from "../components/Field.tsx";
import { useWords, WordsProvider } from "../components/words.tsx";
import "../lib/browser/base_path.ts";
import type { SomeWords } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";

interface FieldProps {
  /** As typed: names parted by commas. */
  value: string;
  /** `picture`: whether the sender may see one of them. */
  contacts: { username: string; displayName: string; picture: boolean }[];
  /** False where the form has other audiences: then nobody needs to be named. */
  required: boolean;
  error: string | undefined;
}

/** Whom a command is for: a line of names, which scripts turn into tokens that can be taken away one by one. */
export default function Recipients({ words, ...field }: FieldProps & { words: SomeWords<"inputs"> }) {
  return (
    <WordsProvider words={words}>
      <RecipientsField {...field} />
    </WordsProvider>
  );
}

function RecipientsField({ value, contacts, required, error }: FieldProps) {
  const words = useWords("inputs");
  const ready = useSignal(false);
  const chosen = useSignal<string[]>([]);
  const typed = useSignal("");
  const plain = useRef<HTMLInputElement>(null);

  const take = (text: string) => {
    const names = text.split(/[\s,;]+/).map((name) => name.replace(/^@/, "").toLowerCase());
    chosen.value = [...new Set([...chosen.value, ...names.filter((name) => name !== "")])];
    typed.value = "";
  };
  /** A draft is put back into the field that is sent (UI-10). */
  const putBack = (text: string) => {
    chosen.value = [];
    take(text);
  };
  useEffect(() => {
    // What was typed before scripts were there.
    take(plain.current?.value ?? value);
    ready.value = true;
  }, []);

  const onInput = (text: string) => {
    // A name from the list comes whole; typed ones end with a comma or a space.
    const whole = contacts.some((contact) => contact.username === text) &&
      !contacts.some((contact) => contact.username !== text && contact.username.startsWith(text));
    if (whole || /[\s,;]/.test(text)) take(text);
    else typed.value = text;
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && typed.value.trim() !== "") {
      event.preventDefault();
      take(typed.value);
    } else if (event.key === "Backspace" && typed.value === "" && chosen.value.length > 0) {
      chosen.value = chosen.value.slice(0, -1);
    }
  };

  const known = (name: string) => {
    const contact = contacts.find(({ username }) => username === name);
    return contact && { name: contact.displayName, picture: contact.picture };
  };
  const names = {
    id: "to",
    list: "to-people",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: false,
  } as const;
  const described = {
    "aria-describedby": error === undefined ? "to-hint" : "to-hint to-error",
    ...(error === undefined ? {} : { "aria-invalid": "true" as const }),
  };
  return (
    <div class="field">
      <label for="to">{words.to}</label>
      <p class="hint" id="to-hint">{words.toHint}</p>
      {ready.value
        ? (
          <>
            <input
              type="hidden"
              name="to"
              data-typed=""
              value={[...chosen.value, typed.value].join(" ").trim()}
              onInput={(event) => putBack(event.currentTarget.value)}
            />
            {chosen.value.length === 0 ? null : (
              <ul class="tokens" aria-label={words.chosen}>
                {chosen.value.map((name) => (
                  <li class="token" key={name}>
                    <Avatar username={name} {...known(name)} size={24} />
                    <bdi>{known(name)?.name ?? name}</bdi>
                    <button
                      type="button"
                      aria-label={fill(words.takeOff, { name })}
                      onClick={() => chosen.value = chosen.value.filter((other) => other !== name)}
                    >
                      ×
                    </button>
                  </li>
                ))}
              </ul>
            )}
            <input
              class="input"
              {...names}
              {...described}
              required={required && chosen.value.length === 0}
              value={typed.value}
              onInput={(event) => onInput(event.currentTarget.value)}
              onKeyDown={onKey}
              onBlur={() => take(typed.value)}
            />
          </>
        )
        : (
          <input
            class="input"
            name="to"
            ref={plain}
            {...names}
            {...described}
            required={required}
            defaultValue={value}
          />
        )}
      <datalist id="to-people">
        {contacts.map((contact) => (
          <option key={contact.username} value={contact.username}>{contact.displayName}</option>
        ))}
      </datalist>
      <FieldError name="to" error={error} />
    </div>
  );
}

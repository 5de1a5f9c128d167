import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Avatar } from "../components/Avatar.tsx";
import { FieldError } from "../components/Field.tsx";
import { OfferList } from "../components/OfferList.tsx";
import { useWords, WordsProvider } from "../components/words.tsx";
import "../lib/browser/base_path.ts";
import { namesIn, type Offer, offersFor } from "../lib/browser/offers.ts";
import { fold } from "../lib/protocol/fold.ts";
import type { SomeWords } from "../lib/words/mod.ts";
import { fill } from "../lib/words/shape.ts";

interface FieldProps {
  /** As typed: names parted by commas. */
  value: string;
  /** `picture`: whether the sender may see one of them. */
  contacts: { username: string; displayName: string; picture: boolean }[];
  /** That one may send to. */
  groups: { name: string; title: string; members: number }[];
  /** False where the form has other audiences: then nobody needs to be named. */
  required: boolean;
  /** By the field's name. */
  errors: { to?: string | undefined; group?: string | undefined };
}

/** Whom a command is for: a line of names, which scripts turn into tokens and a search over contacts and groups. */
export default function Recipients({ words, ...field }: FieldProps & { words: SomeWords<"inputs"> }) {
  return (
    <WordsProvider words={words}>
      <RecipientsField {...field} />
    </WordsProvider>
  );
}

/** The form's own fields that say which audience it is: they are there without scripts too. */
const groupField = (form: HTMLFormElement) => form.querySelector<HTMLSelectElement>("select[name=group]");
const audienceField = (form: HTMLFormElement, value: string) =>
  form.querySelector<HTMLInputElement>(`input[name=audience][value=${value}]`);

function RecipientsField({ value, contacts, groups, required, errors }: FieldProps) {
  const words = useWords("inputs");
  const ready = useSignal(false);
  const chosen = useSignal<string[]>([]);
  /** The group that the command is for; null: it is for people. */
  const group = useSignal<string | null>(null);
  const typed = useSignal("");
  /** The offer under the keys; null: the list is closed. */
  const at = useSignal<number | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const plain = useRef<HTMLInputElement>(null);

  const take = (text: string) => {
    chosen.value = [...new Set([...chosen.value, ...namesIn(text)])];
    typed.value = "";
    at.value = null;
  };
  /** Says that the form changed, once its fields are drawn. */
  const say = () => setTimeout(() => root.current?.dispatchEvent(new Event("change", { bubbles: true })));
  /** A draft is put back into the field that is sent (UI-10). */
  const putBack = (text: string) => {
    chosen.value = [];
    take(text);
  };
  useEffect(() => {
    // What was typed before scripts were there.
    take(plain.current?.value ?? value);
    ready.value = true;
    const form = root.current!.closest("form")!;
    const read = () =>
      group.value = audienceField(form, "group")?.checked === true ? groupField(form)?.value ?? null : null;
    read();
    form.addEventListener("change", read);
    return () => form.removeEventListener("change", read);
  }, []);

  const all: Offer[] = [
    ...contacts.filter(({ username }) => !chosen.value.includes(username)).map((
      { username, displayName, picture },
    ): Offer => ({ kind: "person", name: username, title: displayName, picture })),
    ...groups.map((one): Offer => ({ kind: "group", picture: false, ...one })),
  ];
  const offers = at.value === null ? [] : offersFor(all, typed.value, fold);
  const here = Math.min(at.value ?? 0, offers.length - 1);

  /** Makes the audience what was chosen, as if its own field had been. */
  const turnTo = (audience: "user" | "group", name?: string) => {
    const form = root.current!.closest("form")!;
    const [field, radio] = [groupField(form), audienceField(form, audience)];
    if (field !== null && name !== undefined) field.value = name;
    if (radio === null) return;
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const pick = ({ kind, name }: Offer) => {
    if (kind === "person") {
      take(name);
      if (group.value !== null) turnTo("user");
    } else {
      typed.value = "";
      at.value = null;
      turnTo("group", name);
    }
    say();
  };
  const onInput = (text: string) => {
    // A name from the list comes whole; typed ones end with a comma, or with a space where no name goes on.
    const whole = contacts.some(({ username }) => username === text) &&
      !contacts.some(({ username }) => username !== text && username.startsWith(text));
    const goesOn = offersFor(all, text, fold).length > 0;
    if (whole || /[,;]/.test(text) || (/\s/.test(text) && !goesOn)) {
      if (group.value !== null) turnTo("user");
      return take(text);
    }
    typed.value = text;
    at.value = text.trim() === "" ? null : 0;
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      const count = offers.length;
      at.value = at.value === null ? 0 : count === 0 ? at.value : (here + step + count) % count;
    } else if (event.key === "Escape" && at.value !== null) at.value = null;
    else if (event.key === "Enter" && offers[here] !== undefined) pick(offers[here]!);
    else if (event.key === "Enter" && typed.value.trim() !== "") {
      take(typed.value);
      say();
    } else {
      if (
        event.key === "Backspace" && typed.value === "" && chosen.value.length > 0 && group.value === null
      ) {
        chosen.value = chosen.value.slice(0, -1);
        say();
      }
      return;
    }
    event.preventDefault();
  };
  const onBlur = () => {
    at.value = null;
    if (group.value === null) take(typed.value);
    else typed.value = "";
  };

  const known = (name: string) => {
    const contact = contacts.find(({ username }) => username === name);
    return contact && { name: contact.displayName, picture: contact.picture };
  };
  const itsGroup = groups.find(({ name }) => name === group.value);
  const error = group.value === null ? errors.to : errors.group;
  const names = { id: "to", autocomplete: "off", autocapitalize: "none", spellcheck: false } as const;
  const described = {
    "aria-describedby": error === undefined ? "to-hint" : "to-hint to-error",
    ...(error === undefined ? {} : { "aria-invalid": "true" as const }),
  };
  return (
    <div ref={root} class={ready.value ? "only-named" : "only-user"}>
      <div class="field recipients">
        <label for="to">{words.to}</label>
        <p class="hint" id="to-hint">{words.toHint}</p>
        {ready.value
          ? (
            <div class="input recipients-box">
              <input
                type="hidden"
                name="to"
                data-typed=""
                value={[...chosen.value, group.value === null ? typed.value : ""].join(" ").trim()}
                onInput={(event) => putBack(event.currentTarget.value)}
              />
              <ul class="tokens" aria-label={words.chosen}>
                {itsGroup !== undefined
                  ? (
                    <Token
                      name={itsGroup.name}
                      title={fill(words.groupOf, { title: itsGroup.title, count: itsGroup.members })}
                      off={() => {
                        turnTo("user");
                        say();
                      }}
                    />
                  )
                  : chosen.value.map((name) => (
                    <Token
                      key={name}
                      name={name}
                      title={known(name)?.name ?? name}
                      picture={known(name)?.picture}
                      off={() => chosen.value = chosen.value.filter((other) => other !== name)}
                    />
                  ))}
              </ul>
              <input
                {...names}
                {...described}
                role="combobox"
                aria-autocomplete="list"
                aria-expanded={offers.length > 0}
                aria-controls="to-offers"
                aria-activedescendant={offers.length > 0 ? `to-offer-${here}` : undefined}
                placeholder={groups.length > 0 ? words.addPeopleOrGroup : words.addPeople}
                required={required && chosen.value.length === 0}
                value={typed.value}
                onInput={(event) => onInput(event.currentTarget.value)}
                onKeyDown={onKey}
                onBlur={onBlur}
              />
              <OfferList id="to-offers" label={words.to} offers={offers} here={here} onPick={pick} />
            </div>
          )
          : (
            <input
              class="input"
              name="to"
              ref={plain}
              list="to-people"
              {...names}
              {...described}
              required={required}
              defaultValue={value}
            />
          )}
        {ready.value ? null : (
          <datalist id="to-people">
            {contacts.map((contact) => (
              <option key={contact.username} value={contact.username}>{contact.displayName}</option>
            ))}
          </datalist>
        )}
        <FieldError name="to" error={error} />
      </div>
    </div>
  );
}

interface TokenProps {
  name: string;
  title: string;
  picture?: boolean | undefined;
  off: () => void;
}

function Token({ name, title, picture = false, off }: TokenProps) {
  const { takeOff } = useWords("inputs");
  return (
    <li class="token">
      <Avatar username={name} name={title} picture={picture} size={24} />
      <bdi>{title}</bdi>
      <button type="button" aria-label={fill(takeOff, { name: title })} onClick={off}>×</button>
    </li>
  );
}

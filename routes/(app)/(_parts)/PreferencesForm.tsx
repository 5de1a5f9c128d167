import type { ComponentChildren } from "preact";
import { CategoryTable } from "../../../components/CategoryTable.tsx";
import { Check, Choice, FieldError, TextField } from "../../../components/Field.tsx";
import { Filled, useGiven, useLanguage, useWords } from "../../../components/words.tsx";
import { QuietHours, Saves } from "../../../islands/Preferences.tsx";
import type { Category } from "../../../lib/protocol/mod.ts";
import {
  categoryField,
  type FormPreference,
  shownField,
  type TypedPreferences,
} from "../../../lib/web/forms/preferences.ts";
import { plural, type Words } from "../../../lib/words/mod.ts";

interface FormProps {
  typed: TypedPreferences;
  /** The preferences that the form was filled with, as its hidden field has them. */
  shown: string;
  /** How many people are blocked. */
  blocked: number;
  categories: readonly Category[];
  /** IANA name, of the person's profile. */
  zone: string;
  browserZone: string | null;
  /** Milliseconds since 1970. */
  now: number;
  errors: Readonly<Record<string, string>>;
}

const senders = (words: Words["preferences"]) =>
  [
    ["nobody", words.nobody, words.nobodyHint],
    ["contacts", words.contacts, words.contactsHint],
    ["groups", words.groups, words.groupsHint],
    ["anyone", words.anyone, words.anyoneHint],
  ] as const;

/** What a script saves by itself, with the place where it says so. */
function Saved({ name, children }: { name: FormPreference; children: ComponentChildren }) {
  return (
    <div data-saves={name}>
      {children}
      <div data-said aria-live="polite" />
    </div>
  );
}

/** The preferences, in one form for those without scripts. With scripts each is saved when it is changed. */
export function PreferencesForm({ typed, shown, blocked, categories, errors, ...times }: FormProps) {
  const { zone } = times;
  const words = useWords("preferences");
  const language = useLanguage();
  const reach = useWords("reach");
  return (
    <div class="prefs">
      <nav class="toc" aria-label={words.onThisPage}>
        <ul>
          {([["who", words.who], ["categories", words.about], ["when", words.quiet], ["much", words.much], [
            "one",
            words.one,
          ], ["blocked", words.blocked]] as const).map(([id, text]) => (
            <li key={id}>
              <a href={`#${id}`}>{text}</a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="stack">
        <form class="form" id="preferences" method="post" action="/preferences" data-saved-alone>
          <input type="hidden" name={shownField} value={shown} />
          <section class="panel" aria-labelledby="who">
            <h2 id="who">{words.who}</h2>
            <Saved name="acceptFrom">
              <Choice
                name="acceptFrom"
                legend={words.acceptFrom}
                error={errors.acceptFrom}
                value={typed.acceptFrom}
                options={senders(words)}
              />
            </Saved>
            <Saved name="broadcasts">
              <Check
                name="broadcasts"
                label={words.broadcasts}
                hint={words.broadcastsHint}
                checked={typed.broadcasts}
              />
              <FieldError name="broadcasts" error={errors.broadcasts} />
            </Saved>
            <Saved name="shareLimits">
              <Check
                name="shareLimits"
                label={words.shareLimits}
                hint={words.shareLimitsHint}
                checked={typed.shareLimits}
              />
              <FieldError name="shareLimits" error={errors.shareLimits} />
            </Saved>
            <Saved name="shareOnline">
              {/* An unticked box sends nothing: this tells it from a form without the box. */}
              <input type="hidden" name="shareOnline" value="no" />
              <Check
                name="shareOnline"
                label={words.shareOnline}
                hint={words.shareOnlineHint}
                checked={typed.shareOnline}
              />
              <FieldError name="shareOnline" error={errors.shareOnline} />
            </Saved>
          </section>
          <section class="panel" aria-labelledby="categories">
            <h2 id="categories">{words.about}</h2>
            <Saved name="categories">
              <FieldError name="categories" error={errors.categories} />
              <CategoryTable categories={categories} chosen={typed.categories} fieldOf={categoryField} />
            </Saved>
          </section>
          <section class="panel" aria-labelledby="when">
            <h2 id="when">{words.quiet}</h2>
            <p class="hint">
              <Filled
                text={words.whenHint}
                zone={<strong>{zone.replaceAll("_", " ")}</strong>}
                profile={<a href="/profile">{words.profileZone}</a>}
              />
            </p>
            <div data-saves="quietHours">
              <QuietHours
                quiet={typed.quiet}
                rows={typed.rows}
                drawn={typed.drawn}
                {...times}
                errors={errors}
                words={useGiven(["week", "preferences"])}
              />
            </div>
          </section>
          <section class="panel" aria-labelledby="much">
            <h2 id="much">{words.much}</h2>
            <Saved name="dailyLimit">
              <TextField
                name="dailyLimit"
                label={words.dailyLimit}
                hint={words.dailyLimitHint}
                class="input-short"
                inputMode="numeric"
                value={typed.dailyLimit}
                error={errors.dailyLimit}
                autocomplete="off"
              />
            </Saved>
          </section>
          <div class="without-scripts">
            <div class="savebar">
              <button type="submit" class="button button-main">{words.save}</button>
            </div>
          </div>
          <Saves words={useGiven(["week"])} />
        </form>
        <section class="panel" aria-labelledby="one">
          <h2 id="one">{words.one}</h2>
          <p class="hint">
            <Filled
              text={words.oneHint}
              contacts={<a href="/contacts">{words.contactsPage}</a>}
              groups={<a href="/groups">{words.groupsPage}</a>}
            />
          </p>
          <p>
            <a class="button" href="/preferences/reach">{reach.link}</a>
          </p>
        </section>
        <section class="panel" aria-labelledby="blocked">
          <h2 id="blocked">{words.blocked}</h2>
          <p class="hint">{words.blockedHint}</p>
          <p>
            <a class="button" href="/preferences/blocked">
              {blocked === 0 ? words.blockSomeone : plural(language, words.blockedCount, blocked)}
            </a>
          </p>
        </section>
      </div>
    </div>
  );
}

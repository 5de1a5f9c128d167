import type { Context } from "fresh";
import { type Preferences, type PreferencesChange, Refusal } from "../../protocol/mod.ts";
import { effectText } from "../../text/mod.ts";
import { wordsOf } from "../../words/mod.ts";
import type { PersonState } from "../define.ts";
import { problemOf } from "./form.ts";
import { askedChange, preferenceNames, shownAfter, shownIn, shownText, undoOf } from "./preferences.ts";

/** What was saved, with what tells the person about it. */
export interface Saved {
  preferences: Preferences;
  /** What takes the change back; null when nothing changed. */
  undo: PreferencesChange | null;
  /** What it means for the last week; null for what decides about no command. */
  effect: string | null;
}

/** Preferences that decide which commands reach the person. */
const deciding = ["acceptFrom", "broadcasts", "categories", "quietHours", "dailyLimit"] as const;

/** Saves what a posted form asks for, whole or a single preference of it. */
export async function savePreferences(
  ctx: Context<PersonState>,
  form: URLSearchParams,
): Promise<Saved | Refusal> {
  const { preferences, commands } = ctx.state.services;
  const { caller, language } = ctx.state;
  const shown = shownIn(form);
  if (shown instanceof Refusal) return shown;
  const change = askedChange(form, shown);
  if (change instanceof Refusal) return change;
  const before = await preferences.get(caller);
  const isNothing = Object.keys(change).length === 0;
  if (isNothing) return { preferences: before, undo: null, effect: null };
  const decides = deciding.some((name) => change[name] !== undefined);
  const standing = decides ? await commands.weekBefore(caller) : null;
  const done = await preferences.set(caller, change, shown as Partial<Preferences> | undefined);
  if (done instanceof Refusal) return done;
  const effect = standing === null
    ? null
    : effectText(wordsOf(language).week, language, await commands.weekEffect(caller, standing));
  return { preferences: done, undo: undoOf(change, before), effect };
}

/** The same for a script: what it shows beside the control. */
export async function savedAnswer(
  ctx: Context<PersonState>,
  form: URLSearchParams | Refusal,
): Promise<Response> {
  const { language, services, caller } = ctx.state;
  const words = wordsOf(language).week;
  const saved = form instanceof Refusal ? form : await savePreferences(ctx, form);
  if (saved instanceof Refusal) {
    const { message, fields } = problemOf(saved, language, preferenceNames);
    const now = await services.preferences.get(caller);
    const shown = form instanceof Refusal ? shownText(now) : shownAfter(form, now);
    return Response.json({ message, fields, shown }, { status: saved.status });
  }
  const isUndo = form instanceof URLSearchParams && form.has("undo");
  const shown = form instanceof Refusal ? shownText(saved.preferences) : shownAfter(form, saved.preferences);
  return Response.json({
    message: isUndo ? words.undone : words.saved,
    effect: saved.effect,
    undo: isUndo || saved.undo === null ? null : JSON.stringify(saved.undo),
    shown,
  });
}

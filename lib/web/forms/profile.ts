import type { FormProblem } from "./form.ts";
import { problemOf } from "./form.ts";
import type { Profile, Refusal } from "../../protocol/mod.ts";
import { type Language, wordsOf } from "../../words/mod.ts";

export type TypedProfile = Omit<Profile, "username">;

export function typedProfile(form: URLSearchParams): TypedProfile {
  const field = (name: string) => form.get(name) ?? "";
  return {
    displayName: field("displayName").trim(),
    // Browsers send line breaks as CR LF.
    bio: field("bio").replaceAll("\r\n", "\n").trim(),
    pronouns: field("pronouns").trim(),
    timeZone: field("timeZone").trim(),
    language: field("language").trim(),
    avatar: field("avatar") === "" ? null : field("avatar"),
  };
}

export function profileProblem(refusal: Refusal, typed: TypedProfile, language: Language): FormProblem {
  const problem = problemOf(refusal, language);
  if (problem.fields.displayName !== undefined && typed.displayName === "") {
    problem.fields.displayName = wordsOf(language).profile.nameMissing;
  }
  return problem;
}

/** Languages that the form offers; any other tag can be typed. */
export const commonLanguages = [
  "en",
  "de",
  "es",
  "fr",
  "it",
  "nl",
  "pl",
  "pt",
  "ru",
  "tr",
  "ar",
  "he",
  "hi",
  "ja",
  "ko",
  "zh",
];

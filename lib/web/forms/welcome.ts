import { changeOf } from "./preferences.ts";

/** What a new account is asked, in this order; then comes the sample. */
export const welcomeSteps = ["limits", "who", "when"] as const;

export type WelcomeStep = typeof welcomeSteps[number];
export type WelcomeView = WelcomeStep | "ready";

/** The view of a path's last part; the first step has none. Null when there is no such view. */
export function welcomeView(part: string | undefined): WelcomeView | null {
  if (part === undefined || part === "") return "limits";
  if (part === "ready") return "ready";
  return welcomeSteps.find((step) => step === part && step !== "limits") ?? null;
}

export function welcomePath(view: WelcomeView): string {
  return view === "limits" ? "/welcome" : `/welcome/${view}`;
}

/** What comes after a step, and before it. */
export function viewAfter(step: WelcomeStep): WelcomeView {
  return welcomeSteps[welcomeSteps.indexOf(step) + 1] ?? "ready";
}

export function viewBefore(view: WelcomeView): WelcomeView | null {
  const at = view === "ready" ? welcomeSteps.length : welcomeSteps.indexOf(view);
  return welcomeSteps[at - 1] ?? null;
}

/** What `preferences.set` takes for one step, unchecked: what the step does not ask stays as it is. */
export function stepChange(step: WelcomeStep, form: URLSearchParams): Record<string, unknown> {
  const { categories, acceptFrom, broadcasts, quietHours } = changeOf(form);
  switch (step) {
    case "limits":
      return { categories };
    case "who":
      return { acceptFrom, broadcasts };
    case "when":
      return { quietHours };
    default:
      step satisfies never;
      return {};
  }
}

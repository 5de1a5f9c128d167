import type { SanctionKind } from "../protocol/mod.ts";

/** How long sanctions of a decision last, in days; 0 has no end. */
export const decisionDays = [1, 7, 30, 90, 0] as const;

/** A decision as it was typed. */
export interface TypedDecision {
  sanctions: SanctionKind[];
  days: string;
  /** Place of the reason in the list; "" is the moderator's own text. */
  template: string;
  text: string;
}

export const noDecision: TypedDecision = { sanctions: [], days: "7", template: "0", text: "" };

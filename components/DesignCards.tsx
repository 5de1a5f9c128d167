import { commandStates } from "../lib/protocol/commands.ts";
import type { CommandState, ListItem } from "../lib/protocol/mod.ts";
import type { Words } from "../lib/words/mod.ts";
import { CommandCard } from "./CommandCard.tsx";
import { Part } from "./DesignTokens.tsx";
import { useWords } from "./words.tsx";

/** The moment at which all samples stand, so that the page looks the same whenever it is opened. */
const now = Date.UTC(2026, 0, 15, 9);
const hourMs = 3600_000;
const at = (hours: number) => new Date(now + hours * hourMs).toISOString();

/** A command in every state that it can have, sealed, late and refused. They are shown and cannot be pressed. */
export function DesignCards() {
  const words = useWords("design");
  const shared = { now, local: false, zone: "UTC", absent: {}, own: { files: [], maxBytes: 1 } };
  return (
    <Part title={words.cards}>
      <ul class="states-grid" inert>
        {commandStates.map((state) => (
          <CommandCard key={state} item={sample(words, state)} fresh={state === "delivered"} {...shared} />
        ))}
        <CommandCard item={sealed(words)} {...shared} />
        <CommandCard item={sample(words, "seen", -48)} error={words.sampleError} {...shared} />
      </ul>
    </Part>
  );
}

const from = (words: Words["design"]) => ({ id: "0", username: "somebody", displayName: words.sampleFrom });

function sample(words: Words["design"], state: CommandState, dueHours = 5): ListItem {
  return {
    command: {
      id: `design-${state}-${dueHours}`,
      kind: "task",
      title: words.sampleTitle,
      body: words.sampleBody,
      data: null,
      categories: ["general"],
      attachments: [],
      from: from(words),
      audience: { kind: "user" },
      createdAt: at(-2),
      deliverAt: null,
      dueAt: at(dueHours),
      expiresAt: at(300),
      requires: state === "submitted" || state === "returned" ? "review" : "none",
    },
    state: {
      state,
      updatedAt: at(-1),
      until: state === "deferred" ? at(3) : null,
      note: state === "returned" ? words.sampleNote : null,
      allowedBy: null,
    },
  };
}

function sealed(words: Words["design"]): ListItem {
  return {
    command: {
      id: "design-sealed",
      sealed: true,
      from: from(words),
      categories: ["feet"],
      createdAt: at(-2),
      deliverAt: null,
      dueAt: null,
      expiresAt: at(300),
    },
    state: { state: "delivered", updatedAt: at(-1), until: null, note: null, allowedBy: null },
  };
}

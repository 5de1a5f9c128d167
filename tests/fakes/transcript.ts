import assert from "node:assert/strict";

/** A frame of JSON-RPC. In a transcript, ids of requests are names like `$1`. */
export type TranscriptFrame = Record<string, unknown>;

/** What is done to the client. */
export type Action =
  | { connect: true }
  | { request: { name: string; method: string; params: Record<string, unknown> } }
  | { handler: "fails" | "works" }
  | { close: true }
  | { clock: number }
  /** `broken`: no server of this protocol sends it. `raw`: a text that is no JSON. */
  | { in: TranscriptFrame; broken?: true }
  | { end: { code: number; reason: string } }
  | { refused: number };

/** What the client does then. */
export type Effect =
  | { open: { device?: string; window?: string; accept?: string } }
  | { out: TranscriptFrame }
  | { closed: number }
  | { event: Record<string, unknown> };

export type Step = Action | Effect;

/** One file of `sdk/conformance/`, as its README describes. */
export interface Transcript {
  name: string;
  about: string;
  rules: string[];
  /** Whether the frames of the server were recorded; others were written by hand. */
  recorded: boolean;
  client: { device?: string; window?: number; accept?: string[]; fraction: number };
  steps: Step[];
}

const effects = ["open", "out", "closed", "event"];

export function isEffect(step: Step): step is Effect {
  return effects.some((name) => name in step);
}

/** The actions, each with all that follows from it. */
export function rounds(steps: readonly Step[]): { action: Action; effects: Effect[] }[] {
  const found: { action: Action; effects: Effect[] }[] = [];
  for (const step of steps) {
    if (!isEffect(step)) found.push({ action: step, effects: [] });
    else found.at(-1)!.effects.push(step);
  }
  return found;
}

/** In the order in which transcripts have them: events after frames, those other than deliveries by their text. */
export function inOrder(effects: readonly Effect[]): Effect[] {
  const place = (effect: Effect) =>
    "open" in effect ? 0 : "out" in effect ? 1 : "closed" in effect ? 2 : "deliver" in effect.event ? 3 : 4;
  return effects.toSorted((one, other) =>
    place(one) - place(other) ||
    (place(one) === 4 ? JSON.stringify(one) < JSON.stringify(other) ? -1 : 1 : 0)
  );
}

export async function readTranscripts(folder = "sdk/conformance"): Promise<Transcript[]> {
  const found: Transcript[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".json") || name === "methods.json") continue;
    const transcript = JSON.parse(await Deno.readTextFile(`${folder}/${name}`)) as Transcript;
    assert.equal(`${transcript.name}.json`, name);
    found.push(transcript);
  }
  return found.sort((one, other) => one.name < other.name ? -1 : 1);
}

/** As it is stored: one step on a line. */
export function transcriptText({ steps, ...head }: Transcript): string {
  const lines = steps.map((step) => `    ${JSON.stringify(step)}`);
  const start = JSON.stringify(head, null, 2).replace(/\n\}$/, "");
  return `${start},\n  "steps": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

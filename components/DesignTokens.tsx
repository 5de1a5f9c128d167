import type { ComponentChildren } from "preact";
import { fill } from "../lib/words/shape.ts";
import { useWords } from "./words.tsx";

/** The tokens of `static/styles.css` by what they are; a test holds the two together. */
export const tokens = {
  colours: [
    ...["paper", "surface", "sunken", "raised", "ink", "ink-soft", "line", "line-strong"],
    ...["accent", "accent-fill", "accent-ink", "accent-wash", "accent-line"],
    ...["stop", "stop-ink", "stop-text", "stop-wash"],
    ...["warn", "warn-wash", "seal", "seal-wash", "veil"],
    ...["face-ink", "face-1", "face-2", "face-3", "face-4", "face-5", "face-6"],
  ],
  space: ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"],
  type: ["text-xs", "text-s", "text-m", "text-l", "text-xl", "text-xxl"],
  faces: ["serif", "sans"],
  corners: ["r-s", "r-m", "r-l", "r-round"],
  motion: ["motion", "motion-slow", "motion-page"],
} as const;

/** What each token looks like. Its look is a class: a strict policy lets no style stand in the page. */
export function DesignTokens() {
  const words = useWords("design");
  return (
    <>
      <Swatches title={words.colours} names={tokens.colours} look="token-colour" />
      <Swatches title={words.space} names={tokens.space} look="token-space" />
      <Part title={words.type}>
        {[...tokens.type, ...tokens.faces].map((name) => (
          <p key={name} class={`token-${name}`}>{fill(words.pangram, { size: name })}</p>
        ))}
      </Part>
      <Swatches title={words.radius} names={tokens.corners} look="token-corner" />
      <Swatches title={words.motion} names={tokens.motion} look="token-move" hint={words.motionHint} />
    </>
  );
}

interface SwatchesProps {
  title: string;
  names: readonly string[];
  look: string;
  hint?: string;
}

function Swatches({ title, names, look, hint }: SwatchesProps) {
  return (
    <Part title={title}>
      {hint === undefined ? null : <p class="hint">{hint}</p>}
      <ul class="token-grid">
        {names.map((name) => (
          <li key={name}>
            <span class={`${look} token-${name}`} />
            <code>--{name}</code>
          </li>
        ))}
      </ul>
    </Part>
  );
}

export function Part({ title, children }: { title: string; children: ComponentChildren }) {
  const id = `design-${title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-")}`;
  return (
    <section class="panel" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

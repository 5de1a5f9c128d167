import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import { fill } from "../lib/words/shape.ts";
import { Icon } from "./Icon.tsx";
import { useWords } from "./words.tsx";

const DiscreetContext = createContext<string | null>(null);

interface DiscreetProviderProps {
  /** What every page is called then; null when the mode is off. */
  title: string | null;
  children: ComponentChildren;
}

/** Tells everything inside of it whether the browser is in discreet mode. Only on the server: islands need not know. */
export function DiscreetProvider({ title, children }: DiscreetProviderProps) {
  return <DiscreetContext.Provider value={title}>{children}</DiscreetContext.Provider>;
}

export function useDiscreetTitle(): string | null {
  return useContext(DiscreetContext);
}

/** Switches discreet mode and comes back to `path`. Works without scripts. */
export function DiscreetSwitch({ path }: { path: string }) {
  const words = useWords("discreet");
  const on = useDiscreetTitle() !== null;
  return (
    <form method="post" action="/discreet">
      <input type="hidden" name="back" value={path} />
      <button type="submit" class="menu-button" name="on" value={on ? "no" : "yes"}>
        <Icon name={on ? "eye" : "eyeoff"} />
        {on ? words.turnOff : words.turnOn}
      </button>
    </form>
  );
}

/**
 * Shows what discreet mode blurs on one card, until it is taken back; by touch, by keyboard and without scripts. The
 * stylesheet hides it when the mode is off, so that islands need not know of it.
 */
export function Reveal({ title }: { title: string }) {
  const words = useWords("commands");
  return (
    <label class="reveal">
      <input type="checkbox" aria-label={fill(words.showOf, { title })} />
      {words.show}
    </label>
  );
}

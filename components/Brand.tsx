import { toRoot } from "../lib/text/commands.ts";

/** The mark: a folded letter with a tick. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" fill="#0e5a53" />
      <path d="M8 7h11l5 5v13H8z" fill="#f4f1ea" />
      <path d="M19 7l5 5h-5z" fill="#82cfc2" />
      <path
        d="M12 17.5l3 3 5.5-6"
        fill="none"
        stroke="#0e5a53"
        stroke-width="2.4"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

export function Brand({ path }: { path: string }) {
  return (
    <a class="brand" href={toRoot(path)}>
      <Mark />
      <span class="txt">Behest</span>
    </a>
  );
}

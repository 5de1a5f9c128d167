import type { ComponentChildren } from "preact";
import { Brand } from "./Brand.tsx";

interface DoorProps {
  path: string;
  title: string;
  lead?: ComponentChildren;
  /** Below everything, apart from it. */
  foot?: ComponentChildren;
  children: ComponentChildren;
}

/** The plain page before a login, and of errors. */
export function Door({ path, title, lead, foot, children }: DoorProps) {
  return (
    <main class="door" id="main">
      <div class="door-head">
        <Brand path={path} />
        <h1>{title}</h1>
        {lead ? <p class="lead">{lead}</p> : null}
      </div>
      {children}
      {foot === undefined ? null : <div class="door-look">{foot}</div>}
    </main>
  );
}

import { Door } from "../components/Door.tsx";
import { StopHere } from "../components/StopHere.tsx";
import { Title } from "../components/Title.tsx";
import { define } from "../lib/define.ts";

/** Not inside the frame of the page that failed: it stands for itself, and looks the same for a page that never was. */
export const config = { skipInheritedLayouts: true };

export default define.page(function NotFound({ url }) {
  return (
    <Door
      path={url.pathname}
      title="Nothing here"
      lead="This address leads to no page. It may have been mistyped, or what it showed is gone."
    >
      <Title text="Not found" />
      <p>
        <a class="button" href="/">Go to the inbox</a>
      </p>
      <StopHere />
    </Door>
  );
});

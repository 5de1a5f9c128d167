import { Door } from "../components/Door.tsx";
import { Title } from "../components/Title.tsx";
import { define } from "../lib/define.ts";

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
    </Door>
  );
});

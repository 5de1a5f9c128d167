import { HttpError } from "fresh";
import { Door } from "../components/Door.tsx";
import { StopHere } from "../components/StopHere.tsx";
import { Title } from "../components/Title.tsx";
import { define } from "../lib/define.ts";

/** Words for a status; what was thrown is for the log and never for the page. */
function words(error: unknown): { title: string; lead: string } {
  const status = error instanceof HttpError ? error.status : 500;
  switch (status) {
    case 403:
      return {
        title: "Not allowed",
        lead: "This account may not open the page, or the form came from another site.",
      };
    case 404:
      return { title: "Nothing here", lead: "This address leads to no page, or what it showed is gone." };
    case 405:
      return {
        title: "Not that way",
        lead: "This address takes no such request. Go back and use the page's own buttons.",
      };
    case 413:
      return {
        title: "Too much at once",
        lead: "What was sent is larger than this page takes. Shorten it and try again.",
      };
    case 429:
      return { title: "Too many requests", lead: "Wait a little, then try again." };
    default:
      return status < 500
        ? { title: "That did not work", lead: "The request could not be understood. Go back and try again." }
        : {
          title: "Something broke",
          lead: "The fault is on this side, and it was written down. Try again in a moment.",
        };
  }
}

/** Not inside the frame of the page that failed: it stands for itself, and looks the same for a page that never was. */
export const config = { skipInheritedLayouts: true };

export default define.page(function ErrorPage({ error, state, url }) {
  const { title, lead } = words(error);
  return (
    <Door path={url.pathname} title={title} lead={lead}>
      <Title text={title} />
      {state.requestId
        ? (
          <p class="soft small">
            If you ask for help, give this number: <code>{state.requestId}</code>
          </p>
        )
        : null}
      <p>
        <a class="button" href="/">Go to the inbox</a>
      </p>
      <StopHere />
    </Door>
  );
});

import { asset, Head } from "fresh/runtime";
import { PageHead } from "../../../components/PageHead.tsx";
import { DesignCards } from "../../../components/DesignCards.tsx";
import { DesignParts } from "../../../components/DesignParts.tsx";
import { DesignTokens } from "../../../components/DesignTokens.tsx";
import { useWords } from "../../../components/words.tsx";
import { definePerson } from "../../../lib/web/define.ts";

/** Shown for GET alone. */
export const handler = definePerson.handlers({});

export default definePerson.page(function Design() {
  const words = useWords("design");
  return (
    <>
      <Head>
        <link key="design" rel="stylesheet" href={asset("/design.css")} />
      </Head>
      <PageHead title={words.title} lead={words.lead} />
      <DesignTokens />
      <DesignParts />
      <DesignCards />
    </>
  );
});

import { useWords } from "../../../components/words.tsx";
import { PasskeyAdd } from "../../../islands/Passkeys.tsx";

/** Adds a passkey by the page of second factors. `asksPassword`: unless the person has just shown who they are. */
export function AddPasskey({ asksPassword = true }: { asksPassword?: boolean }) {
  const words = useWords("twoFactor");
  const { name, nameHint, password, add, failed, wrongPassword, noName, tooMany } = words;
  return (
    <PasskeyAdd
      action="/two-factor"
      asksPassword={asksPassword}
      words={{
        name,
        nameHint,
        password,
        add,
        waiting: words.working,
        failed,
        wrongPassword,
        noName,
        tooMany,
        needsScript: words.addNeedsScript,
        needsSupport: words.addNeedsSupport,
      }}
    />
  );
}

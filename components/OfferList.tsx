import type { Offer } from "../lib/browser/offers.ts";
import { plural } from "../lib/words/shape.ts";
import { Avatar } from "./Avatar.tsx";
import { useLanguage, useWords } from "./words.tsx";

interface OfferListProps {
  id: string;
  label: string;
  offers: readonly Offer[];
  /** The one under the keys. */
  here: number;
  onPick: (offer: Offer) => void;
}

/** What a combobox offers, below it. Always there for `aria-controls`, and seen when it has something. */
export function OfferList({ id, label, offers, here, onPick }: OfferListProps) {
  const { groupMembers } = useWords("inputs");
  const language = useLanguage();
  return (
    <ul class="offers" id={id} role="listbox" aria-label={label} hidden={offers.length === 0}>
      {offers.map((offer, index) => (
        <li
          key={`${offer.kind} ${offer.name}`}
          id={`to-offer-${index}`}
          role="option"
          aria-selected={index === here}
          // The field keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(offer)}
        >
          <Avatar username={offer.name} name={offer.title} picture={offer.picture} size={24} />
          <bdi>{offer.title}</bdi>
          <span class="said">
            {offer.kind === "person" ? `@${offer.name}` : plural(language, groupMembers, offer.members ?? 0)}
          </span>
        </li>
      ))}
    </ul>
  );
}

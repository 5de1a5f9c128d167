interface AvatarProps {
  username: string;
  /** What the initials come from; the username without it. */
  name?: string;
  /** Whether the reader may see a picture of them, as `profiles.withAvatar` says. */
  picture?: boolean;
  size?: number;
  /** Inside of what is not read out as a whole. */
  unsaid?: boolean;
}

/** Somebody's picture (AU-8), or their initials. Their name stands beside it, so it says nothing by itself. */
export function Avatar(
  { username, name = username, picture = false, size = 32, unsaid = false }: AvatarProps,
) {
  const shape = size >= 40 ? "avatar avatar-l" : size <= 24 ? "avatar avatar-s" : "avatar";
  if (!picture) {
    const look = `${shape} avatar-${colourOf(username)}`;
    return <span class={look} aria-hidden={unsaid ? undefined : "true"}>{initials(name)}</span>;
  }
  return (
    <img
      class={shape}
      src={`/api/v1/avatars/${encodeURIComponent(username)}`}
      alt=""
      width={size}
      height={size}
      loading="lazy"
      decoding="async"
    />
  );
}

/** The first letters of the first and the last word, or the first two of the only one. */
export function initials(name: string): string {
  const words = name.split(/[\s_-]+/).map((word) =>
    [...word].filter((letter) => /[\p{L}\p{N}]/u.test(letter))
  )
    .filter((letters) => letters.length > 0);
  const first = words[0] ?? [];
  const letters = words.length > 1 ? [first[0], words.at(-1)![0]] : first.slice(0, 2);
  return letters.join("").toLocaleUpperCase("und");
}

/** One of six colours, always the same for a person. */
function colourOf(username: string): number {
  let sum = 0;
  for (const letter of username) sum = (sum * 31 + letter.codePointAt(0)!) % 997;
  return sum % 6 + 1;
}

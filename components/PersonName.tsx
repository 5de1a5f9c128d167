interface PersonNameProps {
  username: string;
  displayName: string;
}

/** A person: the name they chose, and the username that nobody else can have. Once, when both are the same. */
export function PersonName({ username, displayName }: PersonNameProps) {
  return displayName === username ? <strong class="person">@{username}</strong> : (
    <span class="person">
      <strong>{displayName}</strong> <span class="soft">@{username}</span>
    </span>
  );
}

/** Somebody's picture (AU-8). Their name stands beside it, so it says nothing by itself. */
export function Avatar({ username, size = 40 }: { username: string; size?: number }) {
  return (
    <img
      class="avatar"
      src={`/api/v1/avatars/${encodeURIComponent(username)}`}
      alt=""
      width={size}
      height={size}
      loading="lazy"
      decoding="async"
    />
  );
}

interface TabsProps {
  label: string;
  tabs: readonly { name: string; href: string; here: boolean }[];
}

/** Parts of one list, each with an address of its own. */
export function Tabs({ label, tabs }: TabsProps) {
  return (
    <nav class="tabs" aria-label={label}>
      <ul>
        {tabs.map(({ name, href, here }) => (
          <li key={name}>
            <a href={href} aria-current={here ? "page" : undefined}>{name}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

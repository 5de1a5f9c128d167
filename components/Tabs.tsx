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
            {/* Said in so many words: links that differ in their query alone all lead to the current page. */}
            <a href={href} aria-current={here ? "page" : "false"}>{name}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

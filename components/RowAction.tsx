interface RowActionProps {
  /** Address of the form. */
  to: string;
  /** Of the row's one thing. */
  id: string;
  /** The button, by the name under which the page knows it. */
  action: string;
  name: string;
  /** The same with the thing's own name: rows have the same buttons. */
  of: string;
}

/** The button at the end of a row. */
export function RowAction({ to, id, action, name, of }: RowActionProps) {
  return (
    <form method="post" action={to}>
      <input type="hidden" name="id" value={id} />
      <button type="submit" class="button" name="action" value={action} aria-label={of}>{name}</button>
    </form>
  );
}

import { type AuditEntry, auditEntryOf, type Caller, hasRole } from "../platform/mod.ts";
import { type AdminCategory, type Category, limits, nothingHere, Refusal, say } from "../protocol/mod.ts";
import type { CategoryRecord, CategoryStore, ConsentStore } from "./ports.ts";

/** BR-5: the categories of a first start. */
export const firstCategories: CategoryRecord[] = [
  {
    slug: "general",
    title: "General",
    description: "Everyday messages, tasks and links that anyone can see.",
    order: 0,
    retired: false,
  },
  {
    slug: "censored",
    title: "Censored",
    description: "Intimate pictures and words in which something is covered or blurred.",
    order: 1,
    retired: false,
  },
  { slug: "feet", title: "Feet", description: "Pictures and tasks about feet.", order: 2, retired: false },
];

/** The server's list of categories (BR-5), kept in memory if no other process writes to the store. */
export class Categories {
  readonly #store: Pick<ConsentStore, "categories" | "addCategories">;
  readonly #exclusive: boolean;
  #records: Promise<CategoryRecord[]> | undefined;

  constructor(store: Pick<ConsentStore, "categories" | "addCategories">, exclusive: boolean) {
    this.#store = store;
    this.#exclusive = exclusive;
  }

  async prepare(): Promise<void> {
    await this.#store.addCategories(firstCategories);
  }

  /** All categories in order, retired ones included. */
  records(): Promise<CategoryRecord[]> {
    if (this.#records !== undefined) return this.#records;
    const reading = this.#store.categories();
    if (this.#exclusive) {
      this.#records = reading;
      reading.catch(() => this.forget());
    }
    return reading;
  }

  /** Must be called after every write to the list. */
  forget(): void {
    this.#records = undefined;
  }

  async offered(): Promise<Category[]> {
    const records = (await this.records()).filter((record) => !record.retired);
    return records.map(({ slug, title, description }) => ({ slug, title, description }));
  }

  /** A refusal with the first slug that is not on the list, or null. */
  async unknown(
    slugs: readonly string[],
    options: { retiredToo?: boolean } = {},
  ): Promise<Refusal | null> {
    const records = await this.records();
    const usable = records.filter((record) => options.retiredToo === true || !record.retired);
    const unknown = slugs.find((slug) => !usable.some((record) => record.slug === slug));
    if (unknown === undefined) return null;
    return new Refusal(
      "invalid_params",
      say("category.unknown", { slug: unknown }),
      { fields: { categories: say("field.category", { slug: unknown }) } },
    );
  }
}

/** Changes of the list by administrators (BR-5, MO-5). All others get `not_found`. */
export class CategoryAdmin {
  readonly #list: Categories;
  readonly #store: CategoryStore;

  constructor(list: Categories, store: CategoryStore) {
    this.#list = list;
    this.#store = store;
  }

  /** All categories in order, retired ones included. */
  async all(caller: Caller): Promise<AdminCategory[] | Refusal> {
    return hasRole(caller, "admin") ? (await this.#list.records()).map(shown) : nothingHere();
  }

  /** Adds a category at the end. Everyone blocks it until they choose otherwise (CO-1). */
  async add(
    caller: Caller,
    body: { slug: string; title: string; description: string },
  ): Promise<AdminCategory | Refusal> {
    if (!hasRole(caller, "admin")) return nothingHere();
    const records = await this.#list.records();
    if (records.some(({ slug }) => slug === body.slug)) return taken();
    if (records.length >= limits.categoriesMade) {
      return new Refusal("conflict", say("category.limit", { count: limits.categoriesMade }));
    }
    const order = Math.max(-1, ...records.map((record) => record.order)) + 1;
    const record: CategoryRecord = { ...body, order, retired: false };
    const { slug, title } = record;
    const added = await this.#store.add(
      record,
      auditEntryOf(caller, "category.add", `category:${slug}`, { title }),
    );
    this.#list.forget();
    return added ? shown(record) : taken();
  }

  /** Changes or retires a category. A retired one is refused in new commands; commands that were sent with it stay. */
  async change(
    caller: Caller,
    slug: string,
    change: {
      title?: string | undefined;
      description?: string | undefined;
      order?: number | undefined;
      retired?: boolean | undefined;
    },
  ): Promise<AdminCategory | Refusal> {
    if (!hasRole(caller, "admin")) return nothingHere();
    if (slug === "general" && change.retired === true) {
      return new Refusal("conflict", "category.general", {
        fields: { retired: "field.keepGeneral" },
      });
    }
    const changed = await this.#store.change(slug, (record) => {
      const next: CategoryRecord = {
        slug: record.slug,
        title: change.title ?? record.title,
        description: change.description ?? record.description,
        order: change.order ?? record.order,
        retired: change.retired ?? record.retired,
      };
      const detail = differences(record, next);
      if (Object.keys(detail).length === 0) return null;
      return {
        record: next,
        auditEntry: auditEntryOf(caller, "category.change", `category:${slug}`, detail),
      };
    });
    this.#list.forget();
    if (changed === null) return new Refusal("not_found", "category.missing");
    return changed instanceof Refusal ? changed : shown(changed);
  }
}

function shown({ slug, title, description, order, retired }: CategoryRecord): AdminCategory {
  return { slug, title, description, order, retired };
}

function differences(before: CategoryRecord, after: CategoryRecord): AuditEntry["detail"] {
  const names = ["title", "description", "order", "retired"] as const;
  return Object.fromEntries(
    names.filter((name) => before[name] !== after[name]).map((name) => [name, after[name]]),
  );
}

function taken(): Refusal {
  return new Refusal("conflict", "category.taken", {
    fields: { slug: "field.taken" },
  });
}

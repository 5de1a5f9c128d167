/** Who is connected to other instances, as these told. */
export class Elsewhere {
  /** Numbers of connections, by person and instance. */
  readonly #counts = new Map<string, Map<string, number>>();

  has(userId: string): boolean {
    return this.#counts.has(userId);
  }

  people(): Iterable<string> {
    return this.#counts.keys();
  }

  came(instance: string, userId: string): void {
    this.#set(instance, userId, (this.#counts.get(userId)?.get(instance) ?? 0) + 1);
  }

  went(instance: string, userId: string): void {
    this.#set(instance, userId, (this.#counts.get(userId)?.get(instance) ?? 0) - 1);
  }

  /** In the place of what is known of these people. */
  are(instance: string, people: readonly (readonly [userId: string, count: number])[]): void {
    for (const [userId, count] of people) this.#set(instance, userId, count);
  }

  /** What other instances told is over with their leases. */
  keep(instances: readonly string[]): void {
    const kept = new Set(instances);
    for (const [userId, by] of this.#counts) {
      for (const instance of by.keys()) if (!kept.has(instance)) this.#set(instance, userId, 0);
    }
  }

  #set(instance: string, userId: string, count: number): void {
    const by = this.#counts.get(userId);
    if (count > 0) {
      if (by === undefined) this.#counts.set(userId, new Map([[instance, count]]));
      else by.set(instance, count);
    } else if (by !== undefined) {
      by.delete(instance);
      if (by.size === 0) this.#counts.delete(userId);
    }
  }
}

/** Runs the jobs of one room. A job may run twice; a rejection has it run again later. */
export interface JobRoom<J> {
  run(job: J): Promise<void>;
}

/** The room that runs each kind of job. The compiler asks for every kind. */
export type JobTable<J extends { kind: string }> = {
  readonly [K in J["kind"]]: JobRoom<Extract<J, { kind: K }>>;
};

/** Passes each job to the room of its kind. Rejects an unknown kind, so that the job stays: a newer version may have written it. */
export function runByKind<J extends { kind: string }>(table: JobTable<J>): (job: J) => Promise<void> {
  const rooms = new Map<string, JobRoom<J>>(Object.entries(table));
  return async (job) => {
    const room = rooms.get(job.kind);
    if (room === undefined) throw new Error(`No room runs jobs of the kind "${job.kind}".`);
    await room.run(job);
  };
}

import type { PostgresClient } from "./client.ts";
import { boardTables } from "./board_schema.ts";

/** Only one process makes or changes tables at a time: the lock has this number, in every schema. */
const advisoryLock = 7_235_410_019;
/** The number of the tables' layout. Their records have one of their own, in `kv/migrate.ts`. */
const layout = 2;

/** Steps of the layout: `steps[n]` leads from n to n + 1. */
const steps: readonly ((schema: string) => readonly string[])[] = [first, instances];

/** Makes the tables, or brings them to this layout. Throws when they are of a newer one, or the database cannot have them. */
export async function prepareSchema(
  client: PostgresClient,
  schema: string,
  existing: boolean,
): Promise<void> {
  const name = quoted(schema);
  let found = 0;
  await client.transaction(async (call) => {
    await call(`select pg_advisory_xact_lock(${advisoryLock})`);
    const [encoding] = await call("show server_encoding");
    if (encoding!["server_encoding"] !== "UTF8") throw new Error("its database is not encoded in UTF8");
    const [there] = await call(`select to_regclass('${name}.meta') is not null as made`);
    if (there!["made"] === true) {
      const [meta] = await call(`select layout from ${name}.meta`);
      found = Number(meta!["layout"]);
    } else if (existing) throw new Error(`there is no store in its schema ${schema}`);
    for (let from = found; from < layout; from++) {
      for (const statement of steps[from]!(name)) await call(statement);
    }
    if (found < layout) await call(`update ${name}.meta set layout = ${layout}`);
  });
  if (found > layout) {
    throw new Error(`its tables have layout ${found}, this Behest knows ${layout}: start the newer version`);
  }
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * - `partition`: the number of the last commit. Its lock is the order of the commits (ADR 9): who holds it has seen all
 *   commits before, and no reader sees a later number without the earlier ones. `owner` is the process that may write, and
 *   `owner_home` its data directory.
 * - `kv`: the records. `part` is first in the key, so that a partition can be moved as one range.
 * - `writer`: what a process was answered last, so that a call that is made again is not carried out again.
 */
function first(schema: string): readonly string[] {
  return [
    `create schema if not exists ${schema}`,
    `create table ${schema}.meta (one boolean primary key default true check (one), layout int not null)`,
    `insert into ${schema}.meta values (true, 0)`,
    `create table ${schema}.partition (
      part smallint primary key,
      version bigint not null default 0,
      owner uuid,
      owner_home uuid,
      owner_until timestamptz
    ) with (fillfactor = 10)`,
    `insert into ${schema}.partition (part) values (0)`,
    `create table ${schema}.kv (
      part smallint not null,
      key bytea not null,
      json text,
      bytes bytea,
      count numeric(20),
      version bigint not null,
      expires timestamptz,
      primary key (part, key)
    )`,
    `create index kv_expires on ${schema}.kv (expires) where expires is not null`,
    `create table ${schema}.writer (
      writer uuid,
      part smallint,
      round bigint not null,
      answers bigint[] not null,
      at timestamptz not null,
      primary key (writer, part)
    ) with (fillfactor = 10)`,
    commitFunction(schema),
    sweepFunction(schema),
  ];
}

/** Several processes at once: their leases, which the commit asks for, and what they tell each other. */
function instances(schema: string): readonly string[] {
  return [...boardTables(schema), commitFunction(schema)];
}

/**
 * Makes a round of commits, of which no two touch the same key, except to sum it. Each gets its own number: `answers` has it,
 * 0 where a check failed, and -1 where a sum met something else. `_at` says to which commit of the round a row belongs, from 1.
 * Who is not alone needs a lease that runs.
 */
function commitFunction(schema: string): string {
  return `create or replace function ${schema}.kv_commit(
    the_part smallint, the_writer uuid, alone boolean, the_round bigint, commits int,
    check_at int[], check_key bytea[], check_version bigint[],
    set_at int[], set_key bytea[], set_stamped boolean[], set_json text[], set_bytes bytea[], set_ms bigint[],
    delete_at int[], delete_key bytea[],
    sum_at int[], sum_key bytea[], sum_by numeric[]
  ) returns bigint[] language plpgsql as $$
  declare
    base bigint;
    holder uuid;
    last ${schema}.writer;
    failed int[];
    wrong int[];
    answers bigint[];
  begin
    select version, owner into strict base, holder from ${schema}.partition where part = the_part for update;
    if holder is distinct from (case when alone then the_writer end) then
      raise exception 'another process has taken over this store' using errcode = 'BH001';
    end if;
    if not alone and not exists (
      select from ${schema}.instance where id = the_writer and until > clock_timestamp()
    ) then
      raise exception 'the lease of this instance has ended' using errcode = 'BH001';
    end if;
    select * into last from ${schema}.writer where writer = the_writer and part = the_part;
    if last.round = the_round then return last.answers; end if;
    if last.round > the_round then
      raise exception 'this round was given up' using errcode = 'BH002';
    end if;

    select coalesce(array_agg(distinct c.at), '{}') into failed
      from unnest(check_at, check_key, check_version) as c(at, key, version)
      left join ${schema}.kv on kv.part = the_part and kv.key = c.key
      where coalesce(kv.version, 0) <> c.version;
    select coalesce(array_agg(distinct s.at), '{}') into wrong
      from unnest(sum_at, sum_key) as s(at, key)
      join ${schema}.kv on kv.part = the_part and kv.key = s.key
      where kv.count is null and not s.at = any(failed);
    failed := failed || wrong;

    if cardinality(delete_at) > 0 then
      delete from ${schema}.kv using unnest(delete_at, delete_key) as d(at, key)
        where kv.part = the_part and kv.key = d.key and not d.at = any(failed);
    end if;
    if cardinality(set_at) > 0 then
      insert into ${schema}.kv (part, key, json, bytes, version, expires)
        select the_part,
          case when s.stamped
            then s.key || '\\x02'::bytea || convert_to(lpad(to_hex(base + s.at), 16, '0') || '0000', 'UTF8') || '\\x00'::bytea
            else s.key end,
          s.json, s.bytes, base + s.at, clock_timestamp() + s.ms * interval '1 millisecond'
        from unnest(set_at, set_key, set_stamped, set_json, set_bytes, set_ms) as s(at, key, stamped, json, bytes, ms)
        where not s.at = any(failed)
        on conflict (part, key) do update set
          json = excluded.json, bytes = excluded.bytes, count = null, version = excluded.version, expires = excluded.expires;
    end if;
    if cardinality(sum_at) > 0 then
      insert into ${schema}.kv (part, key, count, version)
        select the_part, s.key, sum(s.by) % 18446744073709551616, max(base + s.at)
        from unnest(sum_at, sum_key, sum_by) as s(at, key, by)
        where not s.at = any(failed) group by s.key
        on conflict (part, key) do update set
          count = (kv.count + excluded.count) % 18446744073709551616, version = excluded.version;
    end if;

    select array_agg(case when n = any(wrong) then -1 when n = any(failed) then 0 else base + n end order by n)
      into answers from generate_series(1, commits) as n;
    update ${schema}.partition set version = base + commits where part = the_part;
    insert into ${schema}.writer values (the_writer, the_part, the_round, answers, clock_timestamp())
      on conflict (writer, part) do update set round = excluded.round, answers = excluded.answers, at = excluded.at;
    return answers;
  end $$`;
}

/** Deletes some of what has expired, in the order of the commits, and what processes left that ended long ago. */
function sweepFunction(schema: string): string {
  return `create function ${schema}.kv_sweep(the_part smallint, most int) returns int language plpgsql as $$
  declare
    gone int;
  begin
    perform from ${schema}.partition where part = the_part for update;
    delete from ${schema}.kv where part = the_part and key in (
      select key from ${schema}.kv
        where part = the_part and expires <= clock_timestamp() order by expires limit most
    );
    get diagnostics gone = row_count;
    delete from ${schema}.writer where part = the_part and at < clock_timestamp() - interval '1 day';
    return gone;
  end $$`;
}

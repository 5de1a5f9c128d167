/**
 * - `instance`: a process among others, until when it may write, and up to which entry it has carried everything out.
 * - `board`: the number of the last entry. Its lock is their order.
 * - `entry`: what instances tell each other. `turn` counts those of one instance, so that a call made twice adds one.
 *
 * Whoever takes both locks takes that of the partition first.
 */
export function boardTables(schema: string): readonly string[] {
  return [
    `create table ${schema}.instance (
      id uuid primary key,
      until timestamptz not null,
      done bigint not null
    ) with (fillfactor = 10)`,
    `create table ${schema}.board (one boolean primary key default true check (one), last bigint not null default 0)
      with (fillfactor = 10)`,
    `insert into ${schema}.board values (true, 0)`,
    `create table ${schema}.entry (
      number bigint primary key,
      sender uuid not null,
      turn bigint not null,
      body text not null,
      at timestamptz not null,
      unique (sender, turn)
    )`,
    claimFunction(schema),
    joinFunction(schema),
    beatFunction(schema),
    postFunction(schema),
    doneFunction(schema),
  ];
}

/** Makes one process the owner, where there is no other one and no instance. Each statement sees what came before its lock. */
function claimFunction(schema: string): string {
  return `create function ${schema}.kv_claim(the_id uuid, lease_ms bigint, the_home uuid)
    returns boolean language plpgsql as $$
  begin
    perform from ${schema}.partition where part = 0 for update;
    if exists (select from ${schema}.instance where until > clock_timestamp()) then return false; end if;
    update ${schema}.partition
      set owner = the_id, owner_home = the_home, owner_until = clock_timestamp() + lease_ms * interval '1 ms'
      where part = 0 and (owner is null or owner_home = the_home or owner_until < clock_timestamp());
    return found;
  end $$`;
}

/** Gives a lease where no process has the store to itself. Null: one has. */
function joinFunction(schema: string): string {
  return `create function ${schema}.board_join(the_id uuid, lease_ms bigint) returns bigint language plpgsql as $$
  declare
    begun bigint;
  begin
    perform from ${schema}.partition
      where part = 0 and (owner is null or owner_until < clock_timestamp()) for update;
    if not found then return null; end if;
    update ${schema}.partition set owner = null, owner_until = null where part = 0 and owner is not null;
    select last into begun from ${schema}.board for update;
    insert into ${schema}.instance values (the_id, clock_timestamp() + lease_ms * interval '1 ms', begun)
      on conflict (id) do update set until = excluded.until where instance.until > clock_timestamp()
      returning done into begun;
    return begun;
  end $$`;
}

/** Null: the lease has ended. */
function beatFunction(schema: string): string {
  return `create function ${schema}.board_beat(the_id uuid, lease_ms bigint, the_done bigint, seen bigint, most int)
    returns json language plpgsql as $$
  begin
    update ${schema}.instance
      set until = clock_timestamp() + lease_ms * interval '1 ms', done = greatest(done, the_done)
      where id = the_id and until > clock_timestamp();
    if not found then return null; end if;
    return json_build_object(
      'entries', (
        select coalesce(json_agg(json_build_object('number', number, 'from', sender, 'body', body) order by number), '[]')
          from (select * from ${schema}.entry where number > seen order by number limit most) as next
      ),
      'live', (select json_agg(id order by id) from ${schema}.instance where until > clock_timestamp())
    );
  end $$`;
}

/** Adds an entry. Nobody needs one that is older than any lease. Null: the lease has ended. */
function postFunction(schema: string): string {
  return `create function ${schema}.board_post(the_id uuid, the_turn bigint, the_body text)
    returns bigint language plpgsql as $$
  declare
    there bigint;
  begin
    select last + 1 into there from ${schema}.board for update;
    if not exists (select from ${schema}.instance where id = the_id and until > clock_timestamp()) then
      return null;
    end if;
    insert into ${schema}.entry values (there, the_id, the_turn, the_body, clock_timestamp())
      on conflict (sender, turn) do nothing;
    if not found then
      select number into there from ${schema}.entry where sender = the_id and turn = the_turn;
      return there;
    end if;
    update ${schema}.board set last = there;
    delete from ${schema}.entry where number in (
      select number from ${schema}.entry where number <= there - 100 and at < clock_timestamp() - interval '10 minutes'
        order by number limit 10
    );
    return there;
  end $$`;
}

/**
 * The number up to which all have carried everything out. Instances whose leases have ended are taken off the list once their
 * last commits are over: commits hold the lock of the partition from their look at the lease on.
 */
function doneFunction(schema: string): string {
  return `create function ${schema}.board_done() returns bigint language plpgsql as $$
  begin
    if exists (select from ${schema}.instance where until <= clock_timestamp()) then
      perform from ${schema}.partition where part = 0 for update;
      delete from ${schema}.instance where until <= clock_timestamp();
    end if;
    return (select coalesce(min(done), (select last from ${schema}.board)) from ${schema}.instance);
  end $$`;
}

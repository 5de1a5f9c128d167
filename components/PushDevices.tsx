import type { PushDevice } from "../lib/protocol/mod.ts";
import { fill, type Words } from "../lib/words/mod.ts";
import { RowAction } from "./RowAction.tsx";
import { Time } from "./Time.tsx";
import { Filled, useWords } from "./words.tsx";

/** The person's devices that are told of what is new, with what their push services said last (UI-12). */
export function PushDevices({ devices }: { devices: readonly PushDevice[] }) {
  return (
    <ul class="people">
      {devices.map((device) => <OneDevice key={device.id} device={device} />)}
    </ul>
  );
}

function OneDevice({ device }: { device: PushDevice }) {
  const words = useWords("notifications");
  const { id, since, current, retryAt } = device;
  const name = deviceName(device, words);
  return (
    <li>
      <span class="name">
        <span>
          <strong>{name}</strong>
          {current
            ? (
              <>
                {" "}
                <span class="state" data-tone="good">{words.here}</span>
              </>
            )
            : null}
        </span>
        <span class="soft small">
          <Filled text={words.since} since={<Time value={since} />} />
        </span>
        <span class="soft small">
          <Last device={device} />
          {retryAt === null ? null : (
            <>
              {" "}
              <Filled text={words.retry} time={<Time value={retryAt} />} />
            </>
          )}
        </span>
      </span>
      <RowAction
        to="/notifications"
        id={id}
        action="test"
        name={words.test}
        of={fill(words.testOf, { device: name })}
      />
      <RowAction
        to="/notifications"
        id={id}
        action="remove"
        name={words.remove}
        of={fill(words.removeOf, { device: name })}
      />
    </li>
  );
}

function Last({ device: { last } }: { device: PushDevice }) {
  const words = useWords("notifications");
  if (last === null) return <>{words.never}</>;
  const why = last.status === null ? words.noAnswer : fill(words.status, { status: last.status });
  return <Filled text={words[last.outcome]} time={<Time value={last.at} />} why={why} />;
}

/** What a push service tells of its browser, with the name that a client gave itself. */
function deviceName({ device, service }: PushDevice, words: Words["notifications"]): string {
  const kind = kindOf(service, words);
  return device === "web" ? kind : `${device} · ${kind}`;
}

function kindOf(service: string, words: Words["notifications"]): string {
  if (service === "fcm.googleapis.com") return words.chrome;
  if (service === "updates.push.services.mozilla.com") return words.firefox;
  if (service.endsWith(".push.apple.com")) return words.safari;
  if (service.endsWith(".notify.windows.com")) return words.edge;
  return fill(words.app, { service });
}

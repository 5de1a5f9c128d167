/** As much of an MQTT 3.1.1 client as the comparison needs: a persistent session, one topic, QoS 1 both ways. */

const packets = { connack: 2, publish: 3, puback: 4, suback: 9, pingresp: 13 } as const;
const encoder = new TextEncoder();

export interface MqttEvents {
  /** A message that was acknowledged just now. */
  onMessage(): void;
  /** The broker has read everything that was sent before the ping. */
  onPong(): void;
  /** The broker has taken a message that this client published. */
  onTaken(): void;
}

export class MqttClient {
  readonly #conn: Deno.TcpConn;
  readonly #events: MqttEvents;
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #waiting = new Map<number, () => void>();
  #writing: Promise<unknown> = Promise.resolve();
  #packetId = 0;

  private constructor(conn: Deno.TcpConn, events: MqttEvents) {
    this.#conn = conn;
    this.#events = events;
  }

  static async open(port: number, clientId: string, events: MqttEvents): Promise<MqttClient> {
    const client = new MqttClient(await Deno.connect({ hostname: "127.0.0.1", port }), events);
    void client.#read();
    const connected = client.#next(packets.connack);
    // Level 4, no clean session, keep-alive of an hour.
    client.#write(0x10, [...text("MQTT"), 4, 0, 14, 16, ...text(clientId)]);
    await connected;
    return client;
  }

  async subscribe(topic: string): Promise<void> {
    const subscribed = this.#next(packets.suback);
    this.#write(0x82, [...this.#newId(), ...text(topic), 1]);
    await subscribed;
  }

  publish(topic: string, payload: string): void {
    this.#write(0x32, [...text(topic), ...this.#newId(), ...encoder.encode(payload)]);
  }

  ping(): void {
    this.#write(0xc0, []);
  }

  close(): void {
    this.#conn.close();
  }

  #newId(): [number, number] {
    this.#packetId = this.#packetId % 0xffff + 1;
    return [this.#packetId >> 8, this.#packetId & 0xff];
  }

  #next(type: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(type, resolve));
  }

  #write(head: number, body: readonly number[]): void {
    const length: number[] = [];
    for (let left = body.length; length.length === 0 || left > 0; left >>= 7) {
      length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    }
    const packet = Uint8Array.from([head, ...length, ...body]);
    this.#writing = this.#writing.then(() => this.#conn.write(packet));
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(4096);
    try {
      for (let count = await this.#conn.read(buffer); count !== null; count = await this.#conn.read(buffer)) {
        this.#rest = joined(this.#rest, buffer.subarray(0, count));
        while (this.#takePacket());
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted)) {
        throw error;
      }
    }
  }

  #takePacket(): boolean {
    let length = 0;
    let at = 1;
    for (let shift = 0;; shift += 7) {
      const byte = this.#rest[at++];
      if (byte === undefined) return false;
      length |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) break;
    }
    if (this.#rest.length < at + length) return false;
    this.#take(this.#rest[0]!, this.#rest.subarray(at, at + length));
    this.#rest = this.#rest.slice(at + length);
    return true;
  }

  #take(head: number, body: Uint8Array): void {
    const type = head >> 4;
    if (type === packets.publish) {
      const topicLength = body[0]! << 8 | body[1]!;
      if ((head & 0x06) !== 0) this.#write(0x40, [body[2 + topicLength]!, body[3 + topicLength]!]);
      this.#events.onMessage();
    } else if (type === packets.puback) this.#events.onTaken();
    else if (type === packets.pingresp) this.#events.onPong();
    else this.#waiting.get(type)?.();
  }
}

function text(value: string): number[] {
  const bytes = encoder.encode(value);
  return [bytes.length >> 8, bytes.length & 0xff, ...bytes];
}

function joined(one: Uint8Array<ArrayBuffer>, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

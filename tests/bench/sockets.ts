/** Opens sockets a few at a time and waits for the first frame of each, so that a backlog of the listener never overflows. */
const openingAtOnce = 50;

/** Opens `count` sockets. Resolves when each has had its first frame; `onFrame` gets those behind it. */
export async function openSockets(
  count: number,
  urlOf: (at: number) => string,
  onFrame: (at: number, text: string) => void = () => {},
): Promise<WebSocket[]> {
  const sockets: WebSocket[] = new Array(count);
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const at = next++;
      sockets[at] = await openSocket(urlOf(at), (text) => onFrame(at, text));
    }
  };
  await Promise.all(Array.from({ length: openingAtOnce }, worker));
  return sockets;
}

function openSocket(url: string, onFrame: (text: string) => void): Promise<WebSocket> {
  const socket = new WebSocket(url);
  return new Promise((resolve, reject) => {
    socket.onclose = (event) => reject(new Error(`A socket closed: ${event.code} ${event.reason}`));
    socket.onmessage = () => {
      socket.onmessage = (event) => onFrame(event.data as string);
      socket.onclose = (event) => {
        // A bench that goes on without its sockets would measure nothing.
        if (event.code !== 1000 && event.code !== 1005) {
          throw new Error(`A socket closed: ${event.code} ${event.reason}`);
        }
      };
      resolve(socket);
    };
  });
}

export async function closeSockets(sockets: readonly WebSocket[]): Promise<void> {
  await Promise.all(sockets.map((socket) =>
    new Promise<void>((resolve) => {
      socket.onclose = () => resolve();
      socket.close(1000);
    })
  ));
}

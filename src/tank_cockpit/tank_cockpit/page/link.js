// The connection to the page's server: opens again by itself, and says when it is lost.
const SILENT_MS = 1500, PING_MS = 500, FIRST_MS = 250, LONGEST_MS = 2000;

export function connect({ heard, opened, lost, latency }) {
  let socket = null, retry = FIRST_MS, silence = null;
  function open() {
    socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/socket`);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => { retry = FIRST_MS; listen(); send({ t: 'look', on: !document.hidden }); opened(); ping(); };
    socket.onmessage = event => {
      listen();
      const [letter, picture] = read(event.data);
      if (letter.t === 'pong') latency(performance.now() - letter.at);
      else heard(letter, picture);
    };
    socket.onclose = () => {
      clearTimeout(silence);
      lost();
      setTimeout(open, retry);
      retry = Math.min(2 * retry, LONGEST_MS);
    };
  }
  function listen() {
    clearTimeout(silence);
    silence = setTimeout(() => { lost(); socket.close(); }, SILENT_MS);
  }
  function send(message) {
    const open = socket?.readyState === WebSocket.OPEN;
    if (open) socket.send(JSON.stringify(message));
    return open;
  }
  const ping = () => send({ t: 'ping', at: performance.now() });
  setInterval(ping, PING_MS);
  document.addEventListener('visibilitychange', () => send({ t: 'look', on: !document.hidden }));
  open();
  return { send, cut: () => socket.close() };
}

// A letter is JSON, or its length, the JSON and a JPEG.
function read(data) {
  if (typeof data === 'string') return [JSON.parse(data), null];
  const length = new DataView(data).getUint32(0, true);
  const head = new TextDecoder().decode(new Uint8Array(data, 4, length));
  return [JSON.parse(head), new Blob([new Uint8Array(data, 4 + length)], { type: 'image/jpeg' })];
}

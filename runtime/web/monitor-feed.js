// Owns the websocket of the monitor: opens it, opens it anew with growing pauses, and hands on each frame.
// It draws nothing; who wants to know its state is told.

const PAUSE = 500;
const PAUSE_LONGEST = 15_000;
/** The server tells a sample each second: when it has said nothing for so long, the connection is dead. */
const SILENCE = 10_000;

/** `frame` gets each frame, `opened` is called at each beginning, `state` gets `live`, `waiting` with the time of the next try, or `dialing`. */
export function follow({ frame, opened, state }) {
  let [socket, pause, silence, retry] = [null, PAUSE, 0, 0];

  function heard() {
    clearTimeout(silence);
    silence = setTimeout(() => socket?.close(), SILENCE);
  }

  function dial() {
    clearTimeout(retry);
    state("dialing");
    const address = new URL("/monitor/ws", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(address);
    const own = socket;
    own.addEventListener("open", () => {
      pause = PAUSE;
      heard();
      state("live");
      opened();
    });
    own.addEventListener("message", (event) => {
      heard();
      frame(JSON.parse(event.data));
    });
    own.addEventListener("close", () => {
      if (own !== socket) return;
      clearTimeout(silence);
      socket = null;
      // A little chance keeps many monitors from coming back at the same moment.
      const wait = pause * (0.8 + 0.4 * Math.random());
      pause = Math.min(pause * 2, PAUSE_LONGEST);
      state("waiting", Date.now() + wait);
      retry = setTimeout(dial, wait);
    });
  }

  // A network that came back is tried at once.
  addEventListener("online", () => socket === null && dial());
  dial();
}

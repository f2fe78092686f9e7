// Sockets of the official client, driven from outside: one command a line on stdin, one report a line on stdout, both JSON.
//   {"do": "open", "name": n, "options": {…}}        a socket of its own; reports "connect", "disconnect", "connect_error", "event"
//   {"do": "emit", "name": n, "arguments": […]}      with an ack; reports "ack"
//   {"do": "keep", "name": n, "channels": […]}       subscribes now and after every connect; reports "kept" when all acks are in
//   {"do": "close", "name": n}
const { createInterface } = require("node:readline");
const { io } = require(process.argv[2]);
const url = process.argv[3];

const sockets = new Map();
const kept = new Map();
const report = (name, what, rest) => console.log(JSON.stringify({ name, what, ...rest }));

function subscribeKept(name) {
  const channels = kept.get(name);
  if (!channels) return;
  let missing = channels.length;
  for (const channel of channels) {
    sockets.get(name).emit("subscribe", channel, () => {
      missing -= 1;
      if (missing === 0) report(name, "kept", { channels });
    });
  }
}

const commands = {
  open({ name, options }) {
    const socket = io(url, { transports: ["websocket"], forceNew: true, ...options });
    sockets.set(name, socket);
    socket.on("connect", () => {
      report(name, "connect", { id: socket.id, transport: socket.io.engine.transport.name });
      subscribeKept(name);
    });
    socket.on("disconnect", (reason) => report(name, "disconnect", { reason }));
    socket.on("connect_error", (error) => report(name, "connect_error", { message: error.message }));
    socket.onAny((event, ...values) => report(name, "event", { event, values }));
  },
  emit({ name, arguments: values }) {
    sockets.get(name).emit(...values, (...answer) => report(name, "ack", { answer }));
  },
  keep({ name, channels }) {
    kept.set(name, channels);
    if (sockets.get(name).connected) subscribeKept(name);
  },
  close({ name }) {
    sockets.get(name).close();
  },
};

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line);
    commands[command.do](command);
  })
  .on("close", () => process.exit(0));

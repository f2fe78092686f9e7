// Sockets of the official client, driven from outside by commands; what happens is reported. In Node and in a page.
//   {"do": "open", "name": n, "options": {…}}        a socket of its own; reports "connect", "upgrade", "disconnect", "connect_error", "event"
//   {"do": "emit", "name": n, "arguments": […]}      with an ack; reports "ack"
//   {"do": "keep", "name": n, "channels": […]}       subscribes now and after every connect; reports "kept" when all acks are in
//   {"do": "close", "name": n}
globalThis.commands = (io, url, tell) => {
  const sockets = new Map();
  const kept = new Map();
  const report = (name, what, rest) => tell({ name, what, ...rest });

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

  return {
    open({ name, options }) {
      const socket = io(url, { transports: ["websocket"], forceNew: true, ...options });
      sockets.set(name, socket);
      socket.io.on("open", () => {
        socket.io.engine.once("upgrade", (transport) => report(name, "upgrade", { transport: transport.name }));
      });
      socket.on("connect", () => {
        report(name, "connect", { id: socket.id, transport: socket.io.engine.transport.name });
        subscribeKept(name);
      });
      socket.on("disconnect", (reason) => report(name, "disconnect", { reason }));
      socket.on("connect_error", (error) => report(name, "connect_error", { message: error.message, data: error.data }));
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
};

// CLIENTS sockets of the official client, all subscribed to CHANNEL. Prints {"ready": n} when all acks are in, and at the end
// for each socket the numbers that came, in the order in which they came: {"received": [[…], …], "disconnects": n}.
const { io } = require(process.argv[2]);
const [url, channel, clients] = process.argv.slice(3);

const received = Array.from({ length: Number(clients) }, () => []);
let ready = 0;
let finished = 0;
let disconnects = 0;

received.forEach((numbers) => {
  const socket = io(url, { transports: ["websocket"], forceNew: true });
  socket.on("connect", () =>
    socket.emit("subscribe", channel, () => {
      ready += 1;
      if (ready === received.length) console.log(JSON.stringify({ ready }));
    })
  );
  socket.on("disconnect", () => (disconnects += 1));
  socket.on("e", (message) => numbers.push(message.n));
  socket.on("end", () => {
    finished += 1;
    if (finished < received.length) return;
    process.stdout.write(JSON.stringify({ received, disconnects }) + "\n", () => process.exit(0));
  });
});

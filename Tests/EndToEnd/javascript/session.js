// The commands of commands.js, one a line on stdin; one report a line on stdout. Both are JSON.
const { createInterface } = require("node:readline");
// The client looks for it when it is loaded.
globalThis.XMLHttpRequest = require("./xhr.js");
require("./commands.js");
const { io } = require(process.argv[2]);

const commands = globalThis.commands(io, process.argv[3], (report) => console.log(JSON.stringify(report)));

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line);
    commands[command.do](command);
  })
  .on("close", () => process.exit(0));

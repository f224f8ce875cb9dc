// The Agents Playground listens on every address of the machine. Loaded before it, this keeps it to loopback.
// A network namespace would do so too, but needs rights that a container or a plain account often has not.

const { Server } = require("node:net");

const listen = Server.prototype.listen;
Server.prototype.listen = function (port, ...more) {
  return listen.call(this, port, "127.0.0.1", ...more);
};

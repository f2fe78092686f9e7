// XMLHttpRequest for Node, as much of it as the official client's long-polling uses. The browser build of the client brings none.
const http = require("node:http");

const agent = new http.Agent({ keepAlive: true });

module.exports = class XMLHttpRequest {
  readyState = 0;
  status = 0;
  responseText = "";
  withCredentials = false;
  onreadystatechange = () => {};
  #headers = {};

  open(method, url) {
    this.#change(1);
    this.method = method;
    this.url = url;
  }

  setRequestHeader(name, value) {
    this.#headers[name] = value;
  }

  send(body) {
    this.request = http.request(this.url, { method: this.method, headers: this.#headers, agent }, (response) => {
      this.status = response.statusCode;
      this.headers = response.headers;
      this.#change(2);
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("end", () => {
        this.responseText = Buffer.concat(chunks).toString("utf8");
        this.#change(4);
      });
      response.on("error", () => this.#fail());
    });
    this.request.on("error", () => this.#fail());
    this.request.end(body ?? undefined);
  }

  getResponseHeader(name) {
    return this.headers?.[name.toLowerCase()] ?? null;
  }

  abort() {
    this.onreadystatechange = () => {};
    this.request?.destroy();
  }

  #fail() {
    if (this.readyState === 4) return;
    this.status = 0;
    this.#change(4);
  }

  #change(state) {
    this.readyState = state;
    this.onreadystatechange();
  }
};

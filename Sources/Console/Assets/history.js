// What the counters of /console/data come to: rates, percentiles, and the points of the last five minutes.

export const SPAN = 300_000;
/** A longer time between two answers is a gap: no rate is made of it, and no line is drawn through it. */
export const GAP = 2_800;
const LATENCY_WINDOW = 5_000;
const MINUTE = 60_000;
const COUNTERS = ["publishes", "deliveries", "received_bytes", "sent_bytes"];

/** The value below which a share of the counts lies, in the unit of `bounds`; null if nothing was counted. Even within a bucket. */
export function quantile(bounds, counts, share) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!(total > 0)) return null;
  let rest = share * total;
  for (const [bucket, count] of counts.entries()) {
    if (rest <= count && count > 0) {
      const lower = bucket ? bounds[bucket - 1] : 0;
      // What is above all bounds is at least the highest of them.
      const upper = bounds[bucket] ?? lower;
      return lower + (upper - lower) * (rest / count);
    }
    rest -= count;
  }
  return bounds.at(-1) ?? null;
}

const difference = (later = [], earlier = []) => later.map((count, bucket) => count - (earlier[bucket] ?? 0));

/** A time is in milliseconds as `Date.now()` has it. */
export class History {
  /** The last answers, of which differences are made; all of the same run of the server. */
  snapshots = [];
  /** One a second: `time` and the values that are drawn; null where there is none. */
  points = [];
  /** When the server was seen to have started again. */
  restarts = [];

  /** Takes an answer; returns the newest point. */
  add(data, time) {
    const before = this.snapshots.at(-1);
    if (before && this.isRestart(data, before.data)) {
      this.snapshots = [];
      this.restarts.push(time);
    }
    this.snapshots.push({ data, time });
    this.forget(time);
    const point = { time, connections: data.websocket + data.polling, ...this.rates(), ...this.latency() };
    this.points.push(point);
    return point;
  }

  /** The counters begin anew with the process. If only its start is told differently, a clock was put right: then it is not younger. */
  isRestart(data, before) {
    return Math.abs(data.started - before.started) > 1 && data.now - data.started < before.now - before.started
      || COUNTERS.some((name) => data[name] < before[name]);
  }

  forget(time) {
    const isKept = (span) => (one) => one.time > time - span;
    // One of a minute ago stays, so that there is a whole minute to look back on; but none of before a gap.
    const isSpare = ([first, second]) => second.time <= time - MINUTE || first.time < time - MINUTE - GAP;
    while (this.snapshots.length > 1 && isSpare(this.snapshots)) this.snapshots.shift();
    this.points = this.points.filter(isKept(SPAN));
    this.restarts = this.restarts.filter((one) => one > time - SPAN);
  }

  /** Of the last two answers, a second. */
  rates() {
    const [before, last] = this.snapshots.slice(-2);
    const rates = { messages: null, deliveries: null, received: null, sent: null, processor: null };
    if (!last || last.time - before.time > GAP) return rates;
    // The server's own clock tells how far apart they are; this one's if that was put back.
    const apart = last.data.now - before.data.now;
    const seconds = apart > 0 ? apart : (last.time - before.time) / 1000;
    if (!(seconds > 0)) return rates;
    const a = (later, earlier) => {
      const growth = Math.max(0, later - earlier) / seconds;
      return Number.isFinite(growth) ? growth : null;
    };
    return {
      messages: a(last.data.publishes, before.data.publishes),
      deliveries: a(last.data.deliveries, before.data.deliveries),
      received: a(last.data.received_bytes, before.data.received_bytes),
      sent: a(last.data.sent_bytes, before.data.sent_bytes),
      processor: a(last.data.process?.cpu_seconds, before.data.process?.cpu_seconds),
    };
  }

  /** Of what the histograms counted in the last few seconds; a single second holds too little for a 99th percentile. */
  latency() {
    const last = this.snapshots.at(-1);
    const first = this.snapshots.find((one) => one.time >= last.time - LATENCY_WINDOW - GAP / 4);
    const { bounds = [] } = last.data;
    const of = (name) => difference(last.data[name], first.data[name]);
    const [publish, fanOut, lag] = first === last ? [[], [], []] : [of("publish"), of("fan_out"), of("loop_lag")];
    return {
      publish50: quantile(bounds, publish, 0.5), publish99: quantile(bounds, publish, 0.99),
      fanOut50: quantile(bounds, fanOut, 0.5), fanOut99: quantile(bounds, fanOut, 0.99),
      lag99: quantile(bounds, lag, 0.99),
    };
  }

  /** How much the counter of a reason has grown in the last minute, or since the page was opened if that is less. */
  lastMinute(family, reason) {
    const [first, last] = [this.snapshots[0], this.snapshots.at(-1)];
    return Math.max(0, (last.data[family][reason] ?? 0) - (first.data[family][reason] ?? 0));
  }

  /** The point at a time, or null if there is none within two seconds of it. */
  at(time) {
    let best = null;
    for (const point of this.points) {
      if (!best || Math.abs(point.time - time) < Math.abs(best.time - time)) best = point;
    }
    return best && Math.abs(best.time - time) < 2_000 ? best : null;
  }
}

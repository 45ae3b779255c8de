/** Times as IRCv3 writes them (server-time): UTC with milliseconds, such as 2026-01-31T12:00:00.000Z. */

const FORM = /^(\d{4})-(\d{1,2})-(\d{1,2})T(\d{1,2}):(\d{1,2}):(\d{1,2})\.(\d{1,6})Z$/i;

/** Unix milliseconds → the form of server-time. */
export function toTimestamp(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** The form of server-time → Unix milliseconds, or null for anything else. */
export function fromTimestamp(text: string): number | null {
  const found = FORM.exec(text);
  if (found === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  moment.setUTCHours(hour, minute, second, Math.floor(Number((found[7] ?? "").padEnd(6, "0")) / 1000));
  // A date that doesn't exist has turned into another one.
  const isReal =
    moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return isReal && year > 0 ? moment.getTime() : null;
}

/** Moments as people read them, in their own language and zone. */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DAY_OF_YEAR = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const DAY_MS = 86_400_000;
/** What a Date can hold; a server's clock may say anything. */
const LAST_MS = 8_640_000_000_000_000;

export function clock(timeMs: number): string {
  return CLOCK.format(sane(timeMs));
}

/** With date and zone. */
export function full(timeMs: number): string {
  return FULL.format(sane(timeMs));
}

export function iso(timeMs: number): string {
  return new Date(sane(timeMs)).toISOString();
}

/** A day by its local midnight. */
export function dayName(midnight: number, nowMs: number): string {
  const today = new Date(nowMs).setHours(0, 0, 0, 0);
  const days = Math.round((today - midnight) / DAY_MS);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  const isThisYear = new Date(midnight).getFullYear() === new Date(nowMs).getFullYear();
  return (isThisYear ? DAY : DAY_OF_YEAR).format(sane(midnight));
}

function sane(timeMs: number): number {
  return Math.min(Math.max(timeMs, 0), LAST_MS);
}

/** Moments as people read them, in their own language and zone. */

import { clock as chosenClock, type Clock, looks } from "./dialogs/looks";

const FULL: Readonly<Record<Clock, Intl.DateTimeFormat>> = {
  system: new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" }),
  "24": new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long", hourCycle: "h23" }),
  "12": new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long", hourCycle: "h12" }),
};
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DAY_OF_YEAR = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const DAY_MS = 86_400_000;
/** What a Date can hold; a server's clock may say anything. */
const LAST_MS = 8_640_000_000_000_000;

/** As the reader wants it; what shows it is drawn again when that changes. */
export function clock(timeMs: number): string {
  return chosenClock(sane(timeMs));
}

/** With date and zone. */
export function full(timeMs: number): string {
  return FULL[looks.value.clock].format(sane(timeMs));
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

/**
 * How this page looks to one reader: the clock and the size of the text. Kept in this browser.
 *
 * Owns both. `startLooks` is to be called once before the first page is shown.
 */

import { effect, signal } from "@preact/signals";

import { asRecord, type Keeping, oneOf } from "../../app/storage";

export const CLOCKS = ["system", "24", "12"] as const;
export type Clock = (typeof CLOCKS)[number];
export const SIZES = ["90", "100", "115", "130", "150"] as const;
export type Size = (typeof SIZES)[number];

export interface Looks {
  readonly clock: Clock;
  /** Percent. */
  readonly size: Size;
}

export const looks = signal<Looks>({ clock: "system", size: "100" });

const NAME = "looks";

/** Read what was chosen, and keep to it. Returns what ends it. */
export function startLooks(keeping: Keeping, root: HTMLElement = document.documentElement): () => void {
  const kept = asRecord(keeping.read(NAME));
  looks.value = { clock: oneOf(kept["clock"], CLOCKS, "system"), size: oneOf(kept["size"], SIZES, "100") };
  let isFirst = true;
  return effect(() => {
    const chosen = looks.value;
    root.style.fontSize = chosen.size === "100" ? "" : `${chosen.size}%`;
    if (!isFirst) keeping.write(NAME, chosen);
    isFirst = false;
  });
}

const FORMATS: Record<Clock, Intl.DateTimeFormat> = {
  system: new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" }),
  "24": new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
  "12": new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", hourCycle: "h12" }),
};

/** The time of day as this reader wants it; a component that calls it is drawn again when that changes. */
export function clock(timeMs: number): string {
  return FORMATS[looks.value.clock].format(timeMs);
}

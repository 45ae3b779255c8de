/** Small pictures for buttons; the button itself has the words. */

import type { JSX } from "preact";

const PATHS = {
  back: "M15 5l-7 7 7 7",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M16 11a3 3 0 0 0 0-6M18 14.5c2.2.7 3.3 2.5 3.5 5.5",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M6 11l6-6 6 6",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14.5c1.8 2 5.2 2 7 0M9 9.5h.01M15 9.5h.01",
  reply: "M10 6L4 12l6 6M4 12h9c4 0 6.5 2 7 6",
  thread: "M4 5h16v11h-9l-4 4v-4H4zM8 9h8M8 12h5",
  edit: "M4 20l1-4L16 5l3 3L8 19l-4 1z",
  bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  copy: "M9 9h10v11H9zM15 9V5H5v11h4",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  down: "M12 5v13M6 12l6 6 6-6",
  attach: "M20 11l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.3 3.3 0 0 1 4.7 4.7L9.8 16.5a1.6 1.6 0 0 1-2.3-2.3L15 6.7",
  bellOff: "M6 9a6 6 0 0 1 10-4M18 10c0 5 2 6 2 7H7M6 11c-.3 4-2 5-2 6M10 20h4M4 4l16 16",
  pin: "M9 4h6l-1 6 3 3H7l3-3zM12 13v7",
  gear: "M4 7h9M19 7h1M4 17h1M11 17h9M16 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  share: "M12 15V4M8 7l4-4 4 4M5 12v8h14v-8",
  rooms: "M4 6h16M4 12h16M4 18h10",
  live: "M3 7h18v10H3zM7 14h10M7 10.5h.01M11 10.5h.01M15 10.5h.01",
} as const;

export type IconName = keyof typeof PATHS;

/** They point to where one came from, or goes: the other way where people read from right to left. */
const DIRECTED: ReadonlySet<IconName> = new Set(["back", "reply", "send"]);

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class={DIRECTED.has(name) ? "icon directed" : "icon"} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A button that shows a picture alone; its words are read to who can't see it, and shown when the pointer rests. */
export function IconButton({
  icon,
  label,
  onClick,
  class: extra = "",
  ...rest
}: { icon: IconName; label: string; class?: string } & Omit<JSX.IntrinsicElements["button"], "class" | "label" | "icon">): JSX.Element {
  return (
    <button type="button" class={`icon-button ${extra}`} aria-label={label} title={label} onClick={onClick} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

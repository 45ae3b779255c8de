/**
 * What is worth telling the desktop, and when it is better to be quiet.
 *
 * Owns the decision and the words; takes the clock from outside and shows nothing itself, but for `announce`, which
 * hands the words to the browser.
 */

import type { Line } from "../client/lines";
import { fold } from "../irc/names";
import { clip, plain } from "../irc/text";
import type { Level } from "./settings";
import type { Window } from "./windows";

/** At most one notification of a conversation in this time. */
const APART_MS = 2_000;
const LONGEST_TEXT = 200;

export interface Notice {
  readonly title: string;
  readonly text: string;
  /** The conversation; a later notice about it takes the place of this one. */
  readonly about: string;
}

export class Notifier {
  readonly #level: () => Level;
  readonly #next = new Map<Window, number>();

  constructor(level: () => Level) {
    this.#level = level;
  }

  /** What to say, if anything. `visible`: the conversation is on the screen, and somebody looks at it. */
  consider(
    window: Window,
    line: Line,
    at: { visible: boolean; ignored: ReadonlySet<string>; now: number },
  ): Notice | null {
    if (at.visible || window.muted || at.ignored.has(fold(line.nick))) return null;
    if (!isWorthIt(window, line, this.#level()) || at.now < (this.#next.get(window) ?? 0)) return null;
    this.#next.set(window, at.now + APART_MS);
    return { ...words(window, line), about: window.key };
  }

  seen(window: Window): void {
    this.#next.delete(window);
  }
}

function isWorthIt(window: Window, line: Line, level: Level): boolean {
  if (level === "off" || line.nick === "") return false;
  if (line.mentionsMe || level === "all") return true;
  // Services answer with notices; nobody is called to the window for those.
  return (line.private || window.place === "direct") && line.kind !== "notice";
}

function words(window: Window, line: Line): { title: string; text: string } {
  const nick = plain(line.nick);
  const text = clip(plain(line.text.slice(0, 4 * LONGEST_TEXT).replace(/\s+/g, " ")), LONGEST_TEXT);
  const where = window.place === "room" ? ` in ${plain(window.title)}` : "";
  return { title: `${nick}${where}`, text: line.kind === "action" ? `* ${nick} ${text}` : text };
}

// -- the browser's side -----------------------------------------------------------------------------------------

export function canNotify(): boolean {
  return "Notification" in globalThis;
}

/** Ask the browser, which asks the user; only when somebody clicked. */
export async function askToNotify(): Promise<boolean> {
  return canNotify() && (await Notification.requestPermission()) === "granted";
}

export function announce(notice: Notice, chosen: () => void): void {
  if (!canNotify() || Notification.permission !== "granted") return;
  try {
    const shown = new Notification(notice.title, { body: notice.text, tag: `hubbub ${notice.about}` });
    shown.onclick = () => {
      window.focus();
      shown.close();
      chosen();
    };
  } catch {
    // Chrome on Android shows notifications of service workers alone.
  }
}

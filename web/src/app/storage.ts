/**
 * What this browser keeps between visits; in memory alone where it keeps nothing (a private window, cookies blocked).
 *
 * Owns the access to localStorage and nothing that is kept there. Whatever is read may be from another version, or
 * from somebody's hands: readers check it.
 */

const PREFIX = "hubbub.";

export interface Keeping {
  /** Whether what is written will still be there on the next visit. */
  readonly lasts: boolean;
  read(name: string): unknown;
  write(name: string, value: unknown): void;
}

/** Keeps until the page is closed. */
export class Memory implements Keeping {
  readonly lasts: boolean = false;
  readonly #kept = new Map<string, string>();

  read(name: string): unknown {
    return parsed(this.#kept.get(name) ?? null);
  }

  write(name: string, value: unknown): void {
    this.#kept.set(name, JSON.stringify(value));
  }
}

class Local implements Keeping {
  readonly lasts = true;
  readonly #store: Storage;
  readonly #instead = new Memory();

  constructor(store: Storage) {
    this.#store = store;
  }

  read(name: string): unknown {
    return this.#instead.read(name) ?? parsed(this.#store.getItem(PREFIX + name));
  }

  write(name: string, value: unknown): void {
    try {
      this.#store.setItem(PREFIX + name, JSON.stringify(value));
    } catch {
      // It is full. What is kept on this page still goes before what is stored.
      this.#instead.write(name, value);
    }
  }
}

/** What there is in this browser. Even asking for localStorage throws where it is blocked. */
export function keeping(): Keeping {
  try {
    const probe = `${PREFIX}probe`;
    window.localStorage.setItem(probe, "1");
    window.localStorage.removeItem(probe);
    return new Local(window.localStorage);
  } catch {
    return new Memory();
  }
}

function parsed(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// -- reading what may be anything -------------------------------------------------------------------------------

export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function asText(value: unknown, longest = 1_000): string {
  return typeof value === "string" && value.length <= longest ? value : "";
}

export function asTexts(value: unknown, most = 1_000): string[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is string => typeof one === "string" && one.length <= 1_000).slice(0, most);
}

export function oneOf<T extends string>(value: unknown, choices: readonly T[], otherwise: T): T {
  return choices.find((choice) => choice === value) ?? otherwise;
}

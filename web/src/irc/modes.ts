/**
 * Mode strings such as "+o-v alice bob", taken apart.
 *
 * Owns the grammar: which letters take an argument. What a letter does is the caller's.
 */

/** The letters by how they take arguments: the types A, B, C and D of CHANMODES, and those of PREFIX. */
export class Kinds {
  constructor(
    readonly lists: string,
    readonly always: string,
    readonly onSet: string,
    readonly never: string,
    readonly prefixes: string,
  ) {}

  isKnown(letter: string): boolean {
    return this.never.includes(letter) || this.mayTake(letter, true);
  }

  mayTake(letter: string, adding: boolean): boolean {
    return this.lists.includes(letter) || this.mustTake(letter, adding);
  }

  mustTake(letter: string, adding: boolean): boolean {
    return this.always.includes(letter) || this.prefixes.includes(letter) || (adding && this.onSet.includes(letter));
  }
}

/** `argument` null: for a letter without one, or to ask for a list. */
export interface Change {
  adding: boolean;
  letter: string;
  argument: string | null;
}

/** What of it makes sense, in its order; letters before any sign are added, an empty argument is none. */
export function parseChanges(text: string, given: readonly string[], kinds: Kinds): Change[] {
  const changes: Change[] = [];
  const left = [...given];
  let adding = true;
  for (const letter of text) {
    if (letter === "+" || letter === "-") {
      adding = letter === "+";
    } else if (kinds.isKnown(letter)) {
      const argument = (kinds.mayTake(letter, adding) && left.shift()) || null;
      if (argument !== null || !kinds.mustTake(letter, adding)) changes.push({ adding, letter, argument });
    }
  }
  return changes;
}

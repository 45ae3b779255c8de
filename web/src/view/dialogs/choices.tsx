/** A box to type in and what fits below it, chosen with the arrows and Enter: the pattern "combobox with a list". */

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";

export interface ChoicesProps<T> {
  readonly label: string;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly onChoose: (item: T) => void;
  readonly children: (item: T) => ComponentChildren;
  /** What is said where nothing fits. */
  readonly empty: string;
  readonly placeholder?: string;
  /** How many stand beside each other; arrows go sideways too. */
  readonly columns?: number;
  /** Read out for an item, where its content isn't enough. */
  readonly nameOf?: (item: T) => string;
}

export function Choices<T>(props: ChoicesProps<T>) {
  const { label, query, onQuery, items, keyOf, onChoose, children, empty, placeholder = "", columns = 1, nameOf } = props;
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const at = Math.min(active, items.length - 1);
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView?.({ block: "nearest" });
  }, [at, items]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const item = items[at];
    if (event.key === "Enter") {
      event.preventDefault();
      if (item !== undefined) onChoose(item);
      return;
    }
    const step = stepOf(event, columns);
    if (step === 0 || items.length === 0) return;
    event.preventDefault();
    // Single steps go round; others stop at the ends.
    const next = Math.abs(step) === 1 ? (at + step + items.length) % items.length : Math.max(0, Math.min(items.length - 1, at + step));
    setActive(next);
  };

  return (
    <div class="choices">
      <input
        type="text"
        role="combobox"
        class="choices-box"
        data-first
        aria-label={label}
        aria-expanded="true"
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 ? `${id}-${at}` : ""}
        autocomplete="off"
        spellcheck={false}
        placeholder={placeholder}
        value={query}
        onInput={(event) => {
          setActive(0);
          onQuery(event.currentTarget.value);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={id} role="listbox" aria-label={label} class={columns > 1 ? "list grid" : "list"}>
        {items.map((item, place) => (
          <div
            key={keyOf(item)}
            id={`${id}-${place}`}
            role="option"
            class="list-item"
            aria-selected={place === at}
            {...(nameOf === undefined ? {} : { "aria-label": nameOf(item), title: nameOf(item) })}
            onMouseMove={() => setActive(place)}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(item)}
          >
            {children(item)}
          </div>
        ))}
      </div>
      <p role="status" class={items.length === 0 ? "note" : "visually-hidden"}>
        {items.length === 0 ? empty : `${items.length} found`}
      </p>
    </div>
  );
}

function stepOf(event: KeyboardEvent, columns: number): number {
  switch (event.key) {
    case "ArrowDown":
      return columns;
    case "ArrowUp":
      return -columns;
    case "PageDown":
      return 8 * columns;
    case "PageUp":
      return -8 * columns;
    case "ArrowRight":
      return columns > 1 ? 1 : 0;
    case "ArrowLeft":
      return columns > 1 ? -1 : 0;
    case "Tab":
      return 0;
    default:
      return event.ctrlKey && event.key === "n" ? 1 : event.ctrlKey && event.key === "p" ? -1 : 0;
  }
}

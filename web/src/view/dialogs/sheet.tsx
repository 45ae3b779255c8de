/**
 * What all dialogs have in common: a frame with a title, keys, and the focus that goes back to where it was.
 *
 * The browser's own <dialog> keeps the focus inside and the rest of the page out of reach.
 */

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

export interface SheetProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly foot?: ComponentChildren;
  /** Beside "sheet". */
  readonly kind?: string;
  /** The title is for screen readers only. */
  readonly bare?: boolean;
}

/** The element with data-first gets the focus, else the open tab, else the first that can have it. */
export function Sheet({ title, onClose, children, foot, kind = "", bare = false }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = useRef(true);
  const id = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null) return undefined;
    const before = document.activeElement;
    const putCaretBack = caretOf(before);
    isOpen.current = true;
    element.showModal();
    const first = element.querySelector<HTMLElement>("[data-first]") ?? element.querySelector<HTMLElement>("[role=tab][aria-selected=true]");
    first?.focus();
    return () => {
      isOpen.current = false;
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      putCaretBack();
    };
  }, []);
  const close = (): void => {
    if (isOpen.current) onClose();
  };
  return (
    <dialog
      ref={dialog}
      class={`sheet ${kind}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        // A file chooser within the dialog that is cancelled says so in the same way.
        if (event.target === dialog.current) close();
      }}
      onClose={(event) => {
        if (event.target === dialog.current) close();
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.isComposing) event.stopPropagation();
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <div class="sheet-frame">
        <header class={bare ? "visually-hidden" : "sheet-head"}>
          <h2 id={id}>{title}</h2>
          {bare ? null : (
            <button type="button" class="icon-button" aria-label="Close" onClick={close}>
              ✕
            </button>
          )}
        </header>
        <div class="sheet-body">{children}</div>
        {foot === undefined ? null : <footer class="sheet-foot">{foot}</footer>}
      </div>
    </dialog>
  );
}

/** Chromium forgets where the caret was in what had the focus before a dialog. Behind a text that has changed it goes to the end. */
function caretOf(element: Element | null): () => void {
  if (!(element instanceof HTMLTextAreaElement)) return () => undefined;
  const { value, selectionStart, selectionEnd, selectionDirection } = element;
  return () => {
    if (element.value === value) element.setSelectionRange(selectionStart, selectionEnd, selectionDirection);
    else element.setSelectionRange(element.value.length, element.value.length);
  };
}

/** A question to be answered with yes or no, with room for a reason where one is wanted. */
export function Confirm(props: {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly danger?: boolean;
  readonly reason?: string;
  readonly onConfirm: (reason: string) => void;
  readonly onClose: () => void;
}) {
  const { title, text, action, danger = false, reason, onConfirm, onClose } = props;
  return (
    <Sheet title={title} onClose={onClose} kind="small">
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm(String(new FormData(event.currentTarget).get("reason") ?? "").trim());
        }}
      >
        <p>{text}</p>
        {reason === undefined ? null : <Field label={reason} name="reason" first maxLength={300} />}
        <div class="sheet-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={`button ${danger ? "danger" : "primary"}`} {...(reason === undefined ? { "data-first": true } : {})}>
            {action}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

export interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly value?: string;
  readonly type?: "text" | "password" | "url";
  readonly hint?: string;
  readonly first?: boolean;
  readonly maxLength?: number;
  readonly required?: boolean;
  readonly autocomplete?: string;
  readonly pattern?: string;
}

/** A line to write in, with its label above it. */
export function Field({ label, name, value = "", type = "text", hint = "", first = false, maxLength = 400, required = false, autocomplete = "off", pattern }: FieldProps) {
  const id = useId();
  const common = {
    id,
    name,
    defaultValue: value,
    maxLength,
    required,
    autocomplete,
    ...(pattern === undefined ? {} : { pattern }),
    ...(first ? { "data-first": true } : {}),
    ...(hint === "" ? {} : { "aria-describedby": `${id}-hint` }),
  };
  return (
    <div class="form-field">
      <label for={id}>{label}</label>
      {type === "password" ? <input type="password" {...common} /> : type === "url" ? <input type="url" {...common} /> : <input type="text" {...common} />}
      {hint === "" ? null : (
        <p id={`${id}-hint`} class="note">
          {hint}
        </p>
      )}
    </div>
  );
}

/** What went wrong, or well; read out when it changes. */
export function Outcome({ text, error = true }: { readonly text: string; readonly error?: boolean }) {
  return (
    <p role={error ? "alert" : "status"} class={text === "" ? "visually-hidden" : error ? "outcome wrong" : "outcome"}>
      {text}
    </p>
  );
}

/** Some of several pages; arrows go between their tabs. */
export function Tabs<Name extends string>(props: {
  readonly label: string;
  readonly tabs: readonly (readonly [name: Name, title: string])[];
  readonly current: Name;
  readonly onChange: (name: Name) => void;
  readonly children: ComponentChildren;
}) {
  const { label, tabs, current, onChange, children } = props;
  const id = useId();
  const step = (by: number): void => {
    const at = tabs.findIndex(([name]) => name === current);
    const [name] = tabs[(at + by + tabs.length) % tabs.length] ?? [current];
    onChange(name);
    document.getElementById(`${id}-${name}`)?.focus();
  };
  return (
    <>
      <div
        role="tablist"
        aria-label={label}
        class="tabs"
        onKeyDown={(event) => {
          if (event.key === "ArrowRight") step(1);
          else if (event.key === "ArrowLeft") step(-1);
        }}
      >
        {tabs.map(([name, title]) => (
          <button
            key={name}
            id={`${id}-${name}`}
            type="button"
            role="tab"
            aria-selected={name === current}
            aria-controls={`${id}-page`}
            tabIndex={name === current ? 0 : -1}
            onClick={() => onChange(name)}
          >
            {title}
          </button>
        ))}
      </div>
      <div id={`${id}-page`} role="tabpanel" aria-labelledby={`${id}-${current}`}>
        {children}
      </div>
    </>
  );
}

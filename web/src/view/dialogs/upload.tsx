/** Files to be sent: a look at each before it goes, its caption, how far it is, and what to do when it fails. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { Conversation } from "../../client/chat";
import { largestUpload } from "../../app/extensions";
import { inUnits, type Upload, type Uploads } from "../../app/uploads";
import { useModel } from "../model_context";
import { uploadsOf } from "./known";
import { lasting } from "./profile";
import { Outcome, Sheet } from "./sheet";

export function UploadPanel({ conversation, files }: { readonly conversation: Conversation; readonly files: readonly File[] }) {
  const model = useModel();
  const uploads = uploadsOf(model);
  const largest = largestUpload(model.chat);
  const [wrong, setWrong] = useState("");
  const choose = (chosen: readonly File[]): void => {
    const fitting = chosen.filter((file) => file.size <= largest);
    const tooLarge = chosen.filter((file) => file.size > largest).map((file) => file.name);
    setWrong(tooLarge.length === 0 ? "" : `${tooLarge.join(", ")}: more than ${inUnits(largest)}, which is the most this server takes.`);
    uploads.choose(conversation.name, fitting);
  };
  useEffect(() => choose(files), [files]);
  // What was only looked at is not kept when the dialog is left.
  useEffect(() => () => dropUnsent(uploads), [uploads]);
  const mine = uploads.of(conversation.name);
  const isSent = mine.length > 0 && mine.every((upload) => upload.state.value === "done");
  const wasSent = useRef(isSent);
  // They stand in the conversation now, behind the dialog. Not so what was there before it was opened.
  useEffect(() => {
    if (isSent && !wasSent.current) model.closeDialog();
    wasSent.current = isSent;
  }, [isSent]);
  if (largest === 0) {
    return (
      <Sheet title="Send files" onClose={() => model.closeDialog()} kind="small">
        <p>This server takes no files.</p>
      </Sheet>
    );
  }
  const unsent = mine.filter((upload) => upload.state.value === "chosen");
  return (
    <Sheet
      title={`Send files to ${conversation.name}`}
      onClose={() => model.closeDialog()}
      foot={
        <>
          <button type="button" class="button" onClick={() => model.closeDialog()}>
            {mine.some((upload) => upload.state.value === "sending") ? "Go on in the background" : "Close"}
          </button>
          <button type="button" class="button primary" disabled={unsent.length === 0} onClick={() => uploads.start(unsent)}>
            {unsent.length > 1 ? `Send ${unsent.length} files` : "Send"}
          </button>
        </>
      }
    >
      <Chooser onChoose={choose} largest={largest} />
      <Outcome text={wrong} />
      <ul class="uploads">
        {mine.map((upload) => (
          <UploadRow key={upload.id} upload={upload} uploads={uploads} onSend={() => uploads.start(unsent)} />
        ))}
      </ul>
    </Sheet>
  );
}

function dropUnsent(uploads: Uploads): void {
  for (const upload of uploads.all.peek()) if (upload.state.peek() === "chosen" && upload.location === "") uploads.cancel(upload);
  uploads.clear();
}

function Chooser({ onChoose, largest }: { readonly onChoose: (files: readonly File[]) => void; readonly largest: number }) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  return (
    <div
      class={isOver ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        onChoose([...(event.dataTransfer?.files ?? [])]);
      }}
      onPaste={(event) => {
        const pasted = [...(event.clipboardData?.files ?? [])];
        if (pasted.length === 0) return;
        event.preventDefault();
        onChoose(pasted);
      }}
    >
      <input
        ref={input}
        type="file"
        multiple
        class="visually-hidden"
        tabIndex={-1}
        aria-label="Files to send"
        onChange={(event) => {
          onChoose([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      <button type="button" class="button" data-first onClick={() => input.current?.click()}>
        Choose files
      </button>
      <p class="note">or drop or paste them here; up to {inUnits(largest)} each</p>
    </div>
  );
}

function UploadRow({ upload, uploads, onSend }: { readonly upload: Upload; readonly uploads: Uploads; readonly onSend: () => void }) {
  const state = upload.state.value;
  return (
    <li class={`upload ${state}`}>
      <Preview file={upload.file} />
      <div class="upload-about">
        <p class="upload-name">
          {upload.name} <span class="choice-note">{inUnits(upload.size)}</span>
        </p>
        {state === "chosen" ? (
          <input
            type="text"
            aria-label={`Caption for ${upload.name}`}
            placeholder="Caption"
            maxLength={2000}
            value={upload.caption.value}
            onInput={(event) => {
              upload.caption.value = event.currentTarget.value;
            }}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.isComposing) return;
              event.preventDefault();
              onSend();
            }}
          />
        ) : null}
        {state === "sending" || state === "waiting" ? <Progress upload={upload} /> : null}
        {state === "done" ? <p role="status">Sent.</p> : null}
        {state === "interrupted" ? <p role="status">{percent(upload)} % are there. Choose the same file again to go on.</p> : null}
        {state === "failed" ? <Outcome text={upload.failure.value} /> : null}
      </div>
      {state === "failed" ? (
        <button type="button" class="button small" aria-label={`Try ${upload.name} again`} onClick={() => uploads.retry(upload)}>
          Retry
        </button>
      ) : null}
      {state === "done" ? null : (
        <button type="button" class="button small" aria-label={`${state === "chosen" ? "Take away" : "Cancel"} ${upload.name}`} onClick={() => uploads.cancel(upload)}>
          {state === "chosen" ? "Take away" : "Cancel"}
        </button>
      )}
    </li>
  );
}

function percent(upload: Upload): number {
  return upload.size === 0 ? 100 : Math.floor((upload.sent.value * 100) / upload.size);
}

function Progress({ upload }: { readonly upload: Upload }) {
  const speed = upload.speed.value;
  const rest = speed > 0 ? `, ${lasting(((upload.size - upload.sent.value) * 1000) / speed)} left` : "";
  return (
    <>
      <progress aria-label={`${upload.name} on its way`} value={upload.sent.value} max={upload.size || 1} />
      <p class="note">
        {inUnits(upload.sent.value)} of {inUnits(upload.size)}
        {speed > 0 ? `, ${inUnits(speed)}/s${rest}` : ""}
      </p>
    </>
  );
}

/** A picture is shown from the file itself; nothing of it has been sent yet. */
function Preview({ file }: { readonly file: File | null }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    if (file === null || !/^image\/(?:png|jpeg|gif|webp|avif)$/.test(file.type)) return undefined;
    const made = URL.createObjectURL(file);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  if (address === "") return <span class="preview" aria-hidden="true">📄</span>;
  return <img class="preview" src={address} alt="" />;
}

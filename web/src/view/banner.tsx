/** Thin bars above the messages: no connection, notifications. And the notices at the lower edge. */

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { askToNotify, canNotify } from "../app/notifications";
import type { Window } from "../app/windows";
import { fold } from "../irc/names";
import { IconButton } from "./icons";
import { useModel } from "./model_context";

/** A short break is not worth a word. */
const SHOWN_AFTER_MS = 700;

export function Banner(): JSX.Element | null {
  const model = useModel();
  const { phase, reason, retryAt } = model.phase.value;
  const isOffline = phase !== "online";
  const isLate = useLate(isOffline);
  const seconds = useCountdown(phase === "waiting" ? retryAt : 0);
  if (!isOffline || !isLate) return null;
  return (
    <div class="banner" role="status">
      <span class="banner-words">{wordsFor(phase, reason)}</span>
      {phase === "waiting" && seconds > 0 && (
        <span class="banner-count" aria-hidden="true">
          Next try in {seconds} s.
        </span>
      )}
      {(phase === "waiting" || phase === "ended") && (
        <button type="button" class="link" onClick={() => model.network.reconnectNow()}>
          Try now
        </button>
      )}
    </div>
  );
}

function wordsFor(phase: string, reason: string): string {
  if (phase === "connecting" || phase === "registering") return "Connecting… You can go on writing.";
  const why = reason === "" ? "No connection." : `${reason[0]?.toUpperCase() ?? ""}${reason.slice(1).replace(/\.$/, "")}.`;
  return phase === "ended" ? why : `${why} What you write is sent when it is back.`;
}

function useLate(isOffline: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    if (!isOffline) return setLate(false);
    const timer = setTimeout(() => setLate(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isOffline]);
  return isLate;
}

function useCountdown(until: number): number {
  const model = useModel();
  const [, tick] = useState(0);
  useEffect(() => {
    if (until === 0) return;
    const timer = setInterval(() => tick((count) => count + 1), 500);
    return () => clearInterval(timer);
  }, [until]);
  return Math.max(Math.ceil((until - model.now) / 1_000), 0);
}

/** Asked once, after the first mention. */
export function AskToNotify(): JSX.Element | null {
  const model = useModel();
  if (!model.asksToNotify.value || !canNotify() || model.settings.value.value.askedToNotify) return null;
  const answered = async (wanted: boolean): Promise<void> => {
    model.settings.change({ askedToNotify: true });
    if (!wanted) return;
    const isAllowed = await askToNotify();
    model.settings.change({ notify: isAllowed ? "mentions" : "off" });
    if (!isAllowed) model.notice("The browser does not allow notifications for this page.", { error: true });
  };
  return (
    <div class="banner quiet" role="status">
      <span class="banner-words">Somebody mentioned you. Do you want to be told when this page is in the background?</span>
      <button type="button" class="link" onClick={() => void answered(true)}>
        Yes
      </button>
      <button type="button" class="link" onClick={() => void answered(false)}>
        No
      </button>
    </div>
  );
}

export function Notices(): JSX.Element {
  const model = useModel();
  return (
    <div class="notices" role="status">
      {model.notices.value.map((notice, at) => (
        <div key={at} class={notice.error ? "notice error" : "notice"}>
          <span>{notice.text}</span>
          {notice.action !== null && (
            <button type="button" class="link" onClick={notice.action.act}>
              {notice.action.label}
            </button>
          )}
          {notice.error && (
            <IconButton icon="close" label="Dismiss" onClick={() => (model.notices.value = model.notices.peek().filter((one) => one !== notice))} />
          )}
        </div>
      ))}
    </div>
  );
}

const MOST_TYPISTS = 3;

/** Who is typing. It keeps its place when nobody is, so that nothing jumps. */
export function Typists({ window }: { window: Window }): JSX.Element {
  const model = useModel();
  void window.about.value;
  const nicks = [...window.conversation.typing.keys()]
    .filter((nick) => !model.chat.isMe(nick) && !model.chat.ignored.has(fold(nick)))
    .map((nick) => model.chat.people.get(nick)?.nick ?? nick);
  return (
    <p class="typists" aria-live="off">
      {nicks.length > 0 && (
        <>
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {wordsOf(nicks)}
        </>
      )}
    </p>
  );
}

function wordsOf(nicks: readonly string[]): string {
  if (nicks.length > MOST_TYPISTS) return "Several people are typing";
  const last = nicks.at(-1) ?? "";
  return nicks.length === 1 ? `${last} is typing` : `${nicks.slice(0, -1).join(", ")} and ${last} are typing`;
}

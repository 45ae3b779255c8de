/** One row of the timeline: a message with all that belongs to it, or what happened. */

import type { JSX } from "preact";
import { memo } from "preact/compat";
import { useState } from "preact/hooks";

import type { Conversation } from "../../client/chat";
import type { Line } from "../../client/lines";
import { isSaid } from "../../client/lines";
import { printable } from "../../irc/text";
import { copy, problemWith, quoted, takeBack, toggleReaction } from "../../app/messages";
import type { Model } from "../../app/model";
import { ThreadWindow } from "../../app/thread_window";
import type { Window } from "../../app/windows";
import { Avatar, Nick } from "../avatar";
import { Body } from "../body";
import { hasMenu, openMenu } from "../menu";
import { useModel } from "../model_context";
import { RepliesLine } from "../thread/replies_line";
import { clock, dayName, full, iso } from "../times";
import { Actions } from "./actions";
import { condensed, happened, type Words } from "./condensed";
import type { Row } from "./rows";

export interface RowProps {
  readonly row: Row;
  readonly id: string;
  /** Where it is shown: the room, or a thread. */
  readonly window: Window;
  readonly conversation: Conversation;
  /** What the message answers, where that is loaded. */
  readonly original: Line | undefined;
  /** Grows with everything that may change how it looks. */
  readonly version: number;
  /** Its buttons are shown. */
  readonly isActive: boolean;
  /** Tab stops here. */
  readonly isStop: boolean;
  readonly isGoing: boolean;
  readonly isFound: boolean;
}

export const RowView = memo(function RowView(props: RowProps): JSX.Element {
  const { row } = props;
  const model = useModel();
  return (
    <>
      {row.day !== 0 && (
        <div class="day">
          <span>{dayName(row.day, model.now)}</span>
        </div>
      )}
      {row.divider && (
        <div class="new-divider">
          <span>New</span>
        </div>
      )}
      {isSaid(row.line.kind) ? <Message {...props} /> : <Happened {...props} />}
    </>
  );
}, isSame);

function isSame(before: RowProps, after: RowProps): boolean {
  return (
    before.row === after.row &&
    before.version === after.version &&
    before.original === after.original &&
    before.isActive === after.isActive &&
    before.isStop === after.isStop &&
    before.isGoing === after.isGoing &&
    before.isFound === after.isFound
  );
}

// -- what was said ----------------------------------------------------------------------------------------------

/**
 * Lines change in place. A component that reads a signal is drawn again only if the signal or one of its props has changed,
 * so each part of a message is given the version beside the line.
 */
interface Changing {
  readonly version: number;
}

function Message(props: RowProps): JSX.Element {
  const { row, id, window, conversation, isActive, isStop, isGoing, version } = props;
  const { line } = row;
  return (
    <div
      class={classOf(props)}
      role="article"
      tabIndex={isStop ? 0 : -1}
      aria-labelledby={`${id}-author ${id}-words ${id}-time`}
      data-row={id}
    >
      {row.grouped ? <span class="gutter" /> : <Avatar nick={line.nick} account={line.account} />}
      <div class="message">
        {isQuoting(window, line) && <Quote {...props} />}
        <Author row={row} id={id} conversation={conversation} version={version} />
        <div id={`${id}-words`}>
          <Words line={line} isGoing={isGoing} version={version} />
        </div>
        <Time line={line} id={id} version={version} />
        <Footer line={line} conversation={conversation} version={version} />
        <RepliesLine line={line} window={window} />
      </div>
      {isActive && <Actions line={line} window={window} />}
    </div>
  );
}

/** In its thread, an answer to the first message needs no words about it. */
function isQuoting(window: Window, line: Line): boolean {
  return line.replyTo !== "" && !(window instanceof ThreadWindow && line.replyTo === window.root);
}

function classOf({ row: { line, grouped }, isGoing, isFound }: RowProps): string {
  const flags = {
    grouped,
    mine: line.mine,
    mentions: line.mentionsMe && !line.mine,
    private: line.private,
    pending: line.delivery === "pending",
    failed: line.delivery === "failed",
    gone: line.redacted || isGoing,
    found: isFound,
    action: line.kind === "action",
  };
  return ["row", ...Object.entries(flags).filter(([, isOn]) => isOn).map(([name]) => name)].join(" ");
}

function Author({ row, id, conversation }: { row: Row; id: string; conversation: Conversation } & Changing): JSX.Element {
  const model = useModel();
  const { line } = row;
  const rank = conversation.member(line.nick)?.ranks[0] ?? "";
  return (
    <span class={row.grouped || line.kind === "action" ? "author visually-hidden" : "author"} id={`${id}-author`}>
      <button
        type="button"
        class="author-name"
        tabIndex={-1}
        onClick={() => model.openDialog({ kind: "profile", nick: line.nick })}
        onContextMenu={(event) => hasMenu(model, conversation, line.nick) && openMenu(model, event, { conversation, nick: line.nick, line })}
      >
        <Nick nick={line.nick || model.chat.serverName || "server"} account={line.account} full />
      </button>
      {line.bot && <span class="tag">bot</span>}
      {line.kind === "notice" && <span class="tag">notice</span>}
      {/[qao]/.test(rank) && <span class="tag">moderator</span>}
      {line.private && conversation.isRoom && <span class="tag private">only you can see this</span>}
    </span>
  );
}

function Words({ line, isGoing }: { line: Line; isGoing: boolean } & Changing): JSX.Element {
  const model = useModel();
  if (line.redacted || isGoing) return <Tombstone line={line} />;
  return (
    <>
      {line.kind === "action" && (
        <span aria-hidden="true">
          <Nick nick={line.nick} account={line.account} />
        </span>
      )}
      <Body text={line.text} />
      {line.delivery === "pending" && <span class="sending"> Sending…</span>}
      {line.editedMs !== 0 && (
        <button
          type="button"
          class="edited"
          title={`Edited ${full(line.editedMs)}`}
          onClick={() => model.openDialog({ kind: "history", line })}
        >
          (edited)
        </button>
      )}
    </>
  );
}

function Tombstone({ line }: { line: Line }): JSX.Element {
  const by = line.redactedBy !== "" && line.redactedBy !== line.nick ? ` by ${printable(line.redactedBy)}` : "";
  const reason = line.redactionReason === "" ? "" : `: ${printable(line.redactionReason)}`;
  return (
    <p class="tombstone">
      Message deleted{by}
      {reason}
    </p>
  );
}

function Time({ line, id }: { line: Line; id: string } & Changing): JSX.Element {
  return (
    <time class="time" id={`${id}-time`} dateTime={iso(line.timeMs)} title={full(line.timeMs)}>
      {clock(line.timeMs)}
    </time>
  );
}

function Quote({ row: { line }, original, conversation }: RowProps): JSX.Element {
  const model = useModel();
  const go = (): void => model.goTo(conversation, line.replyTo, original?.timeMs ?? line.timeMs);
  return (
    <button type="button" class="quote" tabIndex={-1} onClick={go}>
      <span class="visually-hidden">In answer to </span>
      {original === undefined ? (
        <span class="quoted">an earlier message</span>
      ) : (
        <>
          <Nick nick={original.nick} account={original.account} />
          <span class="quoted" dir="auto">
            {original.redacted ? "Message deleted" : quoted(original)}
          </span>
        </>
      )}
    </button>
  );
}

function Footer(props: { line: Line; conversation: Conversation } & Changing): JSX.Element | null {
  const { line } = props;
  if (line.delivery === "failed") return <Failed {...props} />;
  return line.reactions.size === 0 || line.redacted ? null : <Reactions {...props} />;
}

function Failed({ line, conversation }: { line: Line; conversation: Conversation } & Changing): JSX.Element {
  const model = useModel();
  return (
    <p class="delivery failed">
      <span>Not sent{line.failure === "" ? "" : `: ${line.failure}`}</span>
      <button type="button" class="link" onClick={() => model.session.retry(conversation, line)}>
        Retry
      </button>
      <button type="button" class="link" onClick={() => void copy(model, line.text, "Text")}>
        Copy
      </button>
      <button type="button" class="link" onClick={() => takeBack(model, conversation, line)}>
        Forget
      </button>
    </p>
  );
}

function Reactions({ line, conversation }: { line: Line; conversation: Conversation } & Changing): JSX.Element {
  const model = useModel();
  const canReact = problemWith(line) === "" && model.session.can("react");
  return (
    <div class="reactions" aria-live="off">
      {[...line.reactions].slice(0, 40).map(([emoji, nicks]) => (
        <button
          key={emoji}
          type="button"
          class="reaction"
          aria-pressed={nicks.some((nick) => model.chat.isMe(nick))}
          disabled={!canReact}
          title={`${names(nicks)} reacted with ${emoji}`}
          onClick={() => toggleReaction(model, conversation, line, emoji)}
        >
          <span class="sign">{printable(emoji).slice(0, 24)}</span>
          <span class="count">{nicks.length}</span>
          <span class="visually-hidden">: {names(nicks)}</span>
        </button>
      ))}
    </div>
  );
}

function names(nicks: readonly string[]): string {
  const shown = nicks.slice(0, 12).join(", ");
  return nicks.length > 12 ? `${shown} and ${nicks.length - 12} more` : shown;
}

// -- what happened ----------------------------------------------------------------------------------------------

function Happened({ row, id }: RowProps): JSX.Element {
  const [isOpen, open] = useState(false);
  const { line, lines } = row;
  const isFolded = lines.length > 1;
  const wanted = isFolded && !isOpen ? [condensed(lines)] : lines.map(happened);
  return (
    <div class={`row event ${line.kind}`} role="article" aria-labelledby={`${id}-words`} data-row={id}>
      <span class="gutter" />
      <div class="message" id={`${id}-words`} dir="auto">
        {wanted.map((words, at) => (
          <p key={at}>
            <Said words={words} />{" "}
            {(isOpen || !isFolded) && (
              <time class="time" dateTime={iso(lines[at]?.timeMs ?? 0)} title={full(lines[at]?.timeMs ?? 0)}>
                {clock(lines[at]?.timeMs ?? 0)}
              </time>
            )}
          </p>
        ))}
        {isFolded && (
          <button type="button" class="link" onClick={() => open(!isOpen)}>
            {isOpen ? "Less" : "Details"}
          </button>
        )}
      </div>
    </div>
  );
}

function Said({ words }: { words: Words }): JSX.Element {
  return (
    <>
      {words.map((word, at) =>
        typeof word === "string" ? <span key={at}>{printable(word.replaceAll("\n", " "))}</span> : <Nick key={at} nick={printable(word.nick)} />,
      )}
    </>
  );
}

/** What a message looks like depends on; for `version`. */
export function versionOf(model: Model, row: Row, original: Line | undefined): number {
  const own = row.lines.reduce((sum, line) => sum + line.version, row.lines.length);
  return own + (original?.version ?? 0) * 1_000 + model.self.peek() * 1_000_000;
}

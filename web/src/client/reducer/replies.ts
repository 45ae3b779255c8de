/**
 * What the server itself says: its welcome, refusals, and everything that nobody taught us.
 *
 * Owns where such words go: to the user at once, or into the server's conversation. Handlers of the reducer: each takes
 * the state and a message, and yields events.
 */

import { isNumeric } from "../../irc/numerics";
import { printable } from "../../irc/text";
import { type Events, SELF_CHANGED, told } from "../events";
import { Isupport, readTokens } from "../isupport";
import { Line } from "../lines";
import { isError } from "../requests";
import type { Heard } from "./reading";
import type { Handlers, State } from "./state";
import { rawWords, replyWords, standardWords, UNSEEN } from "./wording";

function* welcomed(state: State, heard: Heard): Events {
  state.chat.nick = heard.param(0) || state.chat.nick;
  state.chat.serverName = heard.message.source;
  state.chat.registered = true;
  yield SELF_CHANGED;
  yield* state.inform(heard, replyWords(heard.message));
}

function* tokens(state: State, heard: Heard): Events {
  readTokens(state.chat.tokens, heard.message);
  state.chat.network = new Isupport(state.chat.tokens).network || state.chat.network;
  yield SELF_CHANGED;
}

/** A numeric that changes nothing: an error is told, everything else goes into the server's conversation. */
function* replied(state: State, heard: Heard): Events {
  const text = replyWords(heard.message);
  if (!isError(heard.message)) {
    yield* state.inform(heard, text);
  } else if (text !== "" && state.chat.registered) {
    // Before, whoever registers us looks after what is refused.
    yield told(text, { error: true, conversation: state.about(heard.message.params.slice(1, -1)) });
  }
}

/** 341. */
function* inviting(state: State, heard: Heard): Events {
  yield told(replyWords(heard.message), { conversation: state.about(heard.message.params.slice(1)) });
}

/** FAIL, WARN, NOTE. */
function* standard(state: State, heard: Heard): Events {
  const text = standardWords(heard.message);
  if (text === "" || !state.chat.registered) return;
  const error = heard.message.command === "FAIL";
  yield told(text, { error, conversation: state.about(heard.message.params.slice(2, -1)) });
}

/** ERROR, and KILL where it is for us. */
function* thrownOut(state: State, heard: Heard): Events {
  if (heard.message.command === "ERROR") {
    yield told(standardWords(heard.message), { error: true });
  } else if (state.chat.isMe(heard.param(0))) {
    yield told(printable(`${heard.nick} disconnected you: ${heard.param(1)}`), { error: true });
  }
}

/** REGISTER, VERIFY. */
function* answered(_state: State, heard: Heard): Events {
  if (heard.message.params.length > 0) yield told(printable(heard.param(-1)));
}

/** WALLOPS. */
function* toOperators(state: State, heard: Heard): Events {
  const text = heard.param(-1);
  if (text === "") return;
  const line = new Line("notice", heard.timeMs, { nick: heard.nick, text, msgid: heard.msgid });
  yield* state.add(state.chat.server, line, heard);
}

/** A reply or a command without a handler. */
export function* unknown(state: State, heard: Heard): Events {
  if (isNumeric(heard.message.command)) yield* replied(state, heard);
  else if (!UNSEEN.has(heard.message.command)) yield* state.inform(heard, rawWords(heard.message));
}

export const HANDLERS: Handlers = {
  "001": welcomed,
  "005": tokens,
  "341": inviting,
  FAIL: standard,
  WARN: standard,
  NOTE: standard,
  ERROR: thrownOut,
  KILL: thrownOut,
  REGISTER: answered,
  VERIFY: answered,
  WALLOPS: toOperators,
};

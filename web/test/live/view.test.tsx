// @vitest-environment happy-dom
/** What people see and hear of live text: lines of others, the mark that ours leaves the screen, the question before. */

import { render, type VNode } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Window } from "../../src/app/windows";
import { LiveDialog } from "../../src/view/live/live_dialog";
import { LiveLines } from "../../src/view/live/live_lines";
import { LiveMark } from "../../src/view/live/live_mark";
import { ModelProvider } from "../../src/view/model_context";
import { Desk } from "../dialogs/desk";

let desk: Desk;
let lobby: Window;
const root = document.createElement("div");

beforeEach(async () => {
  desk = new Desk();
  desk.answers = (command, params) => {
    if (command === "CAP" && params[0] === "LS") return [":s CAP * LS :batch message-tags labeled-response echo-message hubbub.chat/live=max-bytes=1500"];
    if (command !== "LIVE") return undefined;
    const [what = "", target = "*"] = params;
    return [`:s LIVE ${what} ${target}`, ...(target === "#lobby" && what === "ON" ? [":s LIVE AUDIENCE #lobby 0 :"] : [])];
  };
  await desk.model.enter("me");
  desk.pump();
  desk.say(":me!m@h JOIN #lobby", ":s 353 me = #lobby :@me anna bob cy dan eve fay gil", ":s 366 me #lobby :End");
  const found = desk.model.windows.find("#lobby");
  if (found === undefined) throw new Error("not in the lobby");
  lobby = found;
  document.body.replaceChildren(root);
  vi.useFakeTimers();
});
afterEach(() => {
  render(null, root);
  vi.useRealTimers();
});

async function show(node: VNode): Promise<void> {
  await act(() => render(<ModelProvider value={desk.model}>{node}</ModelProvider>, root));
}

async function says(...lines: string[]): Promise<void> {
  await act(() => desk.say(...lines));
}

async function pass(ms: number): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms).then(() => undefined));
}

/** A reset, so that any text may follow any other. */
async function types(nick: string, seq: number, text: string): Promise<void> {
  const written = text.replaceAll("\\", "\\\\").replaceAll(" ", "\\s").replaceAll(";", "\\:").replaceAll("\n", "\\n");
  await says(`@+hubbub.chat/live=of-${nick}/${seq}/r+0,${Array.from(text).length},${written} :${nick}!u@h TAGMSG #lobby`);
}

function rows(): string[] {
  return [...root.querySelectorAll(".live-row")].map((row) => row.textContent ?? "");
}

function area(): HTMLElement {
  return root.querySelector<HTMLElement>(".live-lines") as HTMLElement;
}

function heard(): string {
  return root.querySelector("[aria-live=polite]")?.textContent ?? "";
}

function button(name: string): HTMLButtonElement {
  const found = [...document.querySelectorAll("button")].find((one) => one.textContent === name);
  if (found === undefined) throw new Error(`there is no button ${name} in ${document.body.innerHTML}`);
  return found;
}

test("a line for each person, and nobody's moves because another's is over", async () => {
  await show(<LiveLines window={lobby} />);
  expect([rows(), area().className]).toEqual([[], "live-lines rows-0"]);
  await types("anna", 0, "hello");
  await types("bob", 0, "two\nlines");
  await types("cy", 0, "\u202eolleh");
  expect(rows()).toEqual(["annahello▏", "bobtwo ⏎ lines▏", "cyolleh▏"]);
  await says("@msgid=1;+hubbub.chat/nonce=of-bob :bob!u@h PRIVMSG #lobby :said");
  expect([rows(), area().className]).toEqual([["annahello▏", "", "cyolleh▏"], "live-lines rows-3"]);
  await types("dan", 0, "new");
  expect(rows()).toEqual(["annahello▏", "dannew▏", "cyolleh▏"]);
});

test("four lines, and the number of the others; the area keeps its height for a while", async () => {
  await show(<LiveLines window={lobby} />);
  for (const nick of ["anna", "bob", "cy", "dan", "eve", "fay", "gil"]) await types(nick, 0, "x");
  expect(rows()).toEqual(["annax▏", "bobx▏", "cyx▏", "danx▏", "… and 3 more type"]);
  expect(area().className).toBe("live-lines rows-5");
  for (const nick of ["bob", "cy", "dan", "eve", "fay", "gil"]) await says(`@+hubbub.chat/live=of-${nick}/1/c :${nick}!u@h TAGMSG #lobby`);
  expect([rows(), area().className]).toEqual([["annax▏"], "live-lines rows-5"]);
  await says("@+hubbub.chat/live=of-anna/1/c :anna!u@h TAGMSG #lobby");
  await pass(9_900);
  expect(area().className).toBe("live-lines rows-5");
  await pass(200);
  expect([rows(), area().className]).toEqual([[], "live-lines rows-0"]);
});

test("letters are hidden from screen readers, which hear a pause, once, and never what is said", async () => {
  await show(<LiveLines window={lobby} />);
  expect(area().getAttribute("aria-hidden")).toBe("true");
  expect(root.querySelectorAll("[aria-live], [role=status], [role=log], [role=alert]")).toHaveLength(1);
  const spoken: string[] = [];
  const region = root.querySelector("[aria-live=polite]") as HTMLElement;
  const note = (): void => void (spoken.at(-1) !== heard() && spoken.push(heard()));
  const type = async (nick: string, seq: number, text: string, ms: number): Promise<void> => {
    await types(nick, seq, text);
    await pass(ms);
    note();
  };
  for (const [at, text] of ["h", "he", "hel", "hell", "hello"].entries()) await type("anna", at, text, 300);
  expect([spoken, region.textContent]).toEqual([[""], ""]);
  await pass(1_700);
  note();
  expect(spoken).toEqual(["", "anna is typing: hello"]);
  await pass(5_000);
  await type("anna", 5, "hello", 5_000);
  expect(spoken).toEqual(["", "anna is typing: hello"]);
  await type("anna", 6, "hello you", 500);
  await says("@msgid=1;+hubbub.chat/nonce=of-anna :anna!u@h PRIVMSG #lobby :hello you");
  await pass(5_000);
  note();
  expect(spoken).toEqual(["", "anna is typing: hello", ""]);
});

test("the mark is there exactly as long as letters leave the screen, says who sees them, and one click ends it", async () => {
  await show(<LiveMark window={lobby} />);
  const mark = (): string | null => root.querySelector(".live-mark")?.textContent ?? null;
  const status = (): string => root.querySelector("[role=status]")?.textContent ?? "";
  expect([mark(), status()]).toEqual([null, ""]);
  await act(() => {
    desk.model.live.setLive(true, "#lobby");
    desk.pump();
  });
  expect([mark(), status()]).toEqual(["LIVEnobody yet", "What you type here is shown as you type it"]);
  await says(":s LIVE AUDIENCE #lobby 2 :anna bob");
  expect(mark()).toBe("LIVE2 see this: anna, bob");
  await act(() => {
    desk.model.live.typed(lobby.conversation, { text: "a key", mode: "say" }, true);
  });
  expect(mark()).toBe("LIVE2 see this: anna, bobpasted text waits for Enter");
  desk.asked.length = 0;
  await act(() => {
    root.querySelector<HTMLButtonElement>(".live-stop")?.click();
    desk.pump();
  });
  expect([mark(), status(), desk.asked.filter((line) => line.startsWith("LIVE"))]).toEqual([null, "", ["LIVE OFF #lobby"]]);
  await act(() => desk.session.disconnected());
  await act(() => desk.pump());
  expect(mark()).toBeNull();
});

test("the mark goes with the connection", async () => {
  desk.model.live.setLive(true, "#lobby");
  desk.pump();
  await show(<LiveMark window={lobby} />);
  expect(root.querySelector(".live-mark")).not.toBeNull();
  await act(() => {
    desk.session.disconnected();
    desk.pump();
  });
  expect(root.querySelector(".live-mark")).toBeNull();
});

test.each([
  ["#lobby", "Everybody in #lobby who shares theirs"],
  ["bob", "bob will see every letter"],
  ["", "all rooms that allow it"],
])("the question before (%j) says who sees it, and Cancel has the focus", async (target, words) => {
  const onClose = vi.fn();
  await show(<LiveDialog target={target} onClose={onClose} />);
  const text = document.querySelector("dialog")?.textContent ?? "";
  for (const part of [words, "Both sides must share", "Nothing of it is kept", "What you paste waits for Enter"]) expect(text).toContain(part);
  expect(document.activeElement).toBe(button("Cancel"));
  desk.asked.length = 0;
  button("Cancel").click();
  desk.pump();
  expect([onClose.mock.calls.length, desk.asked, desk.model.live.asksFirst]).toEqual([1, [], true]);
  button("Show what I type").click();
  desk.pump();
  expect([onClose.mock.calls.length, desk.asked[0], desk.model.live.asksFirst]).toEqual([2, `LIVE ON ${target}`.trim(), false]);
  expect(desk.model.live.isWanted(target)).toBe(true);
});

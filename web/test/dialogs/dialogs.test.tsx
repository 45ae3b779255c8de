// @vitest-environment happy-dom
import { beforeEach, describe, expect, test } from "vitest";

import { banMask, deedsFor, doAbout } from "../../src/app/moderation";
import { endDue } from "../../src/app/timed";
import { Memory } from "../../src/app/storage";
import type { Conversation } from "../../src/client/chat";
import { Line } from "../../src/client/lines";
import { targets } from "../../src/view/dialogs/switcher";
import { Desk, waitFor } from "./desk";

let desk: Desk;
let lobby: Conversation;

beforeEach(async () => {
  desk = await Desk.enter();
  const window = desk.model.windows.find("#lobby");
  if (window === undefined) throw new Error("not in the lobby");
  lobby = window.conversation;
});

describe("every dialog", () => {
  test("has a name, takes the focus, and gives it back", async () => {
    const before = document.createElement("textarea");
    document.body.append(before);
    const line = new Line("message", 0, { nick: "bob", text: "now", replaced: ["first"], msgid: "1" });
    for (const dialog of [
      { kind: "switcher" },
      { kind: "search", everywhere: true, text: "" },
      { kind: "help" },
      { kind: "profile", nick: "bob" },
      { kind: "profile", nick: "" },
      { kind: "rooms" },
      { kind: "room", conversation: lobby },
      { kind: "invite", conversation: lobby },
      { kind: "upload", conversation: lobby, files: [] },
      { kind: "history", line },
      { kind: "emoji", conversation: lobby, line },
    ] as const) {
      before.focus();
      const element = await desk.open(dialog);
      expect(document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.textContent, dialog.kind).not.toBe("");
      await waitFor(() => element.open);
      for (const box of element.querySelectorAll("input:not([type=checkbox]), select, textarea")) {
        const hasName = box.getAttribute("aria-label") !== null || box.closest("label") !== null || element.querySelector(`label[for="${box.id}"]`) !== null || box.getAttribute("aria-hidden") === "true";
        expect(hasName, `${dialog.kind}: ${box.outerHTML}`).toBe(true);
      }
      const cancel = new globalThis.Event("cancel", { cancelable: true });
      element.dispatchEvent(cancel);
      await waitFor(() => desk.root.querySelector("dialog") === null);
      expect(desk.model.dialog.value).toBeNull();
      expect(document.activeElement, dialog.kind).toBe(before);
    }
  });
});

describe("the switcher", () => {
  test("finds what is open, people, and rooms that are not there yet", async () => {
    await desk.open({ kind: "switcher" });
    expect([...desk.root.querySelectorAll("[role=option] .choice-name")].map((each) => each.textContent)).toContain("#lobby");
    desk.type("input", "bo");
    await waitFor(() => desk.text.includes("bob"));
    expect(targets(desk.model, "bob").map((one) => (one.kind === "window" ? one.window.title : `${one.kind} ${one.name}`))).toEqual(["person bob", "room #bob"]);
    desk.press("Enter");
    await waitFor(() => desk.model.window?.title === "bob");
    expect(desk.model.dialog.value).toBeNull();
  });

  test("arrows go round; keys of an unfinished character do nothing", async () => {
    await desk.open({ kind: "switcher" });
    desk.type("input", "b");
    await waitFor(() => desk.text.includes("write to this person"));
    desk.press("ArrowUp");
    await waitFor(() => desk.find("[aria-selected=true]") === [...desk.root.querySelectorAll("[role=option]")].at(-1));
    expect(desk.find("input").getAttribute("aria-activedescendant")).toBe(desk.find("[aria-selected=true]").id);
    desk.press("Enter", desk.find("input"), { isComposing: true });
    expect(desk.model.dialog.value).not.toBeNull();
  });

  test("is quick with many rooms", () => {
    for (let at = 0; at < 500; at++) desk.say(`:me!m@h JOIN #room-${at}`);
    targets(desk.model, "r");
    const start = performance.now();
    for (const query of ["", "r", "ro", "ro4", "room-44"]) targets(desk.model, query);
    expect((performance.now() - start) / 5).toBeLessThan(50);
  });
});

test("search shows who, where and when, and jumps there", async () => {
  desk.answers = (command) =>
    command === "SEARCH" ? [":s BATCH +x soju.im/search", "@batch=x;msgid=1;time=2026-01-31T11:00:00.000Z :bob!b@h PRIVMSG #lobby :hello there", ":s BATCH -x"] : undefined;
  await desk.open({ kind: "search", everywhere: false, text: "hello" });
  const hit = await waitFor(() => desk.root.querySelector(".hit"));
  expect(desk.asked.find((line) => line.startsWith("SEARCH"))).toContain("in=#lobby");
  expect([hit.querySelector("strong")?.textContent, hit.querySelector("mark")?.textContent]).toEqual(["bob", "hello"]);
  desk.press("Enter");
  await waitFor(() => desk.model.jump.value?.line?.msgid === "1");
});

test("search says that nothing is found only when something was looked for", async () => {
  await desk.open({ kind: "search", everywhere: false, text: "" });
  expect((desk.find("input") as HTMLInputElement).value).toBe("in:#lobby ");
  expect(desk.text).toContain("Words, or filters");
  expect(desk.text).not.toContain("Nothing found");
  desk.answers = (command) => (command === "SEARCH" ? [":s BATCH +x soju.im/search", ":s BATCH -x"] : undefined);
  desk.type("input", "in:#lobby hello");
  await waitFor(() => desk.text.includes("Nothing found"));
});

test("a room that isn't there is made under the name that was looked for", async () => {
  await desk.open({ kind: "rooms" });
  desk.type("input", "tea party");
  await waitFor(() => desk.text.includes("There is no such room"));
  desk.button("Make this room").focus();
  desk.button("Make this room").click();
  const name = await waitFor(() => desk.root.querySelector<HTMLInputElement>("input[name=name]"));
  expect(name.value).toBe("tea party");
  expect(document.activeElement).toBe(name);
  desk.submit(desk.find("form"));
  await waitFor(() => desk.asked.includes("JOIN #tea-party"));
});

test("the sheet has every key, finds them, and gives an action another", async () => {
  await desk.open({ kind: "help" });
  const all = desk.root.querySelectorAll(".keys li").length;
  expect(all).toBeGreaterThan(20);
  desk.type("input", "mark everything");
  await waitFor(() => desk.root.querySelectorAll(".keys li").length === 1);
  const button = desk.button("Change the key for: mark everything as read");
  button.click();
  await waitFor(() => button.getAttribute("aria-pressed") === "true");
  desk.press("x", button);
  await waitFor(() => desk.text.includes("needed for writing"));
  const event = desk.press("F8", button);
  expect(event.defaultPrevented).toBe(true);
  expect(desk.model.settings.now.keys["allRead"]).toEqual(["f8"]);
  await waitFor(() => desk.find("kbd").textContent === "F8");
  desk.button("The usual key for: mark everything as read").click();
  expect(desk.model.settings.now.keys["allRead"]).toBeUndefined();
});

test("rooms are listed and made", async () => {
  desk.answers = (command) => (command === "LIST" ? [":s 322 me #cake 3 :sweet", ":s 322 me #tea 9 :hot", ":s 323 me :End"] : undefined);
  await desk.open({ kind: "rooms" });
  await waitFor(() => desk.root.querySelectorAll("[role=option]").length === 2);
  expect(desk.find("[role=option]").textContent).toContain("#tea");
  desk.type("input", "sweet");
  await waitFor(() => desk.root.querySelectorAll("[role=option]").length === 1);
  [...desk.root.querySelectorAll<HTMLElement>("[role=tab]")][1]?.click();
  const name = await waitFor(() => desk.root.querySelector<HTMLInputElement>("input[name=name]"));
  name.value = "Book club";
  (desk.find("input[name=private]") as HTMLInputElement).checked = true;
  desk.submit(desk.find("form"));
  await waitFor(() => desk.asked.includes("MODE #Book-club +is"));
  expect(desk.asked).toContain("JOIN #Book-club");
});

describe("a room", () => {
  test("operators put people out, with a reason; and can take a ban back", async () => {
    await desk.open({ kind: "room", conversation: lobby });
    [...desk.root.querySelectorAll<HTMLElement>("[role=tab]")][1]?.click();
    await waitFor(() => desk.text.includes("carol"));
    desk.button("Ban bob").click();
    const form = await waitFor(() => desk.root.querySelector<HTMLFormElement>("dialog.small form"));
    (form.querySelector("input") as HTMLInputElement).value = "spam";
    desk.submit(form);
    await waitFor(() => desk.asked.includes("KICK #lobby bob spam"));
    expect(desk.asked).toContain("MODE #lobby +b bob!*@*");
    desk.model.notices.value.find((notice) => notice.action?.label === "Undo")?.action?.act();
    await waitFor(() => desk.asked.includes("MODE #lobby -b bob!*@*"));
  });

  test("others see no dead buttons", async () => {
    desk.say(":bob!b@h MODE #lobby -o me");
    await desk.open({ kind: "room", conversation: lobby });
    expect(desk.root.querySelector("textarea")).toBeNull();
    expect([...desk.root.querySelectorAll("[role=tab]")].map((tab) => tab.textContent)).toEqual(["About", "People"]);
    [...desk.root.querySelectorAll<HTMLElement>("[role=tab]")][1]?.click();
    await waitFor(() => desk.text.includes("carol"));
    expect([...desk.root.querySelectorAll("button")].some((button) => /Ban|Put|Make|Mute|voice/.test(button.textContent ?? ""))).toBe(false);
  });

  test("who has an account is banned by it", () => {
    const member = lobby.member("bob");
    if (member === undefined) throw new Error("no bob");
    member.person.host = "there";
    expect(banMask(desk.model, lobby, member)).toBe("*!*@there");
    const other = lobby.member("carol");
    if (other !== undefined) other.person.host = "there";
    expect(banMask(desk.model, lobby, member), "carol comes from there, too").toBe("bob!*@*");
    member.person.account = "bobby";
    expect(banMask(desk.model, lobby, member)).toBe("$a:bobby");
  });
});

describe("moderating", () => {
  beforeEach(() => {
    desk.model.chat.tokens.set("EXTBAN", "~,am");
    globalThis.localStorage.clear();
  });

  test("offers what can be done, to moderators alone", () => {
    expect(deedsFor(desk.model, lobby, "carol")).toEqual(["muteShortly", "mute", "voice", "op", "kick", "ban"]);
    expect(deedsFor(desk.model, lobby, "bob"), "who has a voice can't be muted").toEqual(["devoice", "op", "kick", "ban"]);
    expect(deedsFor(desk.model, lobby, "carol", new Set(["~m:carol!*@*"]))).toContain("unmute");
    expect(deedsFor(desk.model, lobby, "me")).toEqual([]);
    desk.say(":bob!b@h MODE #lobby -o me");
    expect(deedsFor(desk.model, lobby, "carol")).toEqual([]);
  });

  test("mutes for a while, tells why, and lets them speak again", async () => {
    doAbout(desk.model, lobby, "carol", "muteShortly", "too loud");
    await waitFor(() => desk.asked.some((line) => line.startsWith("NOTICE carol")));
    expect(desk.asked).toContain("MODE #lobby +b ~m:carol!*@*");
    endDue(desk.model);
    expect(desk.asked).not.toContain("MODE #lobby -b ~m:carol!*@*");
    const kept = new Memory();
    kept.write("mutes", [{ room: "#lobby", nick: "carol", letter: "b", mask: "~m:carol!*@*", untilMs: desk.model.now - 1 }, 7, { room: 1 }]);
    endDue(desk.model, kept);
    await waitFor(() => desk.asked.includes("MODE #lobby -b ~m:carol!*@*"));
  });

  test("what was done can be undone; what failed is said", async () => {
    doAbout(desk.model, lobby, "carol", "op");
    const undo = await waitFor(() => desk.model.notices.value.find((notice) => notice.action?.label === "Undo"));
    undo.action?.act();
    await waitFor(() => desk.asked.includes("MODE #lobby -o carol"));
    desk.answers = (command) => (command === "KICK" ? [":s 482 me #lobby :You're not a channel operator"] : undefined);
    doAbout(desk.model, lobby, "carol", "kick", "x");
    await waitFor(() => desk.model.notices.value.some((notice) => notice.error));
    expect(desk.model.notices.value.some((notice) => notice.text.includes("put out"))).toBe(false);
  });

  test("asks why a message of somebody else is deleted", async () => {
    const line = lobby.timeline.find("1");
    if (line === undefined) throw new Error("no message");
    await desk.open({ kind: "delete", conversation: lobby, line });
    (desk.find("input[name=reason]") as HTMLInputElement).value = "spam";
    desk.submit(desk.find("form"));
    await waitFor(() => desk.model.going.value.has(line));
    globalThis.dispatchEvent(new globalThis.Event("pagehide"));
    await waitFor(() => desk.asked.some((asked) => asked === "REDACT #lobby 1 spam"));
  });
});

test("an invite link is made, shown with its code, and listed", async () => {
  desk.answers = (command, params) => {
    if (command !== "INVITELINK") return undefined;
    if (params[1] === "LIST") return [":s INVITELINK #lobby LINK 1f3a 0 5 * 2026-01-31T12:00:00.000Z me", ":s INVITELINK #lobby END 1"];
    return [":s INVITELINK #lobby CREATED 1f3a 5 * k3q7 *"];
  };
  await desk.open({ kind: "invite", conversation: lobby });
  await waitFor(() => desk.text.includes("Make a link"));
  desk.submit(desk.find("form"));
  const picture = await waitFor(() => desk.root.querySelector("img.qr"));
  expect(picture.getAttribute("src")).toBe("/i/k3q7.svg");
  expect((desk.find("input[readonly]") as HTMLInputElement).value).toContain("/i/k3q7");
  expect(desk.asked.filter((line) => line.startsWith("INVITELINK"))).toContain("INVITELINK #lobby * 7d");
  expect(desk.button("Revoke the link 1f3a")).toBeTruthy();
});

test("a person is described, written to, ignored", async () => {
  desk.answers = (command) => (command === "WHOIS" ? [":s 311 me bob b h * :Bob B", ":s 319 me bob :@#lobby", ":s 318 me bob :End"] : undefined);
  await desk.open({ kind: "profile", nick: "bob" });
  await waitFor(() => desk.text.includes("Bob B"));
  desk.button("Ignore").click();
  expect(desk.model.chat.ignored.has("bob")).toBe(true);
  desk.button("Write").click();
  await waitFor(() => desk.model.window?.title === "bob");
});

test("a guest claims their name; passwords that differ are not sent", async () => {
  await desk.open({ kind: "profile", nick: "" });
  [...desk.root.querySelectorAll<HTMLElement>("[role=tab]")][1]?.click();
  const form = await waitFor(() => desk.root.querySelector<HTMLFormElement>("form[aria-label='Claim your name']"));
  const [password, again] = form.querySelectorAll<HTMLInputElement>("input[type=password]");
  if (password === undefined || again === undefined) throw new Error("no boxes");
  password.value = "long enough";
  again.value = "another";
  desk.submit(form);
  await waitFor(() => desk.text.includes("not the same"));
  expect(desk.asked.some((line) => line.startsWith("REGISTER"))).toBe(false);
  again.value = "long enough";
  desk.submit(form);
  await waitFor(() => desk.asked.includes("REGISTER * * long enough"));
});

test("what one says about oneself is kept by the server", async () => {
  await desk.open({ kind: "profile", nick: "" });
  const box = await waitFor(() => desk.root.querySelector<HTMLInputElement>("input[name=status]"));
  box.value = "drinking tea";
  desk.submit(desk.find("form"));
  await waitFor(() => desk.asked.includes("METADATA * SET status drinking tea"));
});

test("where one is logged in, and out again everywhere else", async () => {
  desk.say(":s 900 me me!m@h me :You are now logged in");
  desk.answers = (command) => (command === "NICKSERV" ? [":NickServ NOTICE me :1. here since x (this one)", ":NickServ NOTICE me :2. there since y"] : undefined);
  await desk.open({ kind: "profile", nick: "" });
  [...desk.root.querySelectorAll<HTMLElement>("[role=tab]")][1]?.click();
  await waitFor(() => desk.text.includes("there since y"));
  desk.button("Log out the others").click();
  await waitFor(() => desk.asked.includes("NICKSERV SESSIONS LOGOUT OTHERS"));
});

test("a reaction is chosen by its name", async () => {
  const [line] = lobby.timeline.lines.filter((one) => one.msgid === "1");
  await desk.open({ kind: "emoji", conversation: lobby, line: line ?? null });
  desk.type("input", "tada");
  await waitFor(() => desk.root.querySelector("[role=option]")?.textContent === "🎉");
  desk.press("Enter");
  await waitFor(() => desk.asked.some((asked) => asked.startsWith("TAGMSG #lobby")));
});

test("earlier texts of a message are shown, the newest last", async () => {
  await desk.open({ kind: "history", line: new Line("message", 0, { nick: "bob", text: "**three**", replaced: ["one", "<b>two</b>"] }) });
  expect([...desk.root.querySelectorAll(".said")].map((each) => each.textContent)).toEqual(["one", "<b>two</b>", "three"]);
});

test("files are looked at before they go; too large ones are named", async () => {
  const small = new File(["x"], "small.txt");
  const large = new File([new Uint8Array(1_000_001)], "large.bin");
  await desk.open({ kind: "upload", conversation: lobby, files: [small, large] });
  await waitFor(() => desk.text.includes("small.txt"));
  expect(desk.text).toContain("large.bin: more than 1.0 MB");
  expect(desk.asked.some((line) => line.startsWith("UPLOAD"))).toBe(false);
  desk.answers = (command) => (command === "UPLOAD" ? [":s FAIL UPLOAD ACCOUNT_REQUIRED #lobby :Guests may not talk there"] : undefined);
  desk.button("Send").click();
  await waitFor(() => desk.text.includes("Guests may not talk there"));
  expect(desk.button("Try small.txt again")).toBeTruthy();
});

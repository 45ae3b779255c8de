/** The whole page: the first page, or the window. And what is outside of it: title, icon, theme, size. */

import "./styles/index.css";

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import type { Model } from "../app/model";
import { roomPath } from "../app/links";
import { drawnIcon } from "./favicon";
import iconFor from "./icons/mention.svg";
import iconPlain from "./icons/plain.svg";
import iconUnread from "./icons/unread.svg";
import { ModelProvider } from "./model_context";
import { Shell } from "./shell";
import { Welcome } from "./welcome";

export function App({ model }: { model: Model }): JSX.Element {
  usePage(model);
  const welcome = model.welcome.value;
  return <ModelProvider value={model}>{welcome === null && model.isIn ? <Shell /> : welcome !== null && <Welcome state={welcome} />}</ModelProvider>;
}

function usePage(model: Model): void {
  const window = model.current.value;
  const { badge, any } = model.unread.value;
  const { theme } = model.settings.value.value;
  void window?.about.value;
  const title = window === null ? "hubbub" : `${window.title} · hubbub`;
  const sign = badge > 0 ? `(${badge}) ` : any ? "• " : "";

  useEffect(() => {
    document.title = `${sign}${title}`;
    const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
    if (link === null) return;
    const drawn = badge > 0 ? drawnIcon(badge) : "";
    link.type = drawn === "" ? "image/svg+xml" : "image/png";
    link.href = drawn || (badge > 0 ? iconFor : any ? iconUnread : iconPlain);
  }, [sign, title, badge, any]);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  useEffect(() => {
    if (window === null) return;
    const path = window.place === "room" ? roomPath(window.conversation.name) : "/";
    if (location.pathname + location.search !== path) history.replaceState(null, "", path);
  }, [window, window?.title]);
  useEffect(followViewport, []);
}

/** Safari lays its keyboard over the page: the page ends above it. Elsewhere interactive-widget (index.html) makes the page smaller. */
function followViewport(): (() => void) | undefined {
  const seen = globalThis.visualViewport;
  if (seen == null) return undefined;
  const fit = (): void => {
    const isCovered = innerHeight - seen.height > 80 && seen.scale === 1;
    document.documentElement.style.setProperty("--seen-height", isCovered ? `${seen.height}px` : "100dvh");
    if (isCovered) scrollTo(0, 0);
  };
  seen.addEventListener("resize", fit);
  return () => seen.removeEventListener("resize", fit);
}

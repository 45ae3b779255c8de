/** How this page looks and when it asks for attention; kept in this browser. */

import { useState } from "preact/hooks";

import { COMINGS, type Coming, LEVELS, type Level, THEMES, type Theme } from "../../app/settings";
import { oneOf } from "../../app/storage";
import { useModel } from "../model_context";
import { Select } from "./invite";
import { type Clock, CLOCKS, looks, SIZES } from "./looks";
import { Outcome } from "./sheet";

const THEME_WORDS: Record<Theme, string> = { system: "as the system", light: "light", dark: "dark" };
const LEVEL_WORDS: Record<Level, string> = { off: "nothing", mentions: "mentions and direct messages", all: "every message" };
const COMING_WORDS: Record<Coming, string> = {
  smart: "together, in full for those who spoke",
  condensed: "always together",
  all: "each",
  none: "not at all",
};
const CLOCK_WORDS: Record<Clock, string> = { system: "as the system", "24": "17:30", "12": "5:30 pm" };

function options<T extends string>(choices: readonly T[], words: Record<T, string>): [T, string][] {
  return choices.map((choice) => [choice, words[choice]]);
}

export function Preferences() {
  const model = useModel();
  const { settings } = model;
  const chosen = settings.value.value;
  const [wrong, setWrong] = useState("");
  const notify = async (level: Level): Promise<void> => {
    const why = level === "off" ? "" : await permission();
    setWrong(why);
    settings.change({ notify: why === "" ? level : "off", askedToNotify: true });
  };
  return (
    <div class="preferences">
      <Select label="Colours" name="theme" value={chosen.theme} options={options(THEMES, THEME_WORDS)} onChange={(value) => settings.change({ theme: oneOf(value, THEMES, "system") })} />
      <Select
        label="Size of text"
        name="size"
        value={looks.value.size}
        options={SIZES.map((size) => [size, `${size} %`])}
        onChange={(value) => {
          looks.value = { ...looks.peek(), size: oneOf(value, SIZES, "100") };
        }}
      />
      <Select
        label="Times"
        name="clock"
        value={looks.value.clock}
        options={options(CLOCKS, CLOCK_WORDS)}
        onChange={(value) => {
          looks.value = { ...looks.peek(), clock: oneOf(value, CLOCKS, "system") };
        }}
      />
      <Select label="Who comes and goes is shown" name="coming" value={chosen.coming} options={options(COMINGS, COMING_WORDS)} onChange={(value) => settings.change({ coming: oneOf(value, COMINGS, "smart") })} />
      <Select label="Notify me of" name="notify" value={chosen.notify} options={options(LEVELS, LEVEL_WORDS)} onChange={(value) => void notify(oneOf(value, LEVELS, "off"))} />
      <Outcome text={wrong} />
      {model.lasts ? null : <p class="note">Your browser keeps nothing for this page, so all of this is forgotten when it is closed.</p>}
      <div class="sheet-actions">
        <button type="button" class="button" onClick={() => model.openDialog({ kind: "help" })}>
          Keys and commands
        </button>
      </div>
    </div>
  );
}

/** Why there can be no notifications, or "". */
async function permission(): Promise<string> {
  if (typeof Notification === "undefined") return "Your browser has no notifications for this page.";
  const answer = Notification.permission === "default" ? await Notification.requestPermission() : Notification.permission;
  return answer === "granted" ? "" : "Your browser does not allow it; change that in its settings for this page.";
}

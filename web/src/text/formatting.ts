/**
 * IRC's formatting codes: which text has which style.
 *
 * Owns the codes (https://modern.ircdocs.horse/formatting) and what is removed as unsafe around them. Knows no markup.
 */

import { printable } from "../irc/text";
import type { Style } from "./tree";

export interface Piece {
  readonly text: string;
  readonly style: Style;
}

const PLAIN: Style = {};
const CODES = /[\x02\x03\x04\x0f\x11\x16\x1d\x1e\x1f]/;
const CODE =
  /\x03(?:([0-9]{1,2})(?:,([0-9]{1,2}))?)?|\x04(?:([0-9A-Fa-f]{6})(?:,([0-9A-Fa-f]{6}))?)?|[\x02\x0f\x11\x16\x1d\x1e\x1f]/g;
const DEFAULT_COLOUR = 99;

/** One line's pieces, cleaned of what turns round or hides text. A line without any text has none. */
export function styled(line: string): Piece[] {
  if (!CODES.test(line)) {
    const text = printable(line);
    return text === "" ? [] : [{ text, style: PLAIN }];
  }
  const pieces: Piece[] = [];
  let style = PLAIN;
  let from = 0;
  const add = (to: number) => {
    const text = printable(line.slice(from, to));
    if (text !== "") pieces.push({ text, style });
  };
  for (const match of line.matchAll(CODE)) {
    add(match.index);
    from = match.index + match[0].length;
    style = changed(style, match);
  }
  add(line.length);
  return pieces;
}

function changed(style: Style, code: RegExpMatchArray): Style {
  switch (code[0][0]) {
    case "\x02":
      return { ...style, bold: !style.bold };
    case "\x1d":
      return { ...style, italic: !style.italic };
    case "\x1f":
      return { ...style, underline: !style.underline };
    case "\x1e":
      return { ...style, strike: !style.strike };
    case "\x11":
      return { ...style, mono: !style.mono };
    case "\x16":
      return swapped(style);
    case "\x03":
      return coloured(style, palette(code[1]), palette(code[2]));
    case "\x04":
      return coloured(style, hex(code[3]), hex(code[4]));
    default:
      return PLAIN;
  }
}

/** Reverse. Where the colours are the reader's own, there is nothing to swap. */
function swapped(style: Style): Style {
  const { colour, background, ...rest } = style;
  return {
    ...rest,
    ...(background === undefined ? {} : { colour: background }),
    ...(colour === undefined ? {} : { background: colour }),
  };
}

function coloured(style: Style, colour: number | string | undefined, background: number | string | undefined): Style {
  const { colour: _colour, background: before, ...rest } = style;
  if (colour === undefined) return rest;
  const behind = background ?? before;
  return {
    ...rest,
    ...(colour === DEFAULT_COLOUR ? {} : { colour }),
    ...(behind === undefined || behind === DEFAULT_COLOUR ? {} : { background: behind }),
  };
}

/** The sixteen colours by number, the extended ones by what they look like. */
function palette(digits: string | undefined): number | string | undefined {
  if (digits === undefined) return undefined;
  const number = Number(digits);
  return number < 16 || number === DEFAULT_COLOUR ? number : extended(number);
}

function hex(digits: string | undefined): string | undefined {
  return digits === undefined ? undefined : `#${digits.toLowerCase()}`;
}

/** 16 to 87: twelve hues in six lightnesses; 88 to 98: greys. */
function extended(number: number): string {
  if (number >= 88) return grey((number - 88) / 10);
  const lightness = [0.14, 0.23, 0.35, 0.5, 0.68, 0.81][Math.floor((number - 16) / 12)] ?? 0.5;
  const hue = [0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330][(number - 16) % 12] ?? 0;
  return fromHue(hue, lightness);
}

function grey(lightness: number): string {
  const channel = Math.round(lightness * 255).toString(16).padStart(2, "0");
  return `#${channel}${channel}${channel}`;
}

function fromHue(hue: number, lightness: number): string {
  const reach = Math.min(lightness, 1 - lightness);
  const channel = (offset: number) => {
    const place = (offset + hue / 30) % 12;
    const value = lightness - reach * Math.max(-1, Math.min(place - 3, 9 - place, 1));
    return Math.round(value * 255).toString(16).padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

/**
 * The class for a colour. The sixteen named ones have a shade for each theme in the style sheet; any other is the
 * nearest of them, because what somebody chose for a dark screen can't be read on a light one.
 */
export function colourClass(colour: number | string): string {
  return `irc-${typeof colour === "number" ? colour : nearest(colour)}`;
}

export function backgroundClass(colour: number | string): string {
  return `irc-on-${typeof colour === "number" ? colour : nearest(colour)}`;
}

const SIXTEEN: readonly string[] = [
  "ffffff", "000000", "00007f", "009300", "ff0000", "7f0000", "9c009c", "fc7f00",
  "ffff00", "00fc00", "009393", "00ffff", "0000fc", "ff00ff", "7f7f7f", "d2d2d2",
]; // prettier-ignore

function nearest(colour: string): number {
  const distances = SIXTEEN.map((named) => distance(colour.slice(1), named));
  return distances.indexOf(Math.min(...distances));
}

function distance(one: string, other: string): number {
  const between = (place: number) => Number.parseInt(one.slice(place, place + 2), 16) - Number.parseInt(other.slice(place, place + 2), 16);
  return between(0) ** 2 + between(2) ** 2 + between(4) ** 2;
}

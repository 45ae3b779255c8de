/**
 * SCRAM-SHA-256, the client's side (RFC 5802, RFC 7677): a proof that both sides know the password, without showing it.
 *
 * Owns the three messages and the preparation of names and passwords (SASLprep, RFC 4013). Knows no IRC. Used by
 * sasl.ts. The nonce comes from outside.
 */

import { hmac } from "@noble/hashes/hmac.js";
import { pbkdf2 } from "@noble/hashes/pbkdf2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { fromBase64, toBase64 } from "./base64";

export const WRONG = "the name or the password is wrong";
export const IMPOSTOR =
  "the server could not prove that it knows the password: it may be another than it says";
export const NONSENSE = "the server's answer to the login makes no sense";
const UNUSABLE = "the name or the password holds characters that none can have";

/** Of the hash, so that no server makes us calculate for long: nothing is drawn meanwhile. */
const MOST_ITERATIONS = 600_000;
const ENCODER = new TextEncoder();

// RFC 4013: other spaces are spaces (C.1.2); mapped to nothing (B.1); prohibited (C.2.1 to C.9).
const OTHER_SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
const NOTHING = /[\u00ad\u034f\u1806\u180b-\u180d\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]/g;
const PROHIBITED =
  /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u06dd\u070f\u180e\u200c\u200d\u200e\u200f\u2028-\u202e\u2060-\u2063\u206a-\u206f\u2ff0-\u2ffb\u0340\u0341\ufeff\ufff9-\ufffd\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;

/** The exchange can't go on; the message says why, for people. */
export class Hopeless extends Error {
  override name = "Hopeless";
}

export class Scram {
  isUsed = false;
  isProven = false;
  readonly #password: string;
  readonly #nonce: string;
  readonly #firstBare: string;
  #serverSignature = "";
  #step = 0;

  /** Throws Hopeless for what can't be a name or a password. */
  constructor(account: string, password: string, nonce: string) {
    this.#password = prepare(password);
    this.#nonce = nonce;
    this.#firstBare = `n=${prepare(account).replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${nonce}`;
  }

  answer(challenge: Uint8Array): Uint8Array {
    return ENCODER.encode(this.#answer(decode(challenge)));
  }

  #answer(challenge: string): string {
    this.#step += 1;
    switch (this.#step) {
      case 1:
        return `n,,${this.#firstBare}`;
      case 2:
        return this.#final(challenge);
      case 3:
        return this.#verify(challenge);
      default:
        throw new Hopeless(NONSENSE);
    }
  }

  #final(serverFirst: string): string {
    const given = attributes(serverFirst);
    const nonce = given.get("r") ?? "";
    const salt = fromBase64(given.get("s") ?? "");
    const iterations = /^[1-9][0-9]{0,6}$/.test(given.get("i") ?? "") ? Number(given.get("i")) : 0;
    // RFC 5802, section 7: e= says why the server is not content.
    if (given.has("e")) throw new Hopeless(WRONG);
    const isSound = nonce.startsWith(this.#nonce) && nonce.length > this.#nonce.length && salt !== null;
    if (!isSound || given.has("m") || iterations < 1 || iterations > MOST_ITERATIONS) throw new Hopeless(NONSENSE);
    this.isUsed = true;
    const withoutProof = `c=biws,r=${nonce}`;
    const signed = ENCODER.encode(`${this.#firstBare},${serverFirst},${withoutProof}`);
    const salted = pbkdf2(sha256, ENCODER.encode(this.#password), salt, { c: iterations, dkLen: 32 });
    const clientKey = sign(salted, ENCODER.encode("Client Key"));
    const signature = sign(sha256(clientKey), signed);
    const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
    this.#serverSignature = toBase64(sign(sign(salted, ENCODER.encode("Server Key")), signed));
    return `${withoutProof},p=${toBase64(proof)}`;
  }

  #verify(serverFinal: string): string {
    const given = attributes(serverFinal);
    if (given.has("e")) throw new Hopeless(WRONG);
    if (given.get("v") !== this.#serverSignature) throw new Hopeless(IMPOSTOR);
    this.isProven = true;
    return "";
  }
}

function sign(key: Uint8Array, data: Uint8Array): Uint8Array {
  return hmac(sha256, key, data);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Hopeless(NONSENSE);
  }
}

/** "r=…,s=…,i=…" */
function attributes(text: string): Map<string, string> {
  return new Map(text.split(",").map((part) => [part.slice(0, 1), part.slice(1, 2) === "=" ? part.slice(2) : ""]));
}

/** SASLprep, but for its rule on text of two directions. */
export function prepare(text: string): string {
  const prepared = text.replace(NOTHING, "").replace(OTHER_SPACES, " ").normalize("NFKC");
  if (prepared === "" || PROHIBITED.test(prepared)) throw new Hopeless(UNUSABLE);
  return prepared;
}

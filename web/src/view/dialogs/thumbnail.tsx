/**
 * A file of our own server within a message: a small picture, or its name and size. Its place is reserved before anything
 * is known, so that no line moves. For links to anywhere else it shows nothing, and nothing is asked.
 */

import { useEffect, useState } from "preact/hooks";

import { fileInfo, type FileInfo, ownFile, ownOrigins } from "../../app/files";
import { inUnits } from "../../app/uploads";
import { useModel } from "../model_context";

const HEIGHT = 200;
const WIDEST = 400;

export function Thumbnail({ href }: { readonly href: string }) {
  const model = useModel();
  const path = ownFile(href, ownOrigins(model.chat.tokens, location.origin));
  const [info, setInfo] = useState<FileInfo | null | undefined>(undefined);
  useEffect(() => {
    if (path === "") return undefined;
    let isHere = true;
    void fileInfo(path).then((found) => {
      if (isHere) setInfo(found);
    });
    return () => {
      isHere = false;
    };
  }, [path]);
  if (path === "") return null;
  const isPicture = isLikelyPicture(href) || (info?.thumbnail ?? "") !== "";
  if (!isPicture) return <FileCard href={href} info={info} />;
  return (
    <a class="thumbnail" href={href} target="_blank" rel="noopener noreferrer" style={{ height: `${HEIGHT / 16}rem` }}>
      <Picture info={info} />
    </a>
  );
}

/** By the name, so that the place is reserved from the first moment. */
function isLikelyPicture(href: string): boolean {
  return /\.(?:png|jpe?g|gif|webp|avif)$/i.test(new URL(href).pathname);
}

function Picture({ info }: { readonly info: FileInfo | null | undefined }) {
  if (info === undefined) return null;
  if (info === null || info.thumbnail === "") return <span class="note">{info === null ? "The file is gone." : info.name}</span>;
  const { width, height } = shown(info);
  return <img src={info.thumbnail} alt={info.name} width={width} height={height} loading="lazy" decoding="async" />;
}

/** As large as it may be, in its own shape. */
export function shown({ width, height }: Pick<FileInfo, "width" | "height">): { width: number; height: number } {
  if (width === 0 || height === 0) return { width: HEIGHT, height: HEIGHT };
  const scale = Math.min(HEIGHT / height, WIDEST / width, 1);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function FileCard({ href, info }: { readonly href: string; readonly info: FileInfo | null | undefined }) {
  return (
    <a class="file-card" href={href} target="_blank" rel="noopener noreferrer">
      <span aria-hidden="true">📄 </span>
      {info === undefined ? "…" : info === null ? "The file is gone." : `${info.name} (${inUnits(info.size)})`}
    </a>
  );
}

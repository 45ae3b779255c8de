/** The icon of the page, with the number of messages for us drawn into it; a picture of our own making (CSP: data:). */

const SIZE = 32;
const BUBBLE = "M11 5h10a8 8 0 0 1 8 8v2a8 8 0 0 1-8 8h-7l-7 6v-7.1A8 8 0 0 1 3 15v-2a8 8 0 0 1 8-8z";

/** A data: address; "" where this browser draws nothing. */
export function drawnIcon(badge: number): string {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const brush = canvas.getContext("2d");
  if (brush === null || typeof Path2D === "undefined") return "";
  brush.fillStyle = "#4b5bd4";
  brush.fill(new Path2D(BUBBLE));
  const text = badge > 99 ? "99+" : String(badge);
  const width = 13 + 7 * (text.length - 1);
  brush.fillStyle = "#d92d4b";
  brush.beginPath();
  brush.roundRect(SIZE - width - 4, 0, width + 4, 18, 9);
  brush.fill();
  brush.fillStyle = "#fff";
  brush.font = "bold 15px system-ui, sans-serif";
  brush.textAlign = "center";
  brush.textBaseline = "middle";
  brush.fillText(text, SIZE - (width + 4) / 2, 9.5);
  return canvas.toDataURL("image/png");
}

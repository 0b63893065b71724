// Reduce pictures before they are sent. The server reads few formats and reduces every picture to 320 pixels anyway, so
// that a large photo would only take time. A reduced picture also has no EXIF data, such as the place of a photo.

import { context2d } from "../shared/canvas.js";
import { create } from "../shared/dom.js";
import { ApiError } from "./requests.js";

// A larger picture is halved until its longer side is below this number of pixels. The result has at least half of it.
const MAX_SIDE = 1280;
// An SVG has no pixels. It is drawn with this longer side.
const SVG_SIDE = 640;
// A small file in one of these formats is sent unchanged.
const ACCEPTED = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/bmp"];
const MAX_BYTES = 1_000_000;
// Some phones have no larger canvas, in pixels.
const MAX_CANVAS = 16_000_000;
const JPEG_QUALITY = 0.95;

/** @type {{ address: string, picture: Promise<Blob> } | null} the picture that was reduced last */
let last = null;

/**
 * Return the picture to send, as PNG or JPEG. Throw an ApiError with the state “unreadable” if the browser cannot show
 * the picture. Of an animation, the first frame is sent.
 * @param {string} address an object URL
 */
export function reducedPicture(address) {
  if (last?.address !== address) last = { address, picture: reduced(address) };
  return last.picture;
}

/** @param {string} address */
async function reduced(address) {
  try {
    const file = await (await fetch(address)).blob();
    const image = create("img", { src: address });
    await image.decode();
    const { width, height } = sizeOf(image, file.type);
    const isSmall = Math.max(width, height) < MAX_SIDE;
    if (isSmall && ACCEPTED.includes(file.type) && file.size <= MAX_BYTES) return file;
    return await toFile(halved(image, width, height), file.type);
  } catch {
    throw new ApiError("unreadable");
  }
}

/** @type {(image: HTMLImageElement, type: string) => { width: number, height: number }} */
function sizeOf({ naturalWidth, naturalHeight }, type) {
  const scale = type.startsWith("image/svg") ? SVG_SIDE / Math.max(naturalWidth, naturalHeight) : 1;
  return { width: Math.round(naturalWidth * scale), height: Math.round(naturalHeight * scale) };
}

// Draw the picture, and halve it until it is small. One large step would skip pixels in some browsers, so that thin
// lines would disappear. Half the size is the exact mean of four pixels.
/** @type {(image: HTMLImageElement, width: number, height: number) => HTMLCanvasElement} */
function halved(image, width, height) {
  let scale = Math.max(width, height) < MAX_SIDE ? 1 : 1 / 2;
  while (width * height * scale ** 2 > MAX_CANVAS) scale /= 2;
  let canvas = drawn(image, width * scale, height * scale);
  while (Math.max(canvas.width, canvas.height) >= MAX_SIDE) canvas = drawn(canvas, canvas.width / 2, canvas.height / 2);
  return canvas;
}

/** @type {(source: HTMLImageElement | HTMLCanvasElement, width: number, height: number) => HTMLCanvasElement} */
function drawn(source, width, height) {
  const canvas = create("canvas", { width: Math.max(1, Math.round(width)), height: Math.max(1, Math.round(height)) });
  const context = context2d(canvas);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

// A photo stays a JPEG, because a PNG would be ten times as large. Everything else becomes a PNG, which keeps sharp
// edges and transparency.
/** @type {(canvas: HTMLCanvasElement, type: string) => Promise<Blob>} */
async function toFile(canvas, type) {
  const format = type === "image/jpeg" ? type : "image/png";
  const file = await new Promise((done) => canvas.toBlob(done, format, JPEG_QUALITY));
  if (!file) throw new Error("The canvas is too large.");
  return file;
}

// Show a picture on the pad in place of strokes, with a frame around each digit that was found.
// This file is placed before sketchpad.js, in the same scope.

const photo = element.querySelector(".photo");
let picture = null; // The URL of the picture on the pad, or null.

function showPicture(address) {
  picture = address;
  photo.hidden = !address;
  photo.querySelector("img").src = address ?? "";
  showFrames([]);
}

// frames: [{box, name}, …]. A box is [left, top, right, bottom], in fractions of the picture's sides.
function showFrames(frames) {
  photo.querySelector(".frames").replaceChildren(...frames.map(({ box: [left, top, right, bottom], name }) => {
    const frame = Object.assign(document.createElement("span"), { className: "frame", textContent: name });
    const sides = { left, top, width: right - left, height: bottom - top };
    for (const [side, share] of Object.entries(sides)) frame.style[side] = `${100 * share}%`;
    return frame;
  }));
}

// Fit the picture to the pad, and keep the picture's aspect ratio.
photo.querySelector("img").addEventListener("load", ({ target: { naturalWidth, naturalHeight } }) => {
  const longer = Math.max(naturalWidth, naturalHeight);
  photo.style.width = `${(100 * naturalWidth) / longer}%`;
  photo.style.height = `${(100 * naturalHeight) / longer}%`;
});

// Small tools for the page's elements. A node is written only when something changed: screen readers and layout stay calm.

export const $ = (id) => document.getElementById(id);

const SVG = "http://www.w3.org/2000/svg";

function made(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

export const el = (tag, attributes = {}, ...children) => made(document.createElement(tag), attributes, children);
export const svg = (tag, attributes = {}, ...children) => made(document.createElementNS(SVG, tag), attributes, children);

export function text(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

export function attribute(node, name, value) {
  if (value === null || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

export function show(node, wanted) {
  if (node.hidden === wanted) node.hidden = !wanted;
}

// As many children as there are things, made once and then filled anew.
export function list(parent, things, make, fill) {
  while (parent.children.length > things.length) parent.lastElementChild.remove();
  while (parent.children.length < things.length) parent.append(make());
  things.forEach((thing, number) => fill(parent.children[number], thing));
}

export const percent = (share) => `${Math.round(100 * Math.min(Math.max(share, 0), 1))}%`;

// A scene's picture. The console makes it from the clip in its own time: until then, ask again.
export function thumbnail(image, scene, version) {
  const wanted = scene ? `/thumbnails/${encodeURIComponent(scene)}.jpg?story=${version}` : "";
  if (image.dataset.wanted === wanted) return;
  image.dataset.wanted = wanted;
  image.classList.add("none");
  const source = image instanceof SVGElement ? "href" : "src";
  let tries = 0;
  image.onload = () => image.classList.remove("none");
  image.onerror = () => {
    image.classList.add("none");
    tries += 1;
    setTimeout(() => {
      if (tries <= 40 && image.isConnected && image.dataset.wanted === wanted) image.setAttribute(source, `${wanted}&try=${tries}`);
    }, 2500);
  };
  if (wanted) image.setAttribute(source, wanted);
  else image.removeAttribute(source);
}

// What we send to Slack, as HTML: a JSON list of messages and views on stdin, a JSON list of HTML texts on stdout.
// slack-blocks-to-jsx draws the blocks. What it draws otherwise than Slack does is mended here, and nowhere else.

import { text } from "node:stream/consumers";
import { createElement as h } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Message } from "slack-blocks-to-jsx";

const MENUS = ["static_select", "multi_static_select"];

/** `text` with nothing in it that the library takes for markup, an emoji or a link: in plain text Slack shows none. */
function asTyped(text) {
  return text.replace(/[*_~`:<>&@#|\\/[\]]/g, "\u2060$&\u2060").replace(/^([-+]|\d+\.) /gm, "\u2060$&");
}

/** The block as the library must be given it. `place` makes ids unique on the page, so that no radio unchecks another. */
function prepared(part, place) {
  if (Array.isArray(part)) return part.map((item) => prepared(item, place));
  if (part === null || typeof part !== "object") return part;
  const mended = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, prepared(value, place)]));
  if (part.type === "plain_text") mended.text = asTyped(part.text);
  if (part.type === "input") {
    // Slack marks what may be left empty.
    if (part.optional) mended.label.text += " (optional)";
    mended.element.action_id = `${place}-${part.block_id}`;
  }
  return mended;
}

/** A menu's choices, which the library hides until somebody presses: an open menu, as Slack shows it. */
function openMenu(block) {
  const element = block.element ?? block.accessory;
  if (!MENUS.includes(element?.type)) return null;
  const chosen = new Set([element.initial_option, ...(element.initial_options ?? [])].map((option) => option?.value));
  const choice = (option) =>
    h("li", { key: option.value, className: chosen.has(option.value) ? "chosen" : "" }, [
      option.text.text,
      option.description && h("small", { key: "more" }, option.description.text),
    ]);
  const groups = element.option_groups ?? [{ options: element.options }];
  return h(
    "ul",
    { className: "menu" },
    groups.flatMap((group, number) => [
      group.label && h("li", { key: number, className: "heading" }, group.label.text),
      ...group.options.map(choice),
    ]),
  );
}

function drawn(blocks, place) {
  return blocks.map((block, number) =>
    h("div", { key: number, className: block.element?.multiline === false ? "block one-line" : "block" }, [
      h(Message, {
        key: "block",
        blocks: [prepared(block, `${place}-${number}`)],
        name: "",
        logo: "",
        theme: "light",
        withoutWrapper: true,
      }),
      openMenu(block) && h("div", { key: "menu" }, openMenu(block)),
    ]),
  );
}

function shown({ kind, blocks, title, submit, close, picture, file }, number) {
  const bar = (key, ...parts) => h("div", { key, className: `bar ${key}` }, ...parts);
  return h("div", { className: `surface ${kind}` }, [
    kind === "message"
      ? bar("head", h("b", null, "Round Table"), h("i", null, "APP"), " 10:00")
      : bar("head", h("b", null, title || "Home"), close && h("u", null, close)),
    ...drawn(blocks, number),
    picture && h("div", { key: "picture", className: "file" }, h("img", { src: picture.source, alt: picture.alt })),
    file && h("div", { key: "file", className: "file" }, file),
    submit && bar("foot", h("u", null, close), h("strong", null, submit)),
  ]);
}

const surfaces = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(surfaces.map((one, number) => renderToStaticMarkup(shown(one, number)))));

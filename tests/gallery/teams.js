// What we send to Teams, drawn in the browser by Microsoft's own renderer: see teams.py.

/** Much like Teams on a phone, by day. */
const LOOK = {
  fontFamily: "Lato, 'Segoe UI', Helvetica, Arial, sans-serif",
  fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 },
  spacing: { small: 4, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 12 },
  supportsInteractivity: true,
  actions: { actionsOrientation: "horizontal", actionAlignment: "left", buttonSpacing: 8, maxActions: 6, spacing: "default" },
  containerStyles: {
    default: {
      backgroundColor: "#ffffff",
      foregroundColors: {
        default: { default: "#242424", subtle: "#616161" },
        accent: { default: "#5b5fc7", subtle: "#5b5fc7" },
        attention: { default: "#c4314b", subtle: "#c4314b" },
      },
    },
  },
  inputs: {
    label: {
      inputSpacing: "small",
      requiredInputs: { weight: "bolder", suffix: " *", suffixColor: "attention" },
      optionalInputs: { weight: "bolder" },
    },
    errorMessage: { color: "attention", weight: "default" },
  },
};

const { AdaptiveCard, HostConfig, SerializationContext, ValidationEvent, Versions } = AdaptiveCards;

// As Teams' own clients on a computer do.
const markdown = markdownit({ html: true, linkify: true });
AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = markdown.render(text);
  result.didProcess = true;
};

/** What stands in an input is no part of its HTML unless it is put there. */
function frozen(drawn) {
  for (const input of drawn.querySelectorAll("input")) {
    input.setAttribute("value", input.value);
    input.toggleAttribute("checked", input.checked);
    // On one page no radio may uncheck another.
    if (input.type === "radio") input.name += frozen.count;
  }
  for (const area of drawn.querySelectorAll("textarea")) area.textContent = area.value;
  for (const option of drawn.querySelectorAll("option")) option.toggleAttribute("selected", option.selected);
  frozen.count += 1;
  return drawn.outerHTML;
}
frozen.count = 0;

/** One card: its HTML, the words that a person sees, and whatever the renderer has to say against it. */
function draw(content) {
  const card = new AdaptiveCard();
  card.hostConfig = new HostConfig(LOOK);
  const context = new SerializationContext(Versions.v1_5);
  card.parse(content, context);
  const complaints = [];
  for (let at = 0; at < context.eventCount; at++) complaints.push(context.getEventAt(at));
  for (const failure of card.validateProperties().validationEvents) complaints.push(failure);
  const drawn = card.render();
  document.body.append(drawn);
  const html = frozen(drawn);
  // What a menu offers is no part of the text on the page.
  const words = [drawn.innerText, ...[...drawn.querySelectorAll("option")].map((option) => option.textContent)];
  drawn.remove();
  return {
    html,
    words: words.join("\n"),
    complaints: complaints.map(({ event, message }) => `${ValidationEvent[event]}: ${message}`),
  };
}

// A button on each block of code, which copies it without the prompts of a console.
document.addEventListener("DOMContentLoaded", () => {
  for (const block of document.querySelectorAll("div.highlight")) {
    const button = Object.assign(document.createElement("button"), {className: "copy", textContent: "Copy"});
    button.onclick = async () => {
      await navigator.clipboard.writeText(block.querySelector("pre").textContent.replace(/^\$ /gm, ""));
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    };
    block.append(button);
  }
});

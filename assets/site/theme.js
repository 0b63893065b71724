// Choose the dark or the light theme, as Gradio does, and the embedded view (page/embed.js). This script is no module, so
// that it runs before the first paint.

(function () {
  const { searchParams } = new URL(location.href);
  const theme = searchParams.get("__theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => theme === "dark" || (theme !== "light" && system.matches);
  const choose = () => document.body.classList.toggle("dark", isDark());
  system.addEventListener("change", choose);
  choose();
  document.documentElement.classList.toggle("embedded", searchParams.has("embed"));
})();

// Choose the dark or the light theme, as Gradio does. This script is no module, so that it runs before the first paint.

(function () {
  const theme = new URL(location.href).searchParams.get("__theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => theme === "dark" || (theme !== "light" && system.matches);
  const choose = () => document.body.classList.toggle("dark", isDark());
  system.addEventListener("change", choose);
  choose();
})();

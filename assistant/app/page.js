// A mark [1] in an answer opens the evidence card of that number and brings it into view.
document.addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest('a[href*="#evidence-"]');
  if (!link) return;
  event.preventDefault();
  event.stopPropagation();
  const card = document.getElementById(link.getAttribute("href").split("#")[1]);
  if (!card) return;
  document.querySelectorAll(".evidence-card.pointed").forEach((other) => other.classList.remove("pointed"));
  card.open = true;
  card.classList.add("pointed");
  (card.querySelector("tr.cited") || card).scrollIntoView({ behavior: "smooth", block: "nearest" });
}, true);

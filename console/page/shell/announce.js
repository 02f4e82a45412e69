/** Tells a screen reader, sparingly. */
export function announce(sentence) {
  document.getElementById("announcer").textContent = sentence;
}

// Runs before the first paint, so that a chosen theme does not flash. "system" is the absence of a choice.
try {
  const chosen = localStorage.getItem('countersign.theme');
  if (chosen === '"light"' || chosen === '"dark"')
    document.documentElement.dataset.theme = JSON.parse(chosen);
} catch {
  // Storage may be closed to us; the system's theme then applies.
}

/** How a check's status is shown. */
export const statusMap = {
  pass: { tone: 'allow' as const, label: 'Passes' },
  fail: { tone: 'deny' as const, label: 'Fails' },
  error: { tone: 'hold' as const, label: 'Could not run' },
};
